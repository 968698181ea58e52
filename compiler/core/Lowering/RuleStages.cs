using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Bundle.Verdicts;
using Netpol.Model;

namespace Netpol.Compiler.Lowering;

/// <summary>When each rule of a model is asked.</summary>
internal static class RuleStages
{
    public static RuleStage Of(Policy policy, Rule rule) => (policy.Tier.Kind, rule) switch
    {
        (TierKind.Admin, _) => RuleStage.Admin,
        (TierKind.Baseline, _) => RuleStage.Baseline,
        (_, { Action: RuleAction.Deny }) => RuleStage.Deny,
        (_, { Action: RuleAction.Reject }) => RuleStage.Reject,
        (_, { Action: RuleAction.Allow, Limit: null }) => RuleStage.Allow,
        (_, { Action: RuleAction.Allow }) => RuleStage.Limited,
        _ => throw new UnreachableException(),
    };

    /// <summary>Of each tier of a policy, how many there are before it in the same stage.</summary>
    public static IReadOnlyDictionary<Tier, int> Places(IEnumerable<Policy> policies) => policies
        .Select(policy => policy.Tier).Distinct().GroupBy(tier => tier.Kind)
        .SelectMany(tiers => tiers.OrderBy(tier => tier.Order).Select((tier, place) => (tier, place)))
        .ToDictionary(pair => pair.tier, pair => pair.place);

    /// <summary>Does the model say anything that only allow and deny in closed blocks of the ordinary tier cannot?</summary>
    public static bool HasTiers(IEnumerable<Policy> policies) => policies.Any(policy =>
        policy.Tier.IsOrdered || policy.Blocks.Any(block =>
            block.IsOpen || block.Rules.Any(rule => rule.Action == RuleAction.Reject || rule.Limit is not null)));

    public static bool Isolates(Policy policy, Direction direction) =>
        !policy.Tier.IsOrdered && policy.Blocks.Any(block => block.Direction == direction && !block.IsOpen);

    /// <summary>The order in which the rules of a stage are tried.</summary>
    public static ImmutableArray<T> Ordered<T>(RuleStage stage, IEnumerable<T> rules, Func<T, (int Place, int Id)> rank) =>
        stage is RuleStage.Admin or RuleStage.Baseline ? [.. rules.OrderBy(rank)] : [.. rules];
}
