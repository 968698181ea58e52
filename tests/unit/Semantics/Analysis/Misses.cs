using Netpol.Model;
using Netpol.Semantics;
using Netpol.Semantics.Analysis;

namespace Netpol.Tests.Unit.Semantics.Analysis;

/// <summary>What an explanation says of the rules beside the deciding one, held against models of one rule with and without each of its predicates.</summary>
internal static class Misses
{
    private const int MostShown = 5;

    public static void AssertExact(NetworkModel model, SmallUniverse.Judged judged, DirectionWalk walk, Explanation explanation)
    {
        Assert.Equal(judged.Verdict(new Evaluator(model), walk.Direction).Rule, walk.Judgement.Rule);
        Assert.True(walk.Judgement.Rule is not { } deciding || walk.Steps.Any(step => ReferenceEquals(step.Rule, deciding)), $"{judged}: the walk does not come to {walk.Judgement.Rule}");
        foreach (var step in walk.Steps.Where(step => step.Rule is not null))
        {
            var policy = model.Policies.First(policy => policy.RulesOf(walk.Direction).Contains(step.Rule));
            Assert.True(Holds(model, policy.For, step.Rule ?? throw new InvalidOperationException(), judged, walk.Direction), $"{judged}: {step.Text} does not match");
        }

        if (walk.Judgement.Verdict == Verdict.Allow)
        {
            Assert.Empty(walk.Misses);
            Assert.True(explanation.Judgement.Verdict != Verdict.Allow || explanation.Remedy is null);
            return;
        }

        var expected = (from policy in model.Policies
                        where policy.Tier.Kind == TierKind.Ordinary
                        from rule in policy.RulesOf(walk.Direction)
                        where rule.Action == RuleAction.Allow
                        let failed = Failed(model, policy, rule, judged, walk.Direction)
                        where failed.Count > 0
                        orderby failed.Count, failed.Contains("for"), rule.Origin
                        select $"{rule.Origin.Line}: {string.Join(' ', failed)}").Take(MostShown);
        Assert.Equal(expected, walk.Misses.Select(miss => $"{miss.Rule.Origin.Line}: {string.Join(' ', miss.Failed.Select(predicate => predicate.Word))}"));
    }

    private static List<string> Failed(NetworkModel model, Policy policy, Rule rule, SmallUniverse.Judged judged, Direction direction)
    {
        var (any, word) = (Build.Any, direction == Direction.Ingress ? "from" : "to");
        var failed = new List<string>();
        if (!Holds(model, policy.For, rule with { Peer = any, Ports = [] }, judged, direction))
        {
            failed.Add("for");
        }

        if (!Holds(model, any, rule, judged, direction))
        {
            var (isPeer, isPort) = (Holds(model, any, rule with { Ports = [] }, judged, direction), Holds(model, any, rule with { Peer = any }, judged, direction));
            failed.AddRange(isPeer ? [] : new[] { word });
            // What `on` means may depend on the part of the peer: where each holds alone it is the ports that are not this part's.
            failed.AddRange(isPort && !isPeer ? [] : new[] { "on" });
        }

        return failed;
    }

    private static bool Holds(NetworkModel model, AddressSet @for, Rule rule, SmallUniverse.Judged judged, Direction direction) => judged.Verdict(
        new Evaluator(model with
        {
            Policies = [Build.Policy("alone", @for, new PolicyBlock(direction, [rule with { Action = RuleAction.Allow, Limit = null, Http = null }], Build.Place(1)))],
        }),
        direction).Rule is not null;
}
