using Netpol.Semantics;

namespace Netpol.Testing;

/// <summary>What becomes of a connection, and by which rules.</summary>
/// <param name="Verdict">Of egress, if that is not allow; else of ingress.</param>
/// <param name="Egress">Of the source.</param>
/// <param name="Ingress">Of the destination.</param>
public sealed record Decision(Verdict Verdict, DecisionOfEnd Egress, DecisionOfEnd Ingress)
{
    public bool IsAllowed => Verdict == Verdict.Allow;

    public override string ToString() => $"{Verdict}: egress {Egress}; ingress {Ingress}";

    internal static Decision Of(Judgement judgement) => new(judgement.Verdict, Of(judgement.Egress), Of(judgement.Ingress));

    private static DecisionOfEnd Of(DirectionJudgement judgement) =>
        new(judgement.Verdict, judgement.Rule is { } rule ? $"{rule.Origin}" : null, judgement.Text);
}

/// <param name="Rule">The deciding rule as <c>file:line:column</c>; null where none decided.</param>
/// <param name="Reason">In words, for people.</param>
public sealed record DecisionOfEnd(Verdict Verdict, string? Rule, string Reason)
{
    public override string ToString() => $"{Verdict} ({(Rule is null ? "" : $"{Rule}, ")}{Reason})";
}
