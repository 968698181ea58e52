using System.Diagnostics;
using Netpol.Bench.Counting;
using Netpol.Loader.Native;
using Netpol.Loader.Templates;
using Netpol.Tests.Kernel.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>The node's programs with a counter at each call of a helper. It puts its own in the place of the node's shared ones, for good.</summary>
internal sealed class CountedPrograms : IDisposable
{
    private readonly TestNode _node;
    private readonly List<CallSite> _sites = [];
    private readonly Dictionary<string, ProgramTemplate> _templates = [];
    private readonly BpfMap _counters;
    private readonly DescriptorHandle? _btf;

    internal CountedPrograms(TestNode node)
    {
        _node = node;
        var templates = node.Templates;
        _btf = templates.BtfId == 0 ? null : DescriptorHandle.FromAnswer(LibBpf.bpf_btf_get_fd_by_id(templates.BtfId), "open the object's BTF");
        foreach (var template in templates.Programs)
        {
            _templates.Add(template.Name, Instrumentation.Of(template, _sites));
        }

        _counters = BpfMap.CreateArray("calls", 8 * _sites.Count);
        for (var i = 0; i < TestNode.SharedPrograms.Length; i++)
        {
            using var program = Load(TestNode.SharedPrograms[i], null);
            node["programs"].Update(BitConverter.GetBytes(i), BitConverter.GetBytes(program.Handle.Number));
        }
    }

    /// <summary>The calls that the last of the packets which the container sends makes, in the order of the programs' code.</summary>
    internal string[] Of(Container container, params Packet[] packets)
    {
        using var program = Load("from_endpoint", container);
        AwaitTimeUnit();
        foreach (var before in packets[..^1])
        {
            _ = _node.Run(program, before.ToFrame());
        }

        _counters.Update(new byte[4], new byte[_counters.ValueSize]);
        _ = _node.Run(program, packets[^1].ToFrame());
        var value = new byte[_counters.ValueSize];
        Assert.True(_counters.TryLookup(new byte[4], value));
        return [.. _sites.SelectMany((site, index) => Enumerable.Repeat($"{site}", (int)BitConverter.ToUInt64(value, 8 * index)))];
    }

    public void Dispose()
    {
        _btf?.Dispose();
        _counters.Dispose();
    }

    /// <summary>A unit of struct connection.seen, 2^30 ns of CLOCK_MONOTONIC as Stopwatch has it, does not end in the next tenth of a second.</summary>
    private static void AwaitTimeUnit()
    {
        const long Unit = 1 << 30, Margin = 100_000_000;
        var left = Unit - (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency)) % Unit;
        if (left < Margin)
        {
            Thread.Sleep(TimeSpan.FromMicroseconds(left / 1000.0 + 10_000));
        }
    }

    private BpfProgram Load(string name, Container? container) => BpfProgram.Load(
        _templates[name],
        map => map == Instrumentation.Counters ? _counters
            : map.Contains("rodata", StringComparison.Ordinal) && container is not null ? container.Constants
            : _node[map],
        _btf);
}
