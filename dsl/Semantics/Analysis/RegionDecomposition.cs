using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>
/// Takes a function over judgements apart into disjoint products of sets. Endpoints that lead to the same peers and traffic are one
/// set; then peers that lead to the same traffic, or traffic that comes with the same peers, whichever makes fewer products.
/// </summary>
internal static class RegionDecomposition
{
    public static IReadOnlyList<JudgementRegion> Of(JudgementSpace space, int judgements)
    {
        var (byPeer, byTraffic) = (new List<JudgementRegion>(), new List<JudgementRegion>());
        foreach (var (ofSelf, self) in space.Diagram.Cut(judgements, space.PeerStart))
        {
            var parts = space.Diagram.Cut(ofSelf, space.TrafficStart).Select(part => (Peers: part.Value, Traffic: part.Key)).ToList();
            byPeer.AddRange(parts.SelectMany(part => Products(space, self, part.Peers, part.Traffic)));
            byTraffic.AddRange(Turned(space.Diagram, parts).SelectMany(part => Products(space, self, part.Peers, part.Traffic)));
        }

        var (peersFirst, trafficFirst) = (Merged(space.Diagram, byPeer), Merged(space.Diagram, byTraffic));
        return trafficFirst.Count < peersFirst.Count ? trafficFirst : peersFirst;
    }

    /// <summary>The same parts, with disjoint traffic in place of disjoint peers.</summary>
    private static IEnumerable<(int Peers, int Traffic)> Turned(DecisionDiagram diagram, IReadOnlyList<(int Peers, int Traffic)> parts)
    {
        var atoms = new List<(int Traffic, int Peers)>();
        foreach (var (peers, traffic) in parts)
        {
            var rest = traffic;
            var split = new List<(int Traffic, int Peers)>();
            foreach (var atom in atoms)
            {
                var (inside, outside) = (diagram.And(atom.Traffic, traffic), diagram.Minus(atom.Traffic, traffic));
                rest = diagram.Minus(rest, inside);
                if (inside != DecisionDiagram.False)
                {
                    split.Add((inside, diagram.Or(atom.Peers, peers)));
                }

                if (outside != DecisionDiagram.False)
                {
                    split.Add((outside, atom.Peers));
                }
            }

            if (rest != DecisionDiagram.False)
            {
                split.Add((rest, peers));
            }

            atoms = split;
        }

        return atoms.GroupBy(atom => atom.Peers).Select(group => (group.Key, group.Aggregate(DecisionDiagram.False, (all, atom) => diagram.Or(all, atom.Traffic))));
    }

    private static IEnumerable<JudgementRegion> Products(JudgementSpace space, int self, int peers, int traffic)
    {
        var diagram = space.Diagram;
        var parts = diagram.Cut(peers, space.RelationStart);
        foreach (var (relation, ofPeer) in parts)
        {
            if (relation == DecisionDiagram.True)
            {
                yield return new(self, ofPeer, NamespaceRelation.Any, traffic);
            }
            else if (relation == space.SameNamespace)
            {
                var endpoints = diagram.And(ofPeer, space.Peer.Is(PartyKind.Endpoint));
                if (endpoints != DecisionDiagram.False)
                {
                    yield return new(self, endpoints, NamespaceRelation.Same, traffic);
                }
            }
            else
            {
                yield return new(self, ofPeer, NamespaceRelation.Other, traffic);
            }
        }
    }

    /// <summary>Products that differ in one set alone become one, until there are none.</summary>
    public static List<JudgementRegion> Merged(DecisionDiagram diagram, List<JudgementRegion> regions)
    {
        int before;
        do
        {
            before = regions.Count;
            regions = [.. regions.GroupBy(region => region with { Peer = 0 }).Select(group => group.Key with { Peer = Union(group.Select(region => region.Peer)) })];
            regions = [.. regions.GroupBy(region => region with { Self = 0 }).Select(group => group.Key with { Self = Union(group.Select(region => region.Self)) })];
            regions = [.. regions.GroupBy(region => region with { Traffic = 0 }).Select(group => group.Key with { Traffic = Union(group.Select(region => region.Traffic)) })];
        }
        while (regions.Count < before);
        return regions;

        int Union(IEnumerable<int> functions) => functions.Aggregate(DecisionDiagram.False, (all, function) => diagram.Or(all, function));
    }
}
