using CsCheck;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Semantics.Analysis;
using Netpol.Semantics.Graphs;
using Netpol.Tests.Unit.Semantics.Analysis;

namespace Netpol.Tests.Unit.Semantics.Graphs;

/// <summary>What a graph says, held against the evaluator flow by flow.</summary>
public sealed class GraphAgreesTests
{
    private const int Models = 60;
    private const int Flows = 1500;

    private static readonly Gen<NetworkModel> WithGroups = Gen.Select(RandomTiers.Model, RandomModels.Peer.Array[1, 3], (model, sets) => model with
    {
        Groups = [.. sets.Where(set => !SetText.Of(set).Contains("same namespace", StringComparison.Ordinal))
            .Select((set, index) => new Group($"g{index}", set, Build.Place(200 + index), null))],
    });

    [Fact]
    public void Solid_arrows_are_all_allowed_and_what_is_allowed_has_an_arrow() => WithGroups.Sample(
        model =>
        {
            var evaluator = new Evaluator(model);
            var graph = PolicyGrapher.Of(model);
            foreach (var direction in Enum.GetValues<Direction>())
            {
                foreach (var judged in new SmallUniverse(model).Judgements(direction, new Random(7), Flows).Where(judged => judged.BackendPort is null))
                {
                    var isAllowed = judged.Whole(evaluator).Verdict == Verdict.Allow;
                    var (source, destination) = Ends(evaluator, judged);
                    bool Holds(GraphNode node, Party party, Party other) => node.Sets.Any(set => set.Addresses is { } addresses && IsMember(evaluator, addresses, party, other, judged));
                    var edges = graph.Edges.Where(edge => edge.Kind == GraphEdgeKind.Allowed
                        && (edge.Ports.IsEmpty || edge.Ports.Any(port => port.Contains(judged.Traffic, judged.Peer.Address.Family, judged.Receiver)))
                        && Holds(graph.Nodes[edge.From], source, destination) && Holds(graph.Nodes[edge.To], destination, source)).ToList();
                    if (!isAllowed)
                    {
                        Assert.True(edges.TrueForAll(edge => !edge.IsWhole), $"{direction} of {judged} is not allowed, and on {edges.Find(edge => edge.IsWhole)}");
                    }
                    else if (graph.Nodes.Any(node => Holds(node, source, destination)) && graph.Nodes.Any(node => Holds(node, destination, source)))
                    {
                        Assert.True(edges.Count > 0, $"{direction} of {judged} is allowed, and on none of {graph.Edges.Length} edges");
                    }
                }
            }
        },
        iter: Models,
        threads: 1);

    [Fact]
    public void The_rules_of_an_arrow_are_rules_of_its_direction() => WithGroups.Sample(
        model => Assert.All(PolicyGrapher.Of(model).Edges, edge =>
        {
            Assert.Subset(model.Policies.SelectMany(policy => policy.RulesOf(Direction.Egress)).ToHashSet(), edge.Egress?.Rules.ToHashSet() ?? []);
            Assert.Subset(model.Policies.SelectMany(policy => policy.RulesOf(Direction.Ingress)).ToHashSet(), edge.Ingress?.Rules.ToHashSet() ?? []);
            Assert.All(edge.Egress?.Rules.Concat(edge.Ingress?.Rules ?? []) ?? [], rule => Assert.Contains(rule.Action, new[] { RuleAction.Allow, RuleAction.Pass }));
        }),
        iter: Models,
        threads: 1);

    private static (Party Source, Party Destination) Ends(Evaluator evaluator, SmallUniverse.Judged judged) => (
        evaluator.Members.At(judged.Universe, judged.Flow.Source, judged.Flow.IsFromNodeSocket),
        evaluator.Members.At(judged.Universe, judged.Flow.Destination, isNodeItself: true));

    /// <summary>The node's own sockets are members of what names the node alone.</summary>
    private static bool IsMember(Evaluator evaluator, AddressSet set, Party party, Party other, SmallUniverse.Judged judged) =>
        evaluator.Members.Contains(set, party, other.Endpoint)
        && (!judged.Flow.IsFromNodeSocket || party.Address != judged.Flow.Source || SetText.Of(Unnamed(set)) is var text
            && (text.Contains("host", StringComparison.Ordinal) || text.Contains("nodes", StringComparison.Ordinal)));

    private static AddressSet Unnamed(AddressSet set) => set is AddressSet.Named named ? named.Set : set;
}
