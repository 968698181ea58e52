namespace Netpol.Compiler.Bpf.Functions;

/// <summary>From this instruction on, up to the next entry, code stands for a place in a source.</summary>
/// <param name="Instruction">Index in <see cref="BpfFunction.Instructions"/>.</param>
public sealed record LineEntry(int Instruction, SourcePosition Position);
