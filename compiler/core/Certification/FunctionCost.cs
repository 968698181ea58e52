using System.Collections.Immutable;
using Netpol.Compiler.Bpf.Functions;

namespace Netpol.Compiler.Certification;

/// <summary>What a function costs, and what it calls.</summary>
internal sealed record FunctionCost(FlowGraph Graph, FrameUse Frame, FunctionPaths Paths, ImmutableArray<FunctionCost> Callees)
{
    /// <summary>To which the kernel rounds each frame at most (kernel/bpf/verifier.c, round_up_stack_depth).</summary>
    private const int FrameUnit = 32;

    public string Name => Graph.Function.Name;

    /// <summary>With what it calls, where that is most.</summary>
    public int StackBytes { get; } = Frame.Bytes + Callees.Select(callee => callee.StackBytes).DefaultIfEmpty(0).Max();

    /// <summary>As above, as a kernel counts that rounds most.</summary>
    public int RoundedStackBytes { get; } =
        ((Math.Max(1, Frame.Bytes) + FrameUnit - 1) / FrameUnit * FrameUnit) + Callees.Select(callee => callee.RoundedStackBytes).DefaultIfEmpty(0).Max();

    public int Frames { get; } = 1 + Callees.Select(callee => callee.Frames).DefaultIfEmpty(0).Max();

    /// <summary>It and all that it calls, each once.</summary>
    public IEnumerable<FunctionCost> All() => Callees.SelectMany(callee => callee.All()).Prepend(this).DistinctBy(cost => cost.Name);

    /// <summary>The source lines that the longest path goes through, and how many instructions of it are of each.</summary>
    public Dictionary<SourcePosition, long> LongestByLine()
    {
        Dictionary<SourcePosition, long> lines = [];
        var entries = Graph.Function.Lines;
        foreach (var block in Paths.Longest())
        {
            for (var index = block.First; index < block.End; index++)
            {
                if (Graph.Symbols.TryGetValue(index, out var symbol) && Callees.FirstOrDefault(callee => callee.Name == symbol) is { } called)
                {
                    foreach (var (line, count) in called.LongestByLine())
                    {
                        lines[line] = lines.GetValueOrDefault(line) + count;
                    }
                }
                else if (entries.LastOrDefault(entry => entry.Instruction <= index) is { } entry)
                {
                    lines[entry.Position] = lines.GetValueOrDefault(entry.Position) + 1;
                }
            }
        }

        return lines;
    }
}
