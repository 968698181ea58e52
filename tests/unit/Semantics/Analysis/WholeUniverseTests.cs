using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using CsCheck;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Semantics.Analysis;
using Netpol.Semantics.Proofs;

namespace Netpol.Tests.Unit.Semantics.Analysis;

/// <summary>
/// Pairs of models of every <see cref="SmallTheme"/> (NETPOL_PAIRS=2000 for the whole walk) held against the evaluator over everything that they could tell
/// apart, with no flow left out: neither a false answer nor a missing one.
/// </summary>
public sealed class WholeUniverseTests
{
    private const int Some = 80;

    private static readonly int Pairs = int.TryParse(Environment.GetEnvironmentVariable("NETPOL_PAIRS"), out var pairs) ? pairs : Some;

    /// <summary>Denied flows of a model whose edit is held against all others, spread over all of them: each takes a comparison of models of its own.</summary>
    private const int EditedEach = 2;

    /// <summary>Flows of a model whose walk and nearest misses are looked at.</summary>
    private const int WalkedEach = 12;

    [Fact]
    public void Differences_are_exact() => SmallModels.Pair.Sample(
        pair => AssertExact(ModelComparison.Compare(pair.Old, pair.New), pair.Theme, pair.Old, pair.New), iter: Pairs, print: pair => Print(pair.Theme, pair.Old, pair.New));

    [Fact]
    public void Hidden_rules_are_exactly_those_that_never_decide() => SmallModels.Any.Sample(
        small =>
        {
            var found = ModelReview.Of(small.Model).Hidden.Select(hidden => (hidden.Rule, hidden.Direction)).ToHashSet();
            foreach (var direction in Enum.GetValues<Direction>())
            {
                var never = HiddenRulesAgreeTests.NeverDeciding(small.Model, direction, small.Theme.Words);
                var rules = small.Model.Policies.SelectMany(policy => policy.RulesOf(direction)).ToList();
                Assert.Equal(
                    rules.Where(never.Contains).Select(rule => rule.Origin.Line),
                    rules.Where(rule => found.Contains((rule, direction))).Select(rule => rule.Origin.Line));
            }
        },
        iter: Pairs,
        print: small => Print(small.Theme, small.Model));

    [Fact]
    public void Assertions_hold_exactly_where_no_connection_is_against_them() => SmallModels.Asserting.Sample(
        small =>
        {
            var asserting = small.Model with { Assertions = [small.Assertion] };
            var outcome = Assert.Single(AssertionProver.Prove(asserting)).Outcome;
            var line = AssertionProver.LineOf(small.Assertion);
            var evaluator = new Evaluator(asserting);
            var (meant, allowed) = (0, 0);
            foreach (var judged in Connections(small.Theme, asserting))
            {
                if (Means(evaluator, line, judged))
                {
                    meant++;
                    allowed += judged.Whole(evaluator).Verdict == Verdict.Allow ? 1 : 0;
                }
            }

            Assert.True(
                outcome switch
                {
                    ProofOutcome.Holds => allowed == 0 && meant > 0,
                    ProofOutcome.Fails => allowed > 0,
                    ProofOutcome.Empty => meant == 0 || small.Assertion.Kind == AssertionKind.Only,
                    _ => false,
                },
                $"{outcome}: {allowed} of {meant} allowed");
        },
        iter: Pairs,
        print: small => $"{Print(small.Theme, small.Model)}\n{Print(small.Assertion)}");

    [Fact]
    public void Explanations_flip_the_flow_and_say_exactly_what_else_they_would() => SmallModels.Any.Sample(
        small =>
        {
            var evaluator = new Evaluator(small.Model);
            var explainer = new Explainer(small.Model);
            foreach (var direction in Enum.GetValues<Direction>())
            {
                var denied = new SmallUniverse(small.Theme.Words, small.Model).Judgements(direction)
                    .Where(judged => judged.Verdict(evaluator, direction).Verdict != Verdict.Allow).ToList();
                foreach (var judged in Spread(denied, EditedEach))
                {
                    var remedy = explainer.Explain(judged.Universe, judged.Flow).Remedy;
                    Assert.True(remedy is not null, $"{judged} has no remedy");
                    Assert.Equal(Verdict.Allow, judged.Whole(new Evaluator(remedy.Model)).Verdict);
                    Assert.Contains(remedy.Opened.Regions, region => region.Change == ChangeKind.Widened && region.Direction == direction && ExplanationAgreesTests.Contains(region, judged));
                    AssertExact(remedy.Opened, small.Theme, small.Model, remedy.Model);
                    AssertSmallest(small.Model, remedy, judged);
                }
            }
        },
        iter: Pairs,
        print: small => Print(small.Theme, small.Model));

    [Fact]
    public void Nearest_misses_are_the_rules_that_fail_by_the_fewest_predicates() => SmallModels.Any.Sample(
        small =>
        {
            var explainer = new Explainer(small.Model);
            foreach (var direction in Enum.GetValues<Direction>())
            {
                // The node's right would answer for rules that are asked alone.
                var all = new SmallUniverse(small.Theme.Words, small.Model).Judgements(direction).Where(judged => judged.Peer.Kind != EndKind.OwnNode).ToList();
                foreach (var judged in Spread(all, WalkedEach))
                {
                    var explanation = explainer.Explain(judged.Universe, judged.Flow);
                    if (explanation.Directions.FirstOrDefault(walk => walk.Direction == direction) is { } walk)
                    {
                        Misses.AssertExact(small.Model, judged, walk, explanation);
                    }
                }
            }
        },
        iter: Pairs,
        print: small => Print(small.Theme, small.Model));

    [Fact]
    public void The_themes_have_every_form_that_the_model_has_for_what_decides()
    {
        var seen = new HashSet<Type>();
        SmallModels.Any.Sample(small => Collect(small.Model, seen), iter: 1000, threads: 1);

        ImmutableArray<Type> families = [typeof(AddressSet), typeof(NamespaceScope), typeof(LabelPredicate), typeof(PortMatch), typeof(BackendSource), typeof(TargetPort)];
        Assert.Empty(families.SelectMany(family => family.GetNestedTypes()).Concat([typeof(RateLimit), typeof(HttpMatch), typeof(NodePort), typeof(LoadBalancer), typeof(Assumption)])
            .Except(seen).Select(missing => missing.Name));
    }

    private static void Collect(object? part, HashSet<Type> seen)
    {
        if (part is IEnumerable parts and not string)
        {
            foreach (var item in parts)
            {
                Collect(item, seen);
            }
        }
        else if (part?.GetType() is { Namespace: "Netpol.Model", IsEnum: false } type && type != typeof(Origin) && type != typeof(Prefix) && type != typeof(Address))
        {
            seen.Add(type);
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                Collect(property.GetValue(part), seen);
            }
        }
    }

    private static void AssertExact(ModelDifference difference, SmallTheme theme, NetworkModel old, NetworkModel @new)
    {
        var (before, after) = (new Evaluator(old), new Evaluator(@new));
        foreach (var direction in Enum.GetValues<Direction>())
        {
            var regions = difference.Regions.Where(region => region.Direction == direction).ToList();
            foreach (var judged in new SmallUniverse(theme.Words, old, @new).Judgements(direction))
            {
                ComparisonAgreesTests.AssertAgrees(regions, judged, direction, before, after);
            }
        }
    }

    /// <summary>None of the edits can be left out.</summary>
    private static void AssertSmallest(NetworkModel model, Remedy remedy, SmallUniverse.Judged judged)
    {
        foreach (var left in remedy.Edits)
        {
            var others = remedy.Edits.Where(edit => edit != left).Aggregate(model, Remedies.Apply);
            Assert.True(judged.Whole(new Evaluator(others)).Verdict != Verdict.Allow, $"{judged} does not need {left.Text}");
        }
    }

    private static IEnumerable<SmallUniverse.Judged> Spread(List<SmallUniverse.Judged> all, int count) =>
        all.Where((_, index) => index % Math.Max(1, all.Count / count) == 0).Take(count);

    /// <summary>
    /// Those of endpoints by their egress, from every address that who receives them may tell apart; all others by the ingress of who receives them, also where
    /// they are masqueraded on the way.
    /// </summary>
    private static IEnumerable<SmallUniverse.Judged> Connections(SmallTheme theme, NetworkModel model) => theme.Words.AlsoFrom.Prepend(theme.Words.SelfAddresses)
        .Select(addresses => new SmallUniverse(theme.Words with { SelfAddresses = addresses }, model))
        .SelectMany(universe => universe.Judgements(Direction.Egress)
            .Concat(universe.Judgements(Direction.Ingress).Where(judged => judged.Peer.Kind != EndKind.Endpoint)).Concat(universe.FromOutside()));

    private static bool Means(Evaluator evaluator, TestLine line, SmallUniverse.Judged judged)
    {
        var (from, to) = (((TestSide.Set)line.From).Addresses, ((TestSide.Set)line.To).Addresses);
        var source = evaluator.Members.At(judged.Universe, judged.Flow.Source, judged.Flow.IsFromNodeSocket);
        var destination = evaluator.Members.At(judged.Universe, judged.Receiving, isNodeItself: true);
        return (!judged.Flow.IsFromNodeSocket || NodeMention.In(from))
            && evaluator.Members.Contains(from, source, destination.Endpoint) && evaluator.Members.Contains(to, destination, source.Endpoint)
            && PortMatching.Match(line.Ports, judged.Traffic, judged.Flow.Family, judged.Receiver);
    }

    private static string Print(SmallTheme theme, params NetworkModel[] models) => $"theme {theme.Name}\n" + string.Join("\n---\n", models.Select(ModelText.Of));

    private static string Print(Assertion assertion) =>
        $"{assertion.Kind} {SetText.Of(((TestSide.Set)assertion.From).Addresses)} -> {SetText.Of(((TestSide.Set)assertion.To).Addresses)} on {RuleText.Of(assertion.Ports)}";
}
