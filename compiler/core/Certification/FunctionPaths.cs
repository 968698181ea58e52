using System.Collections.Immutable;
using Netpol.Compiler.Bpf;

namespace Netpol.Compiler.Certification;

/// <summary>
/// The longest ways through a function, in instructions that run (a 64-bit immediate is one, a call of a function is it and what it does,
/// a helper is one). Blocks are told apart by what is known where they begin, so that a loop with a counter is as many nodes as it has
/// rounds; one without end is a circle, and refused.
/// </summary>
internal sealed class FunctionPaths
{
    /// <summary>So often a block may come with something else being known: no loop of the library goes round nearly as often.</summary>
    private const int MostRounds = 4096;

    private readonly FlowGraph _graph;
    private readonly List<PathNode> _nodes = [];

    private FunctionPaths(FlowGraph graph) => _graph = graph;

    /// <summary>From its first instruction to where it ends.</summary>
    public long ToExit { get; private set; }

    /// <summary>To each tail call that may succeed.</summary>
    public Dictionary<TailCall, long> ToTailCalls { get; } = [];

    /// <param name="callees">The longest way of a function that may be called.</param>
    /// <exception cref="UncertifiedException">There is a loop that is not seen to end.</exception>
    public static FunctionPaths Of(FlowGraph graph, FrameUse frame, Func<string, long> callees)
    {
        FunctionPaths paths = new(graph);
        Places places = new(graph, frame);
        paths.Spread(Relevance.Of(graph, places), new Constants(graph, places), [.. graph.Blocks.Select(block => paths.CostOf(block, callees))]);
        paths.Measure();
        return paths;
    }

    /// <summary>The blocks of the longest way to an end, from there to the beginning.</summary>
    public IEnumerable<Block> Longest()
    {
        for (var node = _nodes.Where(Ends).MaxBy(node => node.Longest); node is not null; node = node.Before)
        {
            yield return _graph.Blocks[node.Block];
        }
    }

    private bool Ends(PathNode node) => _graph[_graph.Blocks[node.Block].Last].Code == Code.Exit;

    private long CostOf(Block block, Func<string, long> callees)
    {
        long cost = block.End - block.First;
        for (var index = block.First; index < block.End; index++)
        {
            var instruction = _graph[index];
            if (instruction.Code == Code.CallFunction)
            {
                cost += callees(_graph.Symbols[index]);
            }
            else if (instruction.Code == Code.LoadFunction || (instruction.Code == Code.CallHelper && instruction.Immediate == (long)Helper.Loop))
            {
                throw new UncertifiedException(_graph.Function.Name, index, "a helper calls a function nobody knows how often");
            }
        }

        return cost;
    }

    /// <summary>All that can be reached, each block once for each thing that may be known there.</summary>
    private void Spread(Relevance relevance, Constants constants, ImmutableArray<long> costs)
    {
        var found = new List<PathNode>?[costs.Length];
        PathNode Reach(int block)
        {
            var (known, values) = constants.Take(relevance[block]);
            var nodes = found[block] ??= new(1);
            var node = nodes.Find(node => node.Known == known && node.Values.AsSpan().SequenceEqual(values));
            if (node is null)
            {
                if (nodes.Count == MostRounds)
                {
                    throw NoEnd(block);
                }

                node = new PathNode(block, costs[block], known, values);
                nodes.Add(node);
                _nodes.Add(node);
            }

            node.Waits++;
            return node;
        }

        Reach(0).Waits = 0;
        for (var number = 0; number < _nodes.Count; number++)
        {
            var node = _nodes[number];
            var block = _graph.Blocks[node.Block];
            constants.Begin(node.Known, node.Values);
            bool? isTaken = null;
            if (relevance.Concerns(node.Block))
            {
                for (var index = block.First; index < block.Last; index++)
                {
                    constants.Run(index);
                }

                var last = _graph[block.Last];
                node.TailCall = FlowGraph.IsTailCall(last) ? Target(constants) : null;
                isTaken = last.Code.IsConditionalJump() ? constants.Decide(last) : null;
                constants.Run(block.Last);
            }

            node.Next = block.Next >= 0 && isTaken != true ? Reach(block.Next) : null;
            node.Taken = block.Taken >= 0 && isTaken != false ? Reach(block.Taken) : null;
        }
    }

    private static TailCall Target(Constants constants) => new(
        constants[Register.R2]?.Map ?? "", constants[Register.R3] is { Map: null } index ? (uint)index.Number : null);

    /// <summary>In an order in which they can come. Where there is none, they go round for ever.</summary>
    private void Measure()
    {
        Stack<PathNode> ready = new(_nodes.Where(node => node.Waits == 0));
        var count = 0;
        for (; ready.TryPop(out var node); count++)
        {
            node.Longest += node.Cost;
            ToExit = Ends(node) ? Math.Max(ToExit, node.Longest) : ToExit;
            if (node.TailCall is { } target)
            {
                ToTailCalls[target] = Math.Max(ToTailCalls.GetValueOrDefault(target), node.Longest);
            }

            Hand(node, node.Next, ready);
            Hand(node, node.Taken, ready);
        }

        if (count < _nodes.Count)
        {
            throw NoEnd(_nodes.First(node => node.Waits > 0).Block);
        }
    }

    private UncertifiedException NoEnd(int block) => new(_graph.Function.Name, _graph.Blocks[block].First, "a loop is not seen to end");

    private static void Hand(PathNode before, PathNode? after, Stack<PathNode> ready)
    {
        if (after is null)
        {
            return;
        }

        if (before.Longest > after.Longest)
        {
            (after.Longest, after.Before) = (before.Longest, before);
        }

        if (--after.Waits == 0)
        {
            ready.Push(after);
        }
    }
}
