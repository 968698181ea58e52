using CsCheck;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Semantics.Analysis;

namespace Netpol.Tests.Unit.Semantics.Analysis;

public sealed class ExplanationAgreesTests
{
    private const int Some = 40;
    private const int FlowsEach = 4;

    /// <summary>NETPOL_PAIRS says how many models are looked at.</summary>
    private static readonly int Models = int.TryParse(Environment.GetEnvironmentVariable("NETPOL_PAIRS"), out var pairs) ? pairs : Some;

    [Fact]
    public void The_edit_flips_the_flow_and_what_it_opens_holds_the_flow() => OfDenied((model, judged, direction, explanation) =>
    {
        if (explanation.Remedy is not { } remedy)
        {
            return;
        }

        Assert.Equal(Verdict.Allow, judged.Whole(new Evaluator(remedy.Model)).Verdict);
        Assert.Contains(remedy.Opened.Regions, region => region.Change == ChangeKind.Widened && region.Direction == direction && Contains(region, judged));
    });

    [Fact]
    public void A_denial_by_policy_always_has_an_edit() => OfDenied((model, judged, direction, explanation) =>
        Assert.True(explanation.Remedy is not null, $"{judged}: {explanation.Judgement}"));

    [Fact]
    public void Rules_that_miss_by_one_predicate_allow_once_it_holds() => OfDenied((model, judged, direction, explanation) =>
    {
        foreach (var miss in explanation.Directions.Where(walk => walk.Direction == direction).SelectMany(walk => walk.Misses).Where(miss => miss.Failed.Length == 1))
        {
            var met = miss.Failed[0].Word switch
            {
                "on" => miss.Rule with { Ports = [] },
                "for" => miss.Rule,
                _ => miss.Rule with { Peer = Build.Any },
            };
            var alone = model with
            {
                Policies = [miss.Policy with { For = miss.Failed[0].Word == "for" ? Build.Any : miss.Policy.For, Blocks = [new(direction, [met], Build.Place(1))] }],
            };
            Assert.Equal(Verdict.Allow, judged.Verdict(new Evaluator(alone), direction).Verdict);
            Assert.NotEqual("", miss.Failed[0].Text);
        }
    });

    /// <summary>Denied flows of random models, with what is explained of them.</summary>
    private static void OfDenied(Action<NetworkModel, SmallUniverse.Judged, Direction, Explanation> check) => RandomTiers.Model.Sample(
        model =>
        {
            var evaluator = new Evaluator(model);
            var explainer = new Explainer(model);
            foreach (var direction in Enum.GetValues<Direction>())
            {
                foreach (var judged in new SmallUniverse(model).Judgements(direction, new Random(model.Policies.Length), 400)
                    .Where(judged => judged.BackendPort is null && judged.Verdict(evaluator, direction).Verdict != Verdict.Allow).Take(FlowsEach))
                {
                    check(model, judged, direction, explainer.Explain(judged.Universe, judged.Flow));
                }
            }
        },
        iter: Models,
        threads: 1);

    internal static bool Contains(ChangedRegion region, SmallUniverse.Judged judged)
    {
        var self = new AddressedEnd(EndKind.Endpoint, judged.Self, judged.Self.Addresses.First(address => address.Family == judged.Peer.Address.Family));
        var (selves, peers) = region.Direction == Direction.Egress ? (region.From, region.To) : (region.To, region.From);
        return selves.Contains(self) && peers.Contains(judged.Peer)
            && (region.Relation == NamespaceRelation.Any || (region.Relation == NamespaceRelation.Same) == (judged.Peer.Endpoint?.Namespace == judged.Self.Namespace))
            && region.Traffic.Contains(judged.Traffic, judged.Peer.Address.Family, judged.Receiver, judged.Way);
    }
}
