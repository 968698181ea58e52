namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary>A helper of the kernel, played.</summary>
/// <param name="arguments">r1 to r5.</param>
/// <param name="answer">What r0 becomes.</param>
public delegate FaultKind HelperFunction(Machine machine, ReadOnlySpan<ulong> arguments, out ulong answer);
