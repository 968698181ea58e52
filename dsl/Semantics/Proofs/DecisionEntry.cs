using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>What one rule, or a policy's isolation, says: for the endpoints it selects, of connections to these peers that carry this.</summary>
/// <param name="Self">Over the judged endpoint.</param>
/// <param name="Parts">The connections are those of any part.</param>
/// <param name="Outcome">Null: <c>pass</c>.</param>
/// <param name="Rule">Null: the policy isolates, and no rule matched.</param>
internal sealed record DecisionEntry(int Self, ImmutableArray<DecisionPart> Parts, Outcome? Outcome, Policy Policy, Rule? Rule)
{
    /// <summary>All it means, as one function.</summary>
    public int Function(DecisionDiagram diagram) => diagram.And(Self, Match(diagram));

    /// <summary>Over peer and traffic alone.</summary>
    public int Match(DecisionDiagram diagram) =>
        Parts.Aggregate(DecisionDiagram.False, (result, part) => diagram.Or(result, diagram.And(part.Peer, part.Traffic)));

    /// <summary>Says the same of the same connections as another entry with this key.</summary>
    public DecisionKey Key => new(Self, Parts.Length == 1 ? Parts[0] : default, Parts.Length == 1 ? "" : string.Join(' ', Parts), Outcome);
}

/// <param name="Peer">Over the peer and whether it is in the same namespace.</param>
/// <param name="Traffic">Over what the connection carries.</param>
internal readonly record struct DecisionPart(int Peer, int Traffic);

internal readonly record struct DecisionKey(int Self, DecisionPart Part, string Others, Outcome? Outcome);

/// <summary>What decided some connections.</summary>
/// <param name="Entry">Null: nothing did, or the node's right.</param>
internal sealed record Decision(Outcome Outcome, DecisionEntry? Entry)
{
    public static Decision Nothing { get; } = new(Outcome.Allow, null);
}
