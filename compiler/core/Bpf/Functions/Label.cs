namespace Netpol.Compiler.Bpf.Functions;

/// <summary>A place in the function of the assembler that gave it.</summary>
public readonly record struct Label(int Index);
