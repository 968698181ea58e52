using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Analysis;

/// <summary>How a flow came to its verdict, end by end, and for a denial what would allow it.</summary>
/// <param name="Directions">Empty where the connection ended before policy was asked.</param>
/// <param name="Remedy">Null where the flow is allowed, or no rule could allow it.</param>
public sealed record Explanation(Judgement Judgement, ImmutableArray<DirectionWalk> Directions, Remedy? Remedy);

/// <summary>One direction's walk through the tiers.</summary>
/// <param name="Misses">For a denial: rules that allow, the closest first.</param>
public sealed record DirectionWalk(
    Direction Direction, DirectionJudgement Judgement, ImmutableArray<WalkStep> Steps, ImmutableArray<NearMiss> Misses);

/// <summary>What one tier had to say.</summary>
/// <param name="Tier">Null: the node's right, or nothing decided.</param>
/// <param name="Rule">That matched; null: a sentence about the tier.</param>
public sealed record WalkStep(TierKind? Tier, string Text, Rule? Rule);

/// <summary>A rule that would allow the connection, if it were not for what it asks and the connection is not.</summary>
public sealed record NearMiss(Rule Rule, Policy Policy, ImmutableArray<FailedPredicate> Failed);

/// <param name="Word"><c>for</c>, <c>from</c>, <c>to</c> or <c>on</c>.</param>
/// <param name="Text">What was asked, and what is.</param>
public sealed record FailedPredicate(string Word, string Text);

/// <summary>Changes of the source that let the flow through.</summary>
/// <param name="Model">The model with the edits.</param>
/// <param name="Opened">What else they change: the difference of the two models, of which the flow itself is a part.</param>
public sealed record Remedy(ImmutableArray<PolicyEdit> Edits, NetworkModel Model, ModelDifference Opened);

/// <summary>One change of one rule, or a new one.</summary>
/// <param name="Before">The rule that is changed, or before which the new one stands; null: the new one may stand anywhere in the block.</param>
/// <param name="IsInsertion">A rule is added.</param>
public sealed record PolicyEdit(Policy Policy, Direction Direction, Rule? Before, Rule After, bool IsInsertion)
{
    /// <summary>Nothing of the rule is left.</summary>
    public bool IsRemoval => After.Peer is AddressSet.Union { Parts.IsEmpty: true };

    /// <summary>The changed rule as the language writes it.</summary>
    public string Text => RuleText.Of(After, Direction);
}
