namespace Netpol.Compiler.Certification;

/// <summary>What a kernel gives to a program.</summary>
/// <param name="StackBytes">Of all functions that are being called at one time, each rounded up to 32 (MAX_BPF_STACK).</param>
/// <param name="Frames">Functions that are being called at one time (MAX_CALL_FRAMES).</param>
/// <param name="PathInstructions">
/// The verifier follows every way, so one that is longer than what it follows altogether is refused (BPF_COMPLEXITY_LIMIT_INSNS).
/// </param>
/// <param name="TailCalls">Of one packet; the next fails (MAX_TAIL_CALL_CNT).</param>
public sealed record CertificateLimits(int StackBytes, int Frames, long PathInstructions, int TailCalls)
{
    public static CertificateLimits Kernel { get; } = new(StackBytes: 512, Frames: 8, PathInstructions: 1_000_000, TailCalls: 33);
}
