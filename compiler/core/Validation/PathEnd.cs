namespace Netpol.Compiler.Validation;

/// <summary>How a path through a piece of a function ends, for a class of inputs.</summary>
internal abstract record PathEnd(InputClass Input)
{
    /// <summary>The function answers.</summary>
    public sealed record Exit(InputClass Input, SymbolicValue Answer) : PathEnd(Input);

    /// <summary>It comes to the beginning of an item.</summary>
    /// <param name="Kept">r6 to r9.</param>
    public sealed record Arrival(InputClass Input, int Instruction, KeptRegisters Kept) : PathEnd(Input);

    /// <summary>It does what no verdict does.</summary>
    public sealed record Fault(InputClass Input, int Instruction, string Problem) : PathEnd(Input);
}
