namespace Netpol.Compiler.Validation;

/// <summary>r6 to r9, which hold the same from the end of the look-ups to the end of the function.</summary>
internal sealed record KeptRegisters(SymbolicValue R6, SymbolicValue R7, SymbolicValue R8, SymbolicValue R9);
