using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>
/// The verdict of policy for one endpoint in one direction, tier by tier:
/// <code>
/// admin      the first match allows, denies or rejects; pass and no match go on
/// ordinary   a matching rule decides; none of them, and a closed block selects the endpoint: deny
/// baseline   the first match decides; pass allows
/// else       allow
/// </code>
/// </summary>
internal sealed class PolicyTiers(NetworkModel model, Members members)
{
    private readonly SelectedPolicies _selected = new(model, members);

    /// <param name="isSpent">Has the bucket of a limited rule no token?</param>
    public DirectionJudgement Judge(Direction direction, in Connection connection, Func<Bucket, bool> isSpent)
    {
        if (JudgeAdmin(direction, connection) is { } byAdmin)
        {
            return byAdmin;
        }

        var ordinary = _selected.Of(connection.Self, TierKind.Ordinary, direction);
        var (judgement, spent) = OrdinaryTier.Ask(ordinary, members, connection, isSpent);
        return judgement
            ?? (ordinary.Closed.IsEmpty ? JudgeBaseline(direction, connection) : null)
            ?? (spent is { } limited ? Spent(limited)
                : ordinary.Closed.IsEmpty ? Undecided(direction, connection.Self)
                : DefaultDeny(direction, ordinary));
    }

    /// <summary>What the admin tier alone decides; null where it leaves the connection to others.</summary>
    public DirectionJudgement? JudgeAdmin(Direction direction, in Connection connection) =>
        OrderedTier.FirstMatch(_selected.Of(connection.Self, TierKind.Admin, direction), members, connection) is { Rule.Action: not RuleAction.Pass } match
            ? DirectionJudgement.By(match, match.Rule.IsLogged)
            : null;

    private DirectionJudgement? JudgeBaseline(Direction direction, in Connection connection) =>
        OrderedTier.FirstMatch(_selected.Of(connection.Self, TierKind.Baseline, direction), members, connection) is { } match
            ? DirectionJudgement.By(match, match.Rule.IsLogged)
            : null;

    private static DirectionJudgement Spent(PolicyRule rule) => new(
        Verdict.Deny, JudgementReason.Limit, null, $"the limit of {rule} is spent and nothing else decides", false);

    private DirectionJudgement Undecided(Direction direction, Endpoint self)
    {
        var isSelected = Enum.GetValues<TierKind>().Any(tier => !_selected.Of(self, tier, direction).Policies.IsEmpty);
        return new(
            Verdict.Allow,
            JudgementReason.NotIsolated,
            null,
            isSelected
                ? $"no rule decides and no policy isolates the endpoint for {Word(direction)}"
                : $"no policy selects the endpoint for {Word(direction)}",
            false);
    }

    private static DirectionJudgement DefaultDeny(Direction direction, TierSelection ordinary)
    {
        var names = string.Join(", ", ordinary.Closed.Select(policy => $"`{policy.Name}`"));
        var text = ordinary.Closed.Length == 1
            ? $"policy {names} selects the endpoint for {Word(direction)} and no rule of it matches"
            : $"policies {names} select the endpoint for {Word(direction)} and no rule of theirs matches";
        return new(Verdict.Deny, JudgementReason.DefaultDeny, null, text, false);
    }

    private static string Word(Direction direction) => direction == Direction.Egress ? "egress" : "ingress";
}
