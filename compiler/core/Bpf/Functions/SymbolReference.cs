namespace Netpol.Compiler.Bpf.Functions;

/// <summary>An instruction whose immediate is put in by who links or loads: a call of another function, or a map's address.</summary>
/// <param name="Instruction">Index in <see cref="BpfFunction.Instructions"/>.</param>
public sealed record SymbolReference(int Instruction, string Symbol);
