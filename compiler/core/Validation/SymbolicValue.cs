namespace Netpol.Compiler.Validation;

/// <summary>The contents of a register for a whole class of inputs.</summary>
internal readonly record struct SymbolicValue(SymbolicKind Kind, Observable What, ulong Number)
{
    public static SymbolicValue Constant(ulong number) => new(SymbolicKind.Constant, default, number);

    public static SymbolicValue Frame(int offset) => new(SymbolicKind.Frame, default, (ulong)(long)offset);

    public static SymbolicValue Of(SymbolicKind kind, Observable what, ulong number = 0) => new(kind, what, number);
}
