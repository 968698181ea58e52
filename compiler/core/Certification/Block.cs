using System.Collections.Immutable;

namespace Netpol.Compiler.Certification;

/// <summary>Instructions that run one behind the other: only the first is jumped to, only the last jumps, tail-calls or ends.</summary>
/// <param name="First">Index in the function.</param>
/// <param name="End">Index of the first behind it.</param>
/// <param name="Next">The block that follows where the last instruction does not jump; -1: there is none.</param>
/// <param name="Taken">The block that it jumps to; -1: it does not.</param>
internal sealed record Block(int First, int End, int Next, int Taken)
{
    public int Last => End - 1;

    public ImmutableArray<int> Successors { get; } = Next == Taken || Taken < 0 ? Next < 0 ? [] : [Next] : Next < 0 ? [Taken] : [Next, Taken];
}
