namespace Netpol.Lab.Traffic;

/// <summary>What the sender of a probe saw.</summary>
public enum Outcome
{
    /// <summary>An answer came.</summary>
    Answered,

    /// <summary>The network said no at once: RST, or an ICMP error.</summary>
    Refused,

    /// <summary>Nothing came back in time.</summary>
    Silent,
}

/// <param name="By">Name of the container that answered; null where the protocol does not carry it.</param>
public sealed record ProbeResult(Outcome Outcome, string? By = null)
{
    public static readonly ProbeResult Refused = new(Outcome.Refused);

    public static readonly ProbeResult Silent = new(Outcome.Silent);

    public override string ToString() => Outcome switch
    {
        Outcome.Answered => By is null ? "answered" : $"answered by {By}",
        Outcome.Refused => "refused",
        _ => "silent",
    };
}
