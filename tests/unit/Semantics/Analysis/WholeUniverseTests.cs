using CsCheck;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Semantics.Analysis;
using Netpol.Semantics.Proofs;

namespace Netpol.Tests.Unit.Semantics.Analysis;

/// <summary>
/// Pairs of models (NETPOL_PAIRS=2000 for the whole walk) held against the evaluator over everything that they could tell apart, with no flow left out: neither a false answer nor a
/// missing one.
/// </summary>
public sealed class WholeUniverseTests
{
    private const int Some = 400;

    private static readonly int Pairs = int.TryParse(Environment.GetEnvironmentVariable("NETPOL_PAIRS"), out var pairs) ? pairs : Some;

    /// <summary>Denied flows of a model that are explained, spread over all of them: each takes a comparison of models of its own.</summary>
    private const int ExplainedEach = 2;

    [Fact]
    public void Differences_are_exact() => TinyModels.Pair.Sample(
        pair =>
        {
            var difference = ModelComparison.Compare(pair.Old, pair.New);
            var (old, @new) = (new Evaluator(pair.Old), new Evaluator(pair.New));
            foreach (var direction in Enum.GetValues<Direction>())
            {
                var regions = difference.Regions.Where(region => region.Direction == direction).ToList();
                foreach (var judged in new SmallUniverse(UniverseWords.Tiny, pair.Old, pair.New).Judgements(direction))
                {
                    ComparisonAgreesTests.AssertAgrees(regions, judged, direction, old, @new);
                }
            }
        },
        iter: Pairs);

    [Fact]
    public void Hidden_rules_are_exactly_those_that_never_decide() => TinyModels.Model.Sample(
        model =>
        {
            var found = ModelReview.Of(model).Hidden.Select(hidden => (hidden.Rule, hidden.Direction)).ToHashSet();
            foreach (var direction in Enum.GetValues<Direction>())
            {
                var never = HiddenRulesAgreeTests.NeverDeciding(model, direction, UniverseWords.Tiny);
                var rules = model.Policies.SelectMany(policy => policy.RulesOf(direction)).ToList();
                Assert.Equal(
                    rules.Where(never.Contains).Select(rule => rule.Origin.Line),
                    rules.Where(rule => found.Contains((rule, direction))).Select(rule => rule.Origin.Line));
            }
        },
        iter: Pairs);

    [Fact]
    public void Assertions_hold_exactly_where_no_connection_is_against_them() => Gen.Select(TinyModels.Model, TinyModels.Assertion).Sample(
        (model, assertion) =>
        {
            var asserting = model with { Assertions = [assertion] };
            var outcome = Assert.Single(AssertionProver.Prove(asserting)).Outcome;
            var line = AssertionProver.LineOf(assertion);
            var evaluator = new Evaluator(asserting);
            var (meant, allowed) = (0, 0);
            foreach (var judged in Connections(asserting))
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
                    ProofOutcome.Empty => meant == 0 || assertion.Kind == AssertionKind.Only,
                    _ => false,
                },
                $"{outcome}: {allowed} of {meant} allowed by {assertion.Kind} {SetText.Of(((TestSide.Set)assertion.From).Addresses)} -> {SetText.Of(((TestSide.Set)assertion.To).Addresses)} on {RuleText.Of(assertion.Ports)}");
        },
        iter: Pairs);

    [Fact]
    public void Explanations_flip_the_flow_and_say_what_else_they_would() => TinyModels.Model.Sample(
        model =>
        {
            var evaluator = new Evaluator(model);
            var explainer = new Explainer(model);
            foreach (var direction in Enum.GetValues<Direction>())
            {
                var denied = new SmallUniverse(UniverseWords.Tiny, model).Judgements(direction)
                    .Where(judged => judged.Verdict(evaluator, direction).Verdict != Verdict.Allow).ToList();
                foreach (var judged in denied.Where((_, index) => index % Math.Max(1, denied.Count / ExplainedEach) == 0).Take(ExplainedEach))
                {
                    var remedy = explainer.Explain(judged.Universe, judged.Flow).Remedy;
                    Assert.True(remedy is not null, $"{judged} has no remedy");
                    Assert.Equal(Verdict.Allow, judged.Whole(new Evaluator(remedy.Model)).Verdict);
                    Assert.Contains(remedy.Opened.Regions, region => region.Change == ChangeKind.Widened && region.Direction == direction && ExplanationAgreesTests.Contains(region, judged));
                }
            }
        },
        iter: Pairs);

    /// <summary>
    /// Those of endpoints by their egress, from an address of either part of the pod range, which who receives them may tell apart; all others by the ingress
    /// of who receives them.
    /// </summary>
    private static IEnumerable<SmallUniverse.Judged> Connections(NetworkModel model) => new[] { UniverseWords.Tiny.SelfAddresses, "10.0.0.177" }
        .Select(address => new SmallUniverse(UniverseWords.Tiny with { SelfAddresses = address }, model))
        .SelectMany(universe => universe.Judgements(Direction.Egress).Concat(universe.Judgements(Direction.Ingress).Where(judged => judged.Peer.Kind != EndKind.Endpoint)));

    private static bool Means(Evaluator evaluator, TestLine line, SmallUniverse.Judged judged)
    {
        var (from, to) = (((TestSide.Set)line.From).Addresses, ((TestSide.Set)line.To).Addresses);
        var source = evaluator.Members.At(judged.Universe, judged.Flow.Source, judged.Flow.IsFromNodeSocket);
        var destination = evaluator.Members.At(judged.Universe, judged.Flow.Destination, isNodeItself: true);
        return (!judged.Flow.IsFromNodeSocket || NodeMention.In(from))
            && evaluator.Members.Contains(from, source, destination.Endpoint) && evaluator.Members.Contains(to, destination, source.Endpoint)
            && PortMatching.Match(line.Ports, judged.Traffic, judged.Flow.Family, judged.Receiver);
    }
}
