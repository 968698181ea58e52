using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;
using Netpol.Loader.Endpoints;
using Netpol.Loader.Native;
using Netpol.Loader.Network;
using Netpol.Loader.State;
using Netpol.Loader.Tables;
using Netpol.Loader.Verdicts;

namespace Netpol.Loader.Generations;

/// <summary>
/// Makes a generation beside the one in charge and puts it in charge by one store. Until that store nothing that a packet meets has
/// changed; whatever fails before it is taken back.
/// </summary>
internal sealed class GenerationBuilder(PinFolder pins, StateFolder state)
{
    private const string NodeScope = "node";

    /// <summary><c>enum shared_program</c> of abi.h, in its order.</summary>
    internal static readonly ImmutableArray<string> SharedPrograms =
        ["new_connection", "new_ingress", "translate", "slow", "slow_ingress", "reject", "translate_known", "uplink", "new_uplink", "straight", "straight_known"];

    /// <summary>Those that stand in the array where nothing goes past the host's stack: all but the last two.</summary>
    internal static readonly ImmutableArray<string> ViaStack = SharedPrograms[..^2];

    private readonly List<string> _newNodePins = [];

    /// <param name="expected">An endpoint that will be attached next: its class is known to the tables.</param>
    internal GenerationRecord Build(string bundle, string stamp, BundleContent content, EndpointSpec? expected, uint replaced)
    {
        var manifest = content.Manifest;
        var number = replaced + 1;
        var endpoints = state.ReadEndpoints().Where(record => record.Attached).Select(record => new PlacedEndpoint(record)).ToArray();
        PlacedEndpoint[] remote = [.. state.Remotes.Endpoints.Values.Select(record => new PlacedEndpoint(record))];
        GenerationRecord record = new(
            NodeRecord.CurrentSchema, number, manifest.Digest, bundle, stamp,
            [.. manifest.Layout.Maps.Where(map => map.Scope == NodeScope).Select(map => map.Name), ConnectionTable.SecretSection]);
        try
        {
            Prepare(record, content, endpoints, remote, expected);
        }
        catch
        {
            TakeBack(number, endpoints);
            throw;
        }

        return record;
    }

    private void Prepare(
        GenerationRecord record, BundleContent content, IReadOnlyList<PlacedEndpoint> endpoints, IReadOnlyList<PlacedEndpoint> remote,
        EndpointSpec? expected)
    {
        var manifest = content.Manifest;
        foreach (var endpoint in (PlacedEndpoint[])[.. endpoints, .. remote])
        {
            AssumptionCheck.Require(manifest, endpoint.Record.Spec);
        }

        ImmutableArray<string> hostAddresses = [.. HostAddresses.Read()];
        ClassMemory known = new();
        ClassTable classes = new(manifest, known, new NoPublisher());
        GenerationContent.Classify(
            classes, manifest, [.. endpoints, .. remote, .. expected is null ? [] : (PlacedEndpoint[])[PlacedEndpoint.Expected(expected)]], hostAddresses);
        var verdicts = manifest.Verdicts.AreTables ? VerdictDraft.Whole(VerdictTermsFile.Read(content.Terms), known.Read()) : null;

        var node = state.ReadNode();
        BackendsOfAll backends = new(manifest, [.. remote, .. endpoints]);
        var services = Task.Run(() => ServiceDraft.Of(manifest, backends, node.Zone));
        using var former = Generation.OpenCurrent(pins, state);
        using var loaded = Load(record, content, verdicts, backends, former?.Maps);
        using var maps = MapSet.OfObject(loaded);
        node = node with { LastEpoch = node.LastEpoch + 1 };
        state.WriteNode(node);
        WriteClasses(maps, manifest, verdicts, known.Read());
        new PrefixTable(maps).Fill(manifest.Prefixes);
        LimitTable.Fill(maps, manifest);
        new GenerationContent(maps, manifest, classes, node.LastEpoch).WriteAll([.. remote, .. endpoints], hostAddresses, services.GetAwaiter().GetResult());
        MasqueradeTable.Write(maps, manifest.NodeRanges ?? [], node.Uplinks);
        if (former is not null)
        {
            new ServiceSuccession(former.Maps, former.Services, maps, new ServiceTable(maps, manifest, node.Zone)).HandOver();
        }

        StateWord.Fill(maps[StateWord.MapName], record.Generation, node.LastEpoch, node.SocketsLed || node.Cgroup.Length > 0);
        PutShared(loaded, maps["programs"], StraightTable.Fill(maps, manifest, WithoutIpsec(node.Straight)));
        SocketPrograms.Put(loaded, maps, record.Generation);
        UplinkPrograms.Put(loaded, maps, record.Generation);
        Pin(record, loaded);
        var templates = loaded.Templates();
        state.WriteGeneration(record, content, templates, ClassFile.Bytes(known.Read()));
        using EndpointPrograms programs = new(templates, maps, record.Generation, state);
        SlotTable slots = new(maps, record.Generation);
        foreach (var endpoint in endpoints)
        {
            using var pair = programs.LoadJudges(endpoint);
            slots.Put(endpoint.Record.Slot, pair.FromEndpoint, pair.ToEndpoint);
        }

        ControlWord.Commit(maps[ControlWord.MapName], record.Generation);
        state.WriteNode(node with { HostAddresses = hostAddresses });
    }

    /// <summary>What goes straight meets no IPsec policy; what there is one for goes by the stack.</summary>
    private static StraightDelivery WithoutIpsec(StraightDelivery said) =>
        said.To.IsEmpty ? said : said with { ViaStack = said.ViaStack.AddRange(IpsecPolicies.Destinations()) };

    private static void WriteClasses(MapSet maps, Manifest manifest, VerdictDraft? verdicts, ImmutableArray<AddressClass> onNode)
    {
        if (verdicts is not null)
        {
            VerdictTables.Write(maps, verdicts);
        }
        else
        {
            new ClassMembers(maps[ClassMembers.MapName]).Fill([.. PrefixClasses.Of(manifest.Classes), .. onNode]);
        }
    }

    private BpfObject Load(GenerationRecord record, BundleContent content, VerdictDraft? verdicts, BackendsOfAll backends, MapSet? former)
    {
        var loaded = BpfObject.Open(content.Object, content.Manifest.Object);
        List<BpfMap> shared = [];
        try
        {
            foreach (var name in record.NodeMaps)
            {
                if (BpfMap.TryOpen(pins.NodeMap(name)) is { } map)
                {
                    shared.Add(map);
                    RequireLayout(map, loaded.LayoutOf(name));
                    loaded.Reuse(name, map);
                }
            }

            if (verdicts is not null)
            {
                // Twice what is needed now: containers come.
                loaded.MakeRoom(VerdictTables.PairsMap, 2 * verdicts.Pairs.Count);
                loaded.MakeRoom(VerdictTables.NodesMap, 2 * verdicts.Nodes.End);
                // And rules.
                loaded.MakeRoom(RuleRoom.MapName, RuleRoom.Of(loaded.LayoutOf(RuleRoom.MapName).MaxEntries));
            }

            foreach (var length in new[] { 4, 16 })
            {
                var map = BackendTables.MapName("backends", length);
                if (loaded.MapNames.Contains(map))
                {
                    loaded.MakeRoom(map, backends.Room(length));
                    loaded.MakeRoom(BackendTables.MapName("service_backends", length), backends.Room(length) + ServiceSuccession.MostDraining(former, content.Manifest, length));
                }
            }

            loaded.SetConstants(EndpointPrograms.ConstantsSection, EndpointPrograms.Sample());
            if (!shared.Any(map => map.Name == ConnectionTable.SecretPin))
            {
                loaded.SetConstants(ConnectionTable.SecretSection, ConnectionTable.NewSecret());
            }

            loaded.Load();
            return loaded;
        }
        catch (RefusedException e)
        {
            loaded.Dispose();
            throw Refusal.Of(e, state);
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
        finally
        {
            shared.ForEach(map => map.Dispose());
        }
    }

    private static void RequireLayout(BpfMap map, (int KeySize, int ValueSize, int MaxEntries) wanted)
    {
        if ((map.KeySize, map.ValueSize, map.MaxEntries) != wanted)
        {
            throw new LoaderException(
                $"map `{map.Name}` of this node has {map.MaxEntries} entries of {map.KeySize} + {map.ValueSize} bytes, the bundle " +
                $"wants {wanted.MaxEntries} of {wanted.KeySize} + {wanted.ValueSize}; detach all containers, remove the folders of " +
                "pins and state, and load it then");
        }
    }

    /// <param name="isStraight">Whether anything leaves past the host's stack; where nothing does, programs that call for it find no program.</param>
    internal static void PutShared(BpfObject loaded, BpfMap programs, bool isStraight)
    {
        for (var index = 0; index < (isStraight ? SharedPrograms : ViaStack).Length; index++)
        {
            if (loaded.ProgramDescriptor(SharedPrograms[index]) is { } descriptor)
            {
                var key = index;
                programs.Update(BpfMap.Bytes(ref key), BpfMap.Bytes(ref descriptor));
            }
        }
    }

    private void Pin(GenerationRecord record, BpfObject loaded)
    {
        pins.DeleteGeneration(record.Generation);
        Directory.CreateDirectory(pins.Generation(record.Generation));
        foreach (var name in loaded.MapNames.Where(name => name != EndpointPrograms.ConstantsSection))
        {
            if (!record.NodeMaps.Contains(name))
            {
                loaded.Map(name).Pin(pins.GenerationMap(record.Generation, name));
            }
            else if (!File.Exists(pins.NodeMap(name)))
            {
                loaded.Map(name).Pin(pins.NodeMap(name));
                _newNodePins.Add(pins.NodeMap(name));
            }
        }

        string[] ofServices = [UplinkPrograms.XdpStub, .. SocketPrograms.OnCgroup];
        foreach (var name in (string[])[.. ProvisionalPrograms.Names, UplinkPrograms.Stub, .. ofServices.Where(name => loaded.ProgramDescriptor(name) is not null)])
        {
            loaded.PinProgram(name, pins.GenerationProgram(record.Generation, name));
        }
    }

    /// <summary>Leaves what was there before, and nothing else.</summary>
    private void TakeBack(uint number, IReadOnlyList<PlacedEndpoint> endpoints)
    {
        if (File.Exists(pins.NodeMap(ControlWord.MapName)))
        {
            using var maps = MapSet.OfPins(pins, number, ["from_endpoint_programs", "to_endpoint_programs"]);
            SlotTable slots = new(maps, number);
            using var vacant = ProvisionalPrograms.TryOpenVacant(pins, number);
            foreach (var endpoint in endpoints)
            {
                slots.Clear(endpoint.Record.Slot, vacant);
            }
        }

        SocketPrograms.Clear(pins, number);
        UplinkPrograms.Clear(pins, number);
        pins.DeleteGeneration(number);
        if (state.Generations().Contains(number))
        {
            state.DeleteGeneration(number);
        }

        _newNodePins.ForEach(File.Delete);
    }
}
