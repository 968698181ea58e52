using System.Collections.Immutable;
using Netpol.Compiler.Bpf;

namespace Netpol.Compiler.Certification;

/// <summary>
/// Which values matter where: those that decide how often a loop runs, and those that say where a tail call goes. Found backwards from
/// there; all else of a program's state is nobody's business.
/// </summary>
internal sealed class Relevance
{
    private const ulong TailCallArguments = 1UL << (int)Register.R2 | 1UL << (int)Register.R3;

    private readonly FlowGraph _graph;
    private readonly Places _places;
    private readonly ulong[] _before;

    private Relevance(FlowGraph graph, Places places) => (_graph, _places, _before) = (graph, places, new ulong[graph.Blocks.Length]);

    public static Relevance Of(FlowGraph graph, Places places)
    {
        Relevance relevance = new(graph, places);
        relevance.Find();
        return relevance;
    }

    /// <summary>The places that matter where a block begins.</summary>
    public ulong this[int block] => _before[block];

    /// <summary>Something in the block depends on such a value, or makes one.</summary>
    public bool Concerns(int block) => _before[block] != 0 || IsSource(block) || After(block) != 0;

    private bool IsSource(int block) => _graph.IsInLoop[block] || FlowGraph.IsTailCall(_graph[_graph.Blocks[block].Last]);

    private ulong After(int block)
    {
        var (next, taken) = (_graph.Blocks[block].Next, _graph.Blocks[block].Taken);
        return (next < 0 ? 0 : _before[next]) | (taken < 0 ? 0 : _before[taken]);
    }

    private void Find()
    {
        var predecessors = _graph.Blocks.Select(_ => new List<int>(2)).ToImmutableArray();
        Stack<int> waiting = [];
        for (var block = 0; block < _graph.Blocks.Length; block++)
        {
            foreach (var successor in _graph.Blocks[block].Successors)
            {
                predecessors[successor].Add(block);
            }

            if (IsSource(block))
            {
                waiting.Push(block);
            }
        }

        while (waiting.TryPop(out var number))
        {
            var block = _graph.Blocks[number];
            var needed = After(number);
            for (var index = block.Last; index >= block.First; index--)
            {
                needed = Before(_graph[index], needed, _graph.IsInLoop[number]);
            }

            if (needed != _before[number])
            {
                _before[number] = needed;
                predecessors[number].ForEach(waiting.Push);
            }
        }
    }

    private ulong Before(Instruction instruction, ulong needed, bool isInLoop)
    {
        var (code, destination, source) = (instruction.Code, Places.Of(instruction.Destination), Places.Of(instruction.Source));
        switch (code.Class())
        {
            case InstructionClass.Jump64 or InstructionClass.Jump32 when code.IsCall():
                return needed & ~Places.Lost | (FlowGraph.IsTailCall(instruction) ? TailCallArguments : 0);
            case InstructionClass.Jump64 or InstructionClass.Jump32:
                return isInLoop && code.IsConditionalJump() ? needed | destination | (code.HasRegisterOperand() ? source : 0) : needed;
            case InstructionClass.Store or InstructionClass.StoreImmediate:
                if (instruction.Destination != Register.R10)
                {
                    return needed;
                }

                var isKept = _places.Accessed(instruction) is var written and >= 0 && (needed >> written & 1) != 0;
                return needed & ~_places.Changed(instruction) | (isKept && code.Class() == InstructionClass.Store && !code.IsAtomic() ? source : 0);
            default:
                return (needed & destination) == 0 ? needed : needed & ~destination | MadeOf(instruction, destination, source);
        }
    }

    private ulong MadeOf(Instruction instruction, ulong destination, ulong source)
    {
        var code = instruction.Code;
        return code.Class() switch
        {
            InstructionClass.Load when instruction.Source == Register.R10 => _places.Accessed(instruction) is var read and >= 0 ? 1UL << read : 0,
            InstructionClass.Load or InstructionClass.LoadImmediate => 0,
            _ when code.IsByteOrder() => 0,
            _ => (code.Operation() == (int)AluOperation.Move ? 0 : destination) | (code.HasRegisterOperand() ? source : 0),
        };
    }
}
