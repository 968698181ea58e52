using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Netpol.Lab;
using Netpol.Loader;
using Netpol.Loader.Abi;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.State;
using Netpol.Loader.Tables;
using Netpol.Observe;
using Netpol.Toolchain;

namespace Netpol.Bench;

/// <summary>A node as a product makes it: a bundle built and loaded, a client and a server attached; and what its maps tell of a run.</summary>
internal sealed class World : IDisposable
{
    private readonly NodePaths _paths;
    private readonly PinFolder _pins;
    private readonly Node _node;
    private readonly EventReader _events;

    private World(NodePaths paths, Node node)
    {
        (_paths, _node, _pins) = (paths, node, new PinFolder(paths.Pins));
        Generation = Generation.OpenCurrent(_pins, new StateFolder(paths.State)) ?? throw new BenchException("no bundle is in charge");
        _events = EventReader.Open(paths);
    }

    internal static IPAddress Client4 { get; } = IPAddress.Parse("10.244.1.2");

    internal static IPAddress Server4 { get; } = IPAddress.Parse("10.244.1.3");

    internal static IPAddress Client6 { get; } = IPAddress.Parse("fd00:10::2");

    internal static IPAddress Server6 { get; } = IPAddress.Parse("fd00:10::3");

    internal Generation Generation { get; }

    /// <summary>Which of the compiler's made the bundle, as its manifest says.</summary>
    internal required string Backend { get; init; }

    /// <summary>What the device runs first on what the client sends, on what comes to it, on what the server sends.</summary>
    internal required BpfProgram FromClient { get; init; }

    internal required BpfProgram ToClient { get; init; }

    internal required BpfProgram FromServer { get; init; }

    internal required ImmutableArray<EndpointStatus> Endpoints { get; init; }

    /// <summary>Null and why: the build cannot make this policy.</summary>
    internal static (World? World, string Refusal) Create(Scratch scratch, string name, string source, Options options)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch.Folder, name)).FullName;
        var text = Path.Combine(folder, "bench.netpol");
        File.WriteAllText(text, source);
        var bundle = Path.Combine(folder, "bundle");
        var built = BundleBuilder.Build([text], bundle, options.Verdicts, options.Backend);
        if (built.Manifest is null)
        {
            return (null, string.Join("; ", built.Diagnostics.Select(diagnostic => $"{diagnostic.Id}: {diagnostic.Message}").Distinct().Take(3)));
        }

        // Of this thread's network: devices that speak by themselves would be counted among the cases' packets.
        File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
        NodePaths paths = new(scratch.Pins + "-" + name, Path.Combine(folder, "state"));
        var node = Node.Open(paths, new NodeOptions(HookKind.Tcx));
        node.Apply(bundle);
        ImmutableArray<EndpointStatus> endpoints =
        [
            node.Attach(Endpoint(name, PolicySource.ClientApp, 1, Client4, Client6)),
            node.Attach(Endpoint(name, PolicySource.ServerApp, 2, Server4, Server6)),
        ];
        PinFolder pins = new(paths.Pins);
        return (new World(paths, node)
        {
            Endpoints = endpoints,
            Backend = built.Manifest.Backend,
            FromClient = Stub(pins, endpoints[0].Id, "from"),
            ToClient = Stub(pins, endpoints[0].Id, "to"),
            FromServer = Stub(pins, endpoints[1].Id, "from"),
        }, "");
    }

    internal BpfMap Map(string name) => Generation.Maps[name];

    internal StateFolder State => new(_paths.State);

    /// <summary>What the last packet's finish() left on this processor.</summary>
    internal FlowRecord LastRecord()
    {
        var map = Map("flow_record");
        return MemoryMarshal.Read<FlowRecord>(map.LookupPerProcessor(0).AsSpan(Processor.Current * map.Stride));
    }

    /// <summary>Packets dropped so far, and verdicts taken.</summary>
    internal (ulong Drops, ulong Verdicts) Counters() => (Sum("drop_reasons"), Sum("rule_counters"));

    /// <summary>Events since the last time.</summary>
    internal int Events() => _events.Read().Count;

    /// <summary>Connections that the table has ways for.</summary>
    internal int ConnectionCapacity => new ConnectionTable(Map("connections4")).Capacity;

    internal void ForgetConnections()
    {
        foreach (var map in (string[])["connections4", "connections6"])
        {
            new ConnectionTable(Map(map)).Clear();
        }
    }

    public void Dispose()
    {
        _events.Dispose();
        FromClient.Dispose();
        ToClient.Dispose();
        FromServer.Dispose();
        Generation.Dispose();
        foreach (var endpoint in Endpoints)
        {
            _node.Detach(endpoint.Spec.ContainerId, endpoint.Spec.InterfaceName);
        }

        _node.Dispose();
    }

    private static EndpointSpec Endpoint(string world, string app, int number, params IPAddress[] addresses)
    {
        var device = string.Create(CultureInfo.InvariantCulture, $"{world}-h{number}");
        Scratch.AddDevices(device, string.Create(CultureInfo.InvariantCulture, $"{world}-c{number}"));
        return new EndpointSpec(
            $"{world}-{app}", "eth0", device, "02:00:00:00:00:01", [.. addresses.Select(address => $"{address}")], PolicySource.Namespace, null,
            ImmutableSortedDictionary<string, string>.Empty.Add("app", app), []);
    }

    /// <summary>The program that the endpoint's link holds.</summary>
    private static unsafe BpfProgram Stub(PinFolder pins, uint endpoint, string direction)
    {
        var pin = pins.Link(endpoint, direction);
        using var link = DescriptorHandle.FromAnswer(LibBpf.bpf_obj_get(pin), $"open the link `{pin}`");
        bpf_link_info info = default;
        var length = (uint)sizeof(bpf_link_info);
        var answer = LibBpf.bpf_obj_get_info_by_fd(link, &info, &length);
        return answer >= 0
            ? BpfProgram.OpenById(info.prog_id, $"{direction}_endpoint_stub")
            : throw new KernelException($"ask about the link `{pin}`", -answer);
    }

    /// <summary>The first number of all values on all processors.</summary>
    private ulong Sum(string name)
    {
        var map = Map(name);
        ulong sum = 0;
        for (uint index = 0; index < map.MaxEntries; index++)
        {
            var values = map.LookupPerProcessor(index);
            for (var at = 0; at < values.Length; at += map.Stride)
            {
                sum += BitConverter.ToUInt64(values, at);
            }
        }

        return sum;
    }
}
