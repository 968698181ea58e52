using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>Which peers, by their namespace.</summary>
public enum NamespaceRelation
{
    Any,

    /// <summary>Endpoints in the namespace of the judged one.</summary>
    Same,

    /// <summary>Everyone else.</summary>
    Other,
}

/// <summary>Judgements that are every combination of these: an endpoint, a peer in this relation to it, and what the connection carries.</summary>
internal readonly record struct JudgementRegion(int Self, int Peer, NamespaceRelation Relation, int Traffic)
{
    public int Function(JudgementSpace space) => space.Diagram.And(Self, Peer, Related(space), Traffic);

    private int Related(JudgementSpace space) => Relation switch
    {
        NamespaceRelation.Same => space.SameNamespace,
        NamespaceRelation.Other => space.Diagram.Not(space.SameNamespace),
        _ => DecisionDiagram.True,
    };
}
