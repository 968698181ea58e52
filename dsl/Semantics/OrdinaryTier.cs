using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>What the ordinary tier says of a connection.</summary>
/// <param name="Judgement">Null: no rule matches.</param>
/// <param name="Spent">The first limited rule that would have matched and has no token left.</param>
internal readonly record struct OrdinaryAnswer(DirectionJudgement? Judgement, PolicyRule? Spent);

/// <summary>
/// The ordinary tier: rules are a set without order. Deny beats reject, reject beats allow, and an allow without a limit decides before
/// those with one.
/// </summary>
internal static class OrdinaryTier
{
    /// <param name="isSpent">Has the bucket no token?</param>
    public static OrdinaryAnswer Ask(TierSelection selected, Members members, in Connection connection, Func<Bucket, bool> isSpent)
    {
        foreach (var action in new[] { RuleAction.Deny, RuleAction.Reject, RuleAction.Allow })
        {
            if (FirstOf(action, selected, members, connection) is { } judgement)
            {
                return new(judgement, null);
            }
        }

        return Limited(selected, members, connection, isSpent);
    }

    private static DirectionJudgement? FirstOf(RuleAction action, TierSelection selected, Members members, in Connection connection)
    {
        PolicyRule? first = null;
        var isLogged = false;
        ImmutableArray<HttpMatch>? passing = [];
        foreach (var candidate in selected.Rules)
        {
            if (candidate.Rule.Action == action && candidate.Rule.Limit is null && RuleMatching.Matches(members, candidate.Rule, connection))
            {
                isLogged |= candidate.Rule.IsLogged;
                // One that names no requests lets all of them through.
                passing = candidate.Rule.Http is { } http ? passing?.AddRange(http) : null;
                first = IsFirst(candidate, first) ? candidate : first;
            }
        }

        return first is { } deciding ? DirectionJudgement.By(deciding, isLogged) with { Inspection = action == RuleAction.Allow ? passing : null } : null;
    }

    /// <summary>The first limited rule, by its place, that has a token pays and decides. Those behind it are not asked.</summary>
    private static OrdinaryAnswer Limited(TierSelection selected, Members members, in Connection connection, Func<Bucket, bool> isSpent)
    {
        PolicyRule? first = null;
        PolicyRule? spent = null;
        foreach (var candidate in selected.Rules)
        {
            if (candidate.Rule.Limit is null || !RuleMatching.Matches(members, candidate.Rule, connection))
            {
                continue;
            }

            if (isSpent(connection.BucketOf(candidate.Rule)))
            {
                spent = IsFirst(candidate, spent) ? candidate : spent;
            }
            else
            {
                first = IsFirst(candidate, first) ? candidate : first;
            }
        }

        return first is { } deciding
            ? new(DirectionJudgement.By(deciding, deciding.Rule.IsLogged) with
            {
                Paid = connection.BucketOf(deciding.Rule),
                Inspection = deciding.Rule.Http,
            }, null)
            : new(null, spent);
    }

    private static bool IsFirst(PolicyRule candidate, PolicyRule? other) =>
        other is not { } known || candidate.Rule.Origin.CompareTo(known.Rule.Origin) < 0;
}
