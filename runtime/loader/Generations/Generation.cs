using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Classes;
using Netpol.Loader.State;
using Netpol.Loader.Tables;
using Netpol.Loader.Templates;
using Netpol.Loader.Verdicts;

namespace Netpol.Loader.Generations;

/// <summary>The generation in charge: its maps, and what the state folder keeps of it. Reads each part when it is first asked for.</summary>
internal sealed class Generation : IDisposable
{
    private readonly StateFolder _state;
    private readonly Lazy<Manifest> _placement;
    private readonly Lazy<ClassTable> _classes;
    private readonly Lazy<TemplateSet> _templates;
    private readonly Lazy<TemplateSet> _stubTemplates;

    private Generation(PinFolder pins, StateFolder state, GenerationRecord record)
    {
        (Record, _state) = (record, state);
        Maps = MapSet.OfPins(pins, record.Generation, record.NodeMaps);
        _placement = new Lazy<Manifest>(() => state.ReadPlacement(record.Generation) ?? throw Lost());
        _classes = new Lazy<ClassTable>(() => new ClassTable(
            Placement, new ClassFile(state.GenerationFile(record.Generation, ClassFile.FileName)), Publisher(state)));
        _templates = new Lazy<TemplateSet>(() => TemplateFile.Read(state.ReadTemplates(record.Generation)));
        _stubTemplates = new Lazy<TemplateSet>(() => TemplateFile.Read(state.ReadStubTemplates(record.Generation)));
    }

    internal GenerationRecord Record { get; set; }

    internal uint Number => Record.Generation;

    internal MapSet Maps { get; }

    /// <summary>The manifest without prefixes and rules.</summary>
    internal Manifest Placement => _placement.Value;

    internal TemplateSet Templates => _templates.Value;

    internal TemplateSet StubTemplates => _stubTemplates.Value;

    internal AddressTable Addresses => new(Maps);

    /// <summary>What it knows of the services is worked out once.</summary>
    internal ServiceTable Services => field ??= new ServiceTable(Maps, Placement, _state.ReadNode().Zone);

    internal PortNameTable PortNames => new(Maps, Placement.PortNames);

    /// <summary>The classes of the node; one that is new is published in the tables.</summary>
    internal ClassTable Classes => _classes.Value;

    /// <param name="epoch">What the entries that are written bear.</param>
    internal GenerationContent Content(uint epoch) => new(Maps, Placement, Classes, epoch);

    internal SlotTable Slots => new(Maps, Number);

    /// <summary>Null: no bundle was ever applied.</summary>
    internal static Generation? OpenCurrent(PinFolder pins, StateFolder state)
    {
        var number = ControlWord.Read(pins);
        return number == 0 ? null : new Generation(pins, state, state.ReadGeneration(number) ?? throw Lost());
    }

    internal GenerationState State => StateWord.Read(Maps[StateWord.MapName]);

    /// <summary>Entries of addresses have changed, and bear this epoch: connections of others keep their verdicts.</summary>
    internal void CommitAddresses(uint epoch) => StateWord.Commit(Maps[StateWord.MapName], epoch, State.Policy);

    /// <summary>Every connection is judged anew. Where halves of pairs differ, the epoch's lowest bit must be that of the new one.</summary>
    internal void CommitPolicy(uint epoch) => StateWord.Commit(Maps[StateWord.MapName], epoch, epoch);

    public void Dispose() => Maps.Dispose();

    private IClassPublisher Publisher(StateFolder state) => Placement.Verdicts.AreTables
        ? new VerdictTables(Maps, () => state.ReadVerdicts(Number, Record.Revision) ?? throw Lost())
        : new ClassMembers(Maps[ClassMembers.MapName]);

    private static LoaderException Lost() => new(
        "the pinned datapath was made with another state folder, or this one was emptied; name the right folder, " +
        "or detach all containers and remove both folders");
}
