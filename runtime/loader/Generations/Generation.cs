using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Classes;
using Netpol.Loader.Native;
using Netpol.Loader.State;
using Netpol.Loader.Tables;
using Netpol.Loader.Templates;
using Netpol.Loader.Verdicts;

namespace Netpol.Loader.Generations;

/// <summary>The generation in charge: its maps, and what the state folder keeps of it. Reads each part when it is first asked for.</summary>
internal sealed class Generation : IDisposable
{
    private readonly Lazy<Manifest> _placement;
    private readonly Lazy<ClassTable> _classes;
    private readonly Lazy<TemplateSet> _templates;
    private readonly Lazy<TemplateSet> _stubTemplates;

    private Generation(PinFolder pins, StateFolder state, GenerationRecord record)
    {
        Record = record;
        Maps = MapSet.OfPins(pins, record.Generation, record.NodeMaps);
        _placement = new Lazy<Manifest>(() => state.ReadPlacement(record.Generation) ?? throw Lost());
        _classes = new Lazy<ClassTable>(() => new ClassTable(
            Placement, new ClassFile(state.GenerationFile(record.Generation, ClassFile.FileName)), Publisher(state)));
        _templates = new Lazy<TemplateSet>(() => TemplateFile.Read(state.ReadTemplates(record.Generation)));
        _stubTemplates = new Lazy<TemplateSet>(() => TemplateFile.Read(state.ReadStubTemplates(record.Generation)));
    }

    internal GenerationRecord Record { get; }

    internal uint Number => Record.Generation;

    internal MapSet Maps { get; }

    /// <summary>The manifest without prefixes and rules.</summary>
    internal Manifest Placement => _placement.Value;

    internal TemplateSet Templates => _templates.Value;

    internal TemplateSet StubTemplates => _stubTemplates.Value;

    internal AddressTable Addresses => new(Maps);

    internal ServiceTable Services => new(Maps, Placement);

    internal PortNameTable PortNames => new(Maps, Placement.PortNames);

    /// <summary>The classes of the node; one that is new is published in the tables.</summary>
    internal ClassTable Classes => _classes.Value;

    internal GenerationContent Content => new(Maps, Placement, Classes);

    internal SlotTable Slots => new(Maps, Number);

    /// <summary>Null: no bundle was ever applied.</summary>
    internal static Generation? OpenCurrent(PinFolder pins, StateFolder state)
    {
        var number = ControlWord.Read(pins);
        return number == 0 ? null : new Generation(pins, state, state.ReadGeneration(number) ?? throw Lost());
    }

    internal uint Epoch
    {
        get
        {
            GenerationState state = default;
            uint index = 0;
            Maps["state"].TryLookup(BpfMap.Bytes(ref index), BpfMap.Bytes(ref state));
            return state.Epoch;
        }

        set => WriteState(Maps, Number, value);
    }

    internal static void WriteState(MapSet maps, uint generation, uint epoch)
    {
        GenerationState state = new() { Epoch = epoch, Generation = generation };
        uint index = 0;
        maps["state"].Update(BpfMap.Bytes(ref index), BpfMap.Bytes(ref state));
    }

    public void Dispose() => Maps.Dispose();

    private IClassPublisher Publisher(StateFolder state) => Placement.Verdicts.AreTables
        ? new VerdictTables(Maps, () => state.ReadVerdicts(Number) ?? throw Lost())
        : new ClassMembers(Maps[ClassMembers.MapName]);

    private static LoaderException Lost() => new(
        "the pinned datapath was made with another state folder, or this one was emptied; name the right folder, " +
        "or detach all containers and remove both folders");
}
