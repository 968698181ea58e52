using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>What a direction's rules make of a connection: its verdict while no limit is spent, and the limit that it pays by.</summary>
/// <param name="Limit">Null: it is allowed without end, or not at all.</param>
/// <param name="Inspection">The requests that pass; null: whatever is sent, or nothing at all.</param>
public sealed record Outcome(Verdict Verdict, RateLimit? Limit = null, Inspection? Inspection = null)
{
    public static Outcome Allow { get; } = new(Verdict.Allow);

    public static Outcome Deny { get; } = new(Verdict.Deny);

    public static Outcome Reject { get; } = new(Verdict.Reject);
}
