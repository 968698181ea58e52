using System.Diagnostics;
using Netpol.Bench.Counting;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Tests.Kernel.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>The node's programs with a counter at each call of a helper. It puts its own in the place of the node's shared ones, for good.</summary>
internal sealed class CountedPrograms : IDisposable
{
    private readonly TestNode _node;
    private readonly CountedTemplates _templates;

    internal CountedPrograms(TestNode node)
    {
        _node = node;
        _templates = new CountedTemplates(node.Templates);
        for (var i = 0; i < GenerationBuilder.SharedPrograms.Length; i++)
        {
            using var program = Load(GenerationBuilder.SharedPrograms[i], null);
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

        _ = _templates.Take();
        _ = _node.Run(program, packets[^1].ToFrame());
        return [.. _templates.Take().SelectMany(made => Enumerable.Repeat($"{made.Site}", (int)made.Calls))];
    }

    public void Dispose() => _templates.Dispose();

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

    private BpfProgram Load(string name, Container? container) => _templates.Load(
        name, map => map == EndpointPrograms.ConstantsSection && container is not null ? container.Constants : _node[map]);
}
