using CsCheck;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Semantics.Analysis;

namespace Netpol.Tests.Unit.Semantics.Analysis;

public sealed class HiddenRulesAgreeTests
{
    private const int Some = 25;

    /// <summary>NETPOL_PAIRS says how many models are looked at.</summary>
    private static readonly int Models = int.TryParse(Environment.GetEnvironmentVariable("NETPOL_PAIRS"), out var pairs) ? pairs : Some;

    [Fact]
    public void A_rule_is_found_hidden_exactly_where_the_evaluator_never_decides_by_it() =>
        RandomTiers.Model.Sample(
            model =>
            {
                var placed = Placed(model);
                var found = ModelReview.Of(placed).Hidden.Select(hidden => (hidden.Rule, hidden.Direction)).ToHashSet();

                foreach (var direction in Enum.GetValues<Direction>())
                {
                    var never = NeverDeciding(placed, direction, UniverseWords.Large);
                    var rules = placed.Policies.SelectMany(policy => policy.RulesOf(direction)).ToList();
                    Assert.Equal(
                        rules.Where(never.Contains).Select(rule => rule.Origin.Line),
                        rules.Where(rule => found.Contains((rule, direction))).Select(rule => rule.Origin.Line));
                }
            },
            iter: Models,
            threads: 1);

    /// <summary>Rules tell each other apart by their places, and the first in the text decides.</summary>
    private static NetworkModel Placed(NetworkModel model)
    {
        var line = 0;
        return model with
        {
            Policies = [.. model.Policies.Select(policy => policy with
            {
                Blocks = [.. policy.Blocks.Select(block => block with { Rules = [.. block.Rules.Select(rule => rule with { Origin = Build.Place(++line) })] })],
            })],
        };
    }

    /// <summary>With all limits unspent, with all spent, and with all but each one of them.</summary>
    internal static HashSet<Rule> NeverDeciding(NetworkModel model, Direction direction, UniverseWords words)
    {
        var evaluator = new Evaluator(model);
        // `pass` of the admin tier takes no verdict; where it would be met first a `deny` in its place is.
        var denying = new Evaluator(model with { Policies = [.. model.Policies.Select(Denying)] });
        var never = model.Policies.SelectMany(policy => policy.RulesOf(direction)).ToDictionary(rule => rule.Origin);
        var hasLimits = never.Values.Any(rule => rule.Limit is not null);
        // One that others stand before may still have the connection logged, or let other requests through than these.
        List<(Evaluator With, Evaluator Without, Rule Rule)> others =
        [
            .. from rule in never.Values
               where rule.Limit is null && model.Policies.Any(policy => !policy.Tier.IsOrdered && policy.RulesOf(direction).Contains(rule))
               where rule.IsLogged || model.Policies.Any(policy => policy.RulesOf(direction).Any(other => other.Http is not null))
               let before = Without(model, other => other.Action == rule.Action && other.Limit is null && other.Origin.CompareTo(rule.Origin) > 0)
               select (new Evaluator(before), new Evaluator(Without(before, other => other.Origin == rule.Origin)), rule),
        ];
        foreach (var judged in new SmallUniverse(words, model).Judgements(direction))
        {
            if (never.Count == 0)
            {
                break;
            }

            Decided(judged.Verdict(evaluator, direction));
            if (judged.Verdict(denying, direction) is { Rule: { } first } && IsPass(model, first))
            {
                never.Remove(first.Origin);
            }

            foreach (var (with, without, rule) in others.Where(other => never.ContainsKey(other.Rule.Origin)))
            {
                if (!IsSame(judged.Verdict(with, direction), judged.Verdict(without, direction)))
                {
                    never.Remove(rule.Origin);
                }
            }

            if (hasLimits)
            {
                Decided(judged.Verdict(evaluator, direction, _ => true));
            }

            foreach (var limited in never.Values.Where(rule => rule.Limit is not null).ToList())
            {
                Decided(judged.Verdict(evaluator, direction, bucket => bucket.Rule.Origin != limited.Origin));
            }
        }

        return [.. never.Values];

        void Decided(DirectionJudgement judgement)
        {
            if (judgement.Rule is { } rule)
            {
                never.Remove(rule.Origin);
            }
        }
    }

    private static NetworkModel Without(NetworkModel model, Func<Rule, bool> isRemoved) => model with
    {
        Policies = [.. model.Policies.Select(policy => policy.Tier.IsOrdered ? policy : policy with
        {
            Blocks = [.. policy.Blocks.Select(block => block with { Rules = [.. block.Rules.Where(rule => !isRemoved(rule))] })],
        })],
    };

    private static bool IsSame(DirectionJudgement one, DirectionJudgement other) =>
        one.Verdict == other.Verdict && one.IsLogged == other.IsLogged && RequestsOf(one)?.Text == RequestsOf(other)?.Text;

    private static Inspection? RequestsOf(DirectionJudgement judgement) => judgement.Inspection is { } passing ? Inspection.Of(passing) : null;

    private static bool IsPass(NetworkModel model, Rule rule) => model.Policies
        .Any(policy => policy.Blocks.Any(block => block.Rules.Any(other => other.Origin == rule.Origin && other.Action == RuleAction.Pass)));

    private static Policy Denying(Policy policy) => policy.Tier.Kind != TierKind.Admin ? policy : policy with
    {
        Blocks = [.. policy.Blocks.Select(block => block with
        {
            Rules = [.. block.Rules.Select(rule => rule.Action == RuleAction.Pass ? rule with { Action = RuleAction.Deny } : rule)],
        })],
    };
}
