using System.Diagnostics;
using Netpol.Bench;
using Netpol.Bench.Counting;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>The node's programs with a counter at each call of a helper. It puts its own in the place of the node's shared ones, for good.</summary>
internal sealed class CountedPrograms : IDisposable
{
    private readonly TestNode _node;
    private readonly InstrumentedNode<CallSite> _instrumented;

    internal CountedPrograms(TestNode node, bool isStraight = false) =>
        (_node, _instrumented) = (node, new InstrumentedNode<CallSite>(node, Instrumentation.Counters, Instrumentation.Of, isStraight));

    /// <inheritdoc cref="Of(Container, ReadOnlySpan{ValueTuple{int, uint}}, Packet[])"/>
    internal string[] Of(Container container, params Packet[] packets) => Of(container, [], packets);

    /// <summary>The calls that the last of the packets which the container sends makes, in the order of the programs' code.</summary>
    /// <param name="fields">Of struct __sk_buff, by their offsets.</param>
    internal string[] Of(Container container, ReadOnlySpan<(int Offset, uint Value)> fields, Packet[] packets)
    {
        using var program = _instrumented.Load("from_endpoint", container);
        AwaitTimeUnit();
        // What was denied, goals and routes each processor knows for itself.
        Processor.Stay();
        try
        {
            foreach (var before in packets[..^1])
            {
                _ = _node.Run(program, before.ToFrame(), fields: fields);
            }

            _ = _instrumented.Take();
            _ = _node.Run(program, packets[^1].ToFrame(), fields: fields);
        }
        finally
        {
            Processor.Leave();
        }

        return [.. _instrumented.Take().SelectMany(made => Enumerable.Repeat($"{made.Place}", (int)made.Count))];
    }

    public void Dispose() => _instrumented.Dispose();

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
}
