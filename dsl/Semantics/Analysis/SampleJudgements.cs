using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>One judgement that an entry matches, put together from an endpoint, a peer and a packet: found without making a function of all three.</summary>
internal sealed class SampleJudgements(JudgementSpace space, JudgementConstraints constraints)
{
    private readonly Dictionary<int, bool[]?> _selves = [];
    private readonly Dictionary<int, bool[]?> _peers = [];
    private readonly Dictionary<int, bool[]?> _traffic = [];

    /// <summary>Null where these three do not go together; others may.</summary>
    public bool[]? Of(DecisionEntry entry)
    {
        if (entry.Parts.IsEmpty
            || Solved(_selves, entry.Self, constraints.Self) is not { } self
            || Solved(_peers, entry.Parts[0].Peer, constraints.Peer) is not { } peer
            || Solved(_traffic, entry.Parts[0].Traffic, constraints.Traffic) is not { } traffic)
        {
            return null;
        }

        var sample = new bool[space.Diagram.VariableCount];
        Array.Copy(self, sample, space.PeerStart);
        Array.Copy(peer, space.PeerStart, sample, space.PeerStart, space.TrafficStart - space.PeerStart);
        Array.Copy(traffic, space.TrafficStart, sample, space.TrafficStart, sample.Length - space.TrafficStart);
        return constraints.IsPossible(sample) ? sample : WithOtherRelation(sample, entry.Parts[0].Peer);
    }

    private bool[]? WithOtherRelation(bool[] sample, int peer)
    {
        sample[space.RelationStart] = !sample[space.RelationStart];
        return space.Diagram.Holds(peer, sample) && constraints.IsPossible(sample) ? sample : null;
    }

    private bool[]? Solved(Dictionary<int, bool[]?> known, int function, int valid)
    {
        if (!known.TryGetValue(function, out var solution))
        {
            var possible = space.Diagram.And(function, valid);
            known.Add(function, solution = possible == DecisionDiagram.False ? null : space.Diagram.Solve(possible));
        }

        return solution;
    }
}
