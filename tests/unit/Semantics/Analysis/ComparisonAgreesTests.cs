using CsCheck;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Semantics.Analysis;
using Netpol.Semantics.Proofs;

namespace Netpol.Tests.Unit.Semantics.Analysis;

public sealed class ComparisonAgreesTests
{
    private static readonly int Pairs = AskedFor("NETPOL_PAIRS") ?? 60;

    /// <summary>Judgements of a direction that a pair is held against; 0: the whole universe, some 200,000.</summary>
    private static readonly int Judgements = AskedFor("NETPOL_JUDGEMENTS") ?? 1500;

    [Fact]
    public void The_regions_of_a_difference_are_exactly_what_two_evaluators_judge_differently() =>
        RandomTiers.Pair.Sample(
            pair =>
            {
                var difference = ModelComparison.Compare(pair.Old, pair.New);

                var (old, @new) = (new Evaluator(pair.Old), new Evaluator(pair.New));
                var random = Judgements == 0 ? null : new Random(difference.Regions.Length);
                foreach (var direction in Enum.GetValues<Direction>())
                {
                    var regions = difference.Regions.Where(region => region.Direction == direction).ToList();
                    foreach (var judged in new SmallUniverse(pair.Old, pair.New).Judgements(direction, random, Judgements))
                    {
                        AssertAgrees(regions, judged, direction, old, @new);
                    }
                }
            },
            iter: Pairs,
            threads: 1);

    [Fact]
    public void An_example_changes_as_a_whole_wherever_one_can() =>
        RandomTiers.Pair.Sample(
            pair => Assert.All(ModelComparison.Compare(pair.Old, pair.New).Regions, region => Assert.Equal(
                region.Effect != ChangeEffect.None,
                WholeOf(region.Example.Old) != WholeOf(region.Example.New))),
            iter: Pairs,
            threads: 1);

    [Fact]
    public void A_model_does_not_differ_from_itself() =>
        RandomTiers.Model.Sample(
            model => Assert.Empty(ModelComparison.Compare(model, model with { Policies = [.. model.Policies] }).Regions), iter: Pairs, threads: 1);

    /// <summary>A judgement is in the one region that says what becomes of it, and in none where nothing does.</summary>
    internal static void AssertAgrees(IReadOnlyList<ChangedRegion> regions, SmallUniverse.Judged judged, Direction direction, Evaluator old, Evaluator @new)
    {
        var (before, after) = (judged.Whole(old), judged.Whole(@new));
        var (oldVerdict, newVerdict) = direction == Direction.Egress ? (before.Egress, after.Egress) : (before.Ingress, after.Ingress);
        var (was, becomes) = (OutcomeOf(oldVerdict), OutcomeOf(newVerdict));
        var found = regions.Where(region => Contains(region, judged)).ToList();
        if (was == becomes)
        {
            Assert.True(found.Count == 0, $"{direction} of {judged} is {was} before and after, and in {found.FirstOrDefault()}");
            return;
        }

        Assert.True(found.Count == 1, $"{direction} of {judged} was {was} and is {becomes}, and is in {found.Count} of {regions.Count} regions: {string.Join('\n', regions)}");
        Assert.Equal((was, becomes), (found[0].Old.Outcome, found[0].New.Outcome));
        Assert.True(IsNamed(found[0].Old, oldVerdict), $"{judged}: {oldVerdict} is not in {found[0].Old}");
        Assert.True(IsNamed(found[0].New, newVerdict), $"{judged}: {newVerdict} is not in {found[0].New}");
        var isWhole = WholeOf(before) != WholeOf(after);
        Assert.True(found[0].Effect != (isWhole ? ChangeEffect.None : ChangeEffect.All), $"{judged}: {found[0].Effect}, and {isWhole}");
    }

    private static int? AskedFor(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : null;

    private static bool Contains(ChangedRegion region, SmallUniverse.Judged judged)
    {
        var self = new AddressedEnd(EndKind.Endpoint, judged.Self, default);
        var (selves, peers) = region.Direction == Direction.Egress ? (region.From, region.To) : (region.To, region.From);
        var isSame = judged.Peer.Endpoint?.Namespace == judged.Self.Namespace;
        return selves.Contains(self) && peers.Contains(judged.Peer)
            && (region.Relation == NamespaceRelation.Any || (region.Relation == NamespaceRelation.Same) == isSame)
            && region.Traffic.Contains(judged.Traffic, judged.Peer.Address.Family, judged.Receiver, judged.Way);
    }

    private static bool IsNamed(DecidedSide side, DirectionJudgement judgement) => judgement.Reason switch
    {
        JudgementReason.Rule => judgement.Rule is { } rule && side.Rules.Contains(rule),
        JudgementReason.DefaultDeny => !side.Isolating.IsEmpty,
        _ => true,
    };

    private static Outcome OutcomeOf(DirectionJudgement judgement) =>
        new(judgement.Verdict, judgement.Rule?.Limit, judgement.Inspection is { } passing ? Inspection.Of(passing) : null);

    private static (Verdict, Outcome?, Outcome?) WholeOf(Judgement judgement) => judgement.Verdict == Verdict.Allow
        ? (Verdict.Allow, OutcomeOf(judgement.Egress), OutcomeOf(judgement.Ingress))
        : (judgement.Verdict, null, null);
}
