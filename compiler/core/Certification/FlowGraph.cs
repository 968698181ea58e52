using System.Collections.Immutable;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Functions;

namespace Netpol.Compiler.Certification;

/// <summary>A function as blocks and the jumps between them.</summary>
internal sealed class FlowGraph
{
    private FlowGraph(BpfFunction function, ImmutableArray<Block> blocks)
    {
        (Function, Blocks) = (function, blocks);
        Symbols = function.References.ToDictionary(reference => reference.Instruction, reference => reference.Symbol);
        IsInLoop = Loops.Find(blocks);
    }

    public BpfFunction Function { get; }

    /// <summary>By ascending instruction; the function begins with the first.</summary>
    public ImmutableArray<Block> Blocks { get; }

    /// <summary>By instruction: the function or map that it refers to.</summary>
    public Dictionary<int, string> Symbols { get; }

    /// <summary>By block: it may come again.</summary>
    public ImmutableArray<bool> IsInLoop { get; }

    public Instruction this[int instruction] => Function.Instructions[instruction];

    public static bool IsTailCall(Instruction instruction) =>
        instruction.Code == Code.CallHelper && instruction.Immediate == (long)Helper.TailCall;

    /// <exception cref="UncertifiedException">It jumps to where no instruction is, or runs on beyond its end.</exception>
    public static FlowGraph Of(BpfFunction function)
    {
        var code = function.Instructions;
        var slots = function.SlotOfInstruction();
        var bySlot = new Dictionary<int, int>(slots.Length);
        for (var index = 0; index < code.Length; index++)
        {
            bySlot.Add(slots[index], index);
        }

        int TargetOf(int index) => bySlot.TryGetValue(slots[index] + 1 + code[index].Offset, out var target)
            ? target
            : throw new UncertifiedException(function.Name, index, "a jump goes to where no instruction is");

        SortedSet<int> starts = [0];
        for (var index = 0; index < code.Length; index++)
        {
            if (Jumps(code[index]))
            {
                starts.Add(TargetOf(index));
            }

            if (index + 1 < code.Length && (Jumps(code[index]) || code[index].Code == Code.Exit || IsTailCall(code[index])))
            {
                starts.Add(index + 1);
            }
        }

        int[] firsts = [.. starts];
        var numbers = firsts.Index().ToDictionary(item => item.Item, item => item.Index);
        var blocks = ImmutableArray.CreateBuilder<Block>(firsts.Length);
        for (var number = 0; number < firsts.Length; number++)
        {
            var end = number + 1 < firsts.Length ? firsts[number + 1] : code.Length;
            var last = code[end - 1];
            var runsOn = last.Code is not (Code.Exit or Code.Jump);
            if (runsOn && end == code.Length)
            {
                throw new UncertifiedException(function.Name, end - 1, "it runs on beyond its end");
            }

            blocks.Add(new Block(firsts[number], end, runsOn ? number + 1 : -1, Jumps(last) ? numbers[TargetOf(end - 1)] : -1));
        }

        return new FlowGraph(function, blocks.MoveToImmutable());
    }

    private static bool Jumps(Instruction instruction) => instruction.Code == Code.Jump || instruction.Code.IsConditionalJump();
}
