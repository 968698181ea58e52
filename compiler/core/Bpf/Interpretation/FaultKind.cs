namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary>Why a run ended before its program did.</summary>
public enum FaultKind : byte
{
    None,

    /// <summary>An access outside every region, or across the end of one.</summary>
    BadAddress,
    ReadOnly,

    /// <summary>More than eight frames, as the kernel counts them: <c>MAX_CALL_FRAMES</c>.</summary>
    TooManyFrames,
    UnknownHelper,

    /// <summary>A helper was given what is no map, or memory that is none.</summary>
    BadArgument,
    TooManySteps,

    /// <summary>No fault: a segment has come to an instruction that the caller asked for.</summary>
    Stopped,

    /// <summary>No fault: a segment has come to a call, which the caller answers.</summary>
    Called,
}
