using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Loader;
using Netpol.Loader.Abi;
using Netpol.Loader.Classes;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.State;
using Netpol.Loader.Tables;
using Netpol.Loader.Templates;
using Netpol.Loader.Verdicts;
using Netpol.Testing.Packets;
using BundleFolder = Netpol.Loader.Generations.BundleFolder;

namespace Netpol.Testing;

/// <summary>
/// A bundle's own programs in the running kernel, judging packets by BPF_PROG_TEST_RUN: no device, no container, and nothing is pinned,
/// so nothing is left behind. Needs root. Not for several threads at once.
/// </summary>
public sealed class KernelRun : IDisposable
{
    private const uint Generation = 1;
    private const uint Epoch = 1;
    private const int ContextLength = 192;

    // struct __sk_buff: the tenth word is ingress_ifindex; cb[1], the fourteenth, is where the stub leaves the slot.
    private const int IngressIfindexAt = 36;
    private const int SlotAt = 52;

    private readonly Manifest _manifest;
    private readonly BpfObject _object;
    private readonly MapSet _maps;
    private readonly TemplateSet _templates;
    private readonly Dictionary<string, Attached> _endpoints = new(StringComparer.Ordinal);

    private KernelRun(BundleContent bundle)
    {
        _manifest = bundle.Manifest;
        _object = BpfObject.Open(bundle.Object, "the bundle under test");
        _object.SetConstants(EndpointPrograms.ConstantsSection, EndpointPrograms.Sample());
        _object.SetConstants(ConnectionTable.SecretSection, ConnectionTable.NewSecret());
        _object.Load();
        _templates = _object.Templates();
        _maps = MapSet.OfObject(_object);
    }

    /// <summary>This process may load programs.</summary>
    public static bool IsPossible => LibC.geteuid() == 0;

    /// <param name="folder">The bundle's.</param>
    /// <param name="pods">The node's endpoints, as <c>netpol eval</c> takes them and each with an address: <c>pod:shop/app=web@10.0.0.1</c>.</param>
    /// <exception cref="PolicyTestException">One of them is not written so.</exception>
    /// <exception cref="LoaderException">Not root, no bundle, or the kernel refused a program.</exception>
    public static KernelRun Load(string folder, params string[] pods)
    {
        if (!IsPossible)
        {
            throw new LoaderException("programs are loaded into the kernel: run as root");
        }

        var bundle = BundleFolder.Open(folder).Read();
        KernelRun run = new(bundle);
        try
        {
            run.Fill(bundle, [.. pods.Select(Placed)], pods);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>The pod opens a connection: the first packet, as it leaves the container.</summary>
    /// <param name="pod">One of those that it was loaded with, word for word.</param>
    /// <param name="to">Another of them, or an address.</param>
    /// <param name="port"><c>8080/tcp</c>, <c>53/udp</c>, <c>7/sctp</c> or <c>icmp</c>.</param>
    public PacketOutcome Send(string pod, string to, string port) => Send(pod, FirstPacket.Of(Find(pod).Spec, Peer(to), port));

    /// <summary>The pod sends a packet.</summary>
    public PacketOutcome Send(string pod, Packet packet) => Send(pod, packet.ToFrame());

    /// <summary>The pod sends an Ethernet frame, whatever is in it.</summary>
    public PacketOutcome Send(string pod, byte[] frame) => Run(Find(pod), Find(pod).From, frame, ingress: 0);

    /// <summary>A packet comes to the pod by the host's stack, forwarded from some device.</summary>
    public PacketOutcome Receive(string pod, Packet packet) => Run(Find(pod), Find(pod).To, packet.ToFrame(), ingress: 1);

    public void Dispose()
    {
        foreach (var endpoint in _endpoints.Values)
        {
            endpoint.Dispose();
        }

        _maps.Dispose();
        _object.Dispose();
    }

    private static PlacedEndpoint Placed(string pod, int index)
    {
        var endpoint = PolicyUnderTest.End(pod).Endpoint;
        if (endpoint is null || endpoint.Addresses.IsEmpty)
        {
            throw new PolicyTestException($"`{pod}` is no endpoint with an address: write `pod:namespace/key=value@10.0.0.1`");
        }

        EndpointSpec spec = new(
            pod, "eth0", "", "", [.. endpoint.Addresses.Select(address => $"{address}")], endpoint.Namespace, null,
            endpoint.Labels.ToImmutableSortedDictionary(),
            [.. endpoint.Ports.Select(port => new NamedPort(port.Name, $"{port.Protocol}".ToLowerInvariant(), port.Port))]);
        return new PlacedEndpoint(new EndpointRecord(
            NodeRecord.CurrentSchema, (uint)index + 1, index + 1, index + 1, NamespaceId: 0, "", Attached: true, spec, Pending.None));
    }

    private void Fill(BundleContent bundle, ImmutableArray<PlacedEndpoint> endpoints, string[] pods)
    {
        // Namespaces are numbers to the datapath, from 1.
        var namespaces = endpoints.Select(endpoint => endpoint.Record.Spec.Namespace).Distinct().ToList();
        endpoints = [.. endpoints.Select(endpoint => new PlacedEndpoint(endpoint.Record with { NamespaceId = (uint)namespaces.IndexOf(endpoint.Record.Spec.Namespace) + 1 }))];
        IClassPublisher publisher = _manifest.Verdicts.AreTables
            ? new VerdictTables(_maps, () => VerdictTermsFile.Read(bundle.Terms))
            : new ClassMembers(_maps[ClassMembers.MapName]);
        if (publisher is ClassMembers members)
        {
            members.Fill(PrefixClasses.Of(_manifest.Classes));
        }

        new PrefixTable(_maps).Fill(_manifest.Prefixes);
        new GenerationContent(_maps, _manifest, new ClassTable(_manifest, new ClassMemory(), publisher), Epoch).WriteAll(
            endpoints, [], ServiceDraft.Of(_manifest, endpoints, zone: null));
        LimitTable.Fill(_maps, _manifest);
        GenerationBuilder.PutShared(_object, _maps["programs"], isStraight: false);
        StateWord.Fill(_maps[StateWord.MapName], Generation, Epoch);
        ControlWord.Commit(_maps[ControlWord.MapName], Generation);
        foreach (var (endpoint, pod) in endpoints.Zip(pods))
        {
            if (!_endpoints.TryAdd(pod, Attach(endpoint)))
            {
                throw new PolicyTestException($"`{pod}` is there twice: give each an address of its own");
            }
        }
    }

    private Attached Attach(PlacedEndpoint endpoint)
    {
        var constants = BpfMap.CreateConstants("endpoint", EndpointPrograms.Constants(endpoint, Generation));
        BpfProgram Program(string name) =>
            BpfProgram.Load(_templates[name], map => map == EndpointPrograms.ConstantsSection ? constants : _maps[map], null);
        return new Attached(endpoint.Record.Spec, (uint)endpoint.Record.Slot, constants, Program("from_endpoint"), Program("to_endpoint"));
    }

    private Attached Find(string pod) => _endpoints.TryGetValue(pod, out var found)
        ? found
        : throw new PolicyTestException($"`{pod}` is none of the pods that it was loaded with");

    private ImmutableArray<string> Peer(string to) => _endpoints.TryGetValue(to, out var found) ? found.Spec.Addresses : [to];

    private PacketOutcome Run(Attached endpoint, BpfProgram program, byte[] frame, uint ingress)
    {
        var records = _maps["flow_record"];
        records.UpdatePerProcessor(0, new byte[records.Stride * Processors.Possible]);
        var context = new byte[ContextLength];
        BinaryPrimitives.WriteUInt32LittleEndian(context.AsSpan(SlotAt), endpoint.Slot);
        BinaryPrimitives.WriteUInt32LittleEndian(context.AsSpan(IngressIfindexAt), ingress);
        var output = new byte[frame.Length + 2048];
        var (_, length) = program.TestRun(frame, context, output);
        var values = records.LookupPerProcessor(0);
        for (var at = 0; at < values.Length; at += records.Stride)
        {
            // Of the processor that ran it; all others are as they were cleared.
            if (MemoryMarshal.Read<FlowRecord>(values.AsSpan(at)) is { Exit: not 0 } record)
            {
                return PacketOutcome.Of(record, output[..length], _manifest);
            }
        }

        throw new PolicyTestException(string.Create(CultureInfo.InvariantCulture, $"the programs left no record of the frame {Convert.ToHexString(frame)}"));
    }

    private sealed record Attached(EndpointSpec Spec, uint Slot, BpfMap Constants, BpfProgram From, BpfProgram To) : IDisposable
    {
        public void Dispose()
        {
            From.Dispose();
            To.Dispose();
            Constants.Dispose();
        }
    }
}
