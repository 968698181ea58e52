namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary>An instruction by its function and the slot that the listing shows.</summary>
public readonly record struct CodePlace(string Function, int Slot);
