using System.Collections.Immutable;

namespace Netpol.Compiler.Bpf.Functions;

/// <summary>The code of one function before it has a place in a section or in the kernel.</summary>
/// <param name="References">By ascending instruction.</param>
/// <param name="Lines">By ascending instruction; empty, or the first is of instruction 0.</param>
public sealed record BpfFunction(
    string Name, ImmutableArray<Instruction> Instructions, ImmutableArray<SymbolReference> References, ImmutableArray<LineEntry> Lines)
{
    public int Slots => Instructions.Sum(instruction => instruction.Slots);

    /// <summary>The slot of each instruction, and of the end.</summary>
    public ImmutableArray<int> SlotOfInstruction()
    {
        var slots = ImmutableArray.CreateBuilder<int>(Instructions.Length + 1);
        var slot = 0;
        foreach (var instruction in Instructions)
        {
            slots.Add(slot);
            slot += instruction.Slots;
        }

        slots.Add(slot);
        return slots.MoveToImmutable();
    }
}
