namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary>What a run gave.</summary>
/// <param name="Answer">r0; meaningless with a fault.</param>
/// <param name="Instruction">Of a fault: which one it was, for <see cref="MachineProgram.PlaceOf"/>.</param>
/// <param name="Steps">Instructions executed.</param>
public readonly record struct RunResult(FaultKind Fault, ulong Answer, int Instruction, int Steps);
