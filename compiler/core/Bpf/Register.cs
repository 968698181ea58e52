namespace Netpol.Compiler.Bpf;

/// <summary>
/// r0 is the answer, r1 to r5 are arguments and lost in a call, r6 to r9 survive it, r10 is the end of the stack frame.
/// </summary>
public enum Register : byte
{
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    R10,
}
