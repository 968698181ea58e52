using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Model;

namespace Netpol.Compiler.Ir;

/// <summary>
/// The verdict in one direction, read from top to bottom. Without tiers, where all blocks are closed and rules only allow or deny:
/// <code>
/// not isolated                       allow, not isolated
/// a step of Deny matches             deny, its rule
/// a step of Allow matches            allow, its rule
/// else                               deny, by default
/// </code>
/// INVARIANT (selected is isolated): every clause implies <paramref name="Isolated"/>, because a policy with a block
/// in a direction isolates in it. So asking it first changes no verdict and is cheap for who is in no policy.
/// With tiers:
/// <code>
/// the first step of Admin matches    allow, deny or reject, its rule; a pass goes on below
/// ingress of the node's own socket   allow, the node's right
/// a step of Deny, Reject, Allow      as it says, its rule
/// a step of Limited, not spent       allow, its rule, if its bucket has a token; else the question is asked again, with the rule spent
/// isolated                           deny, by default
/// the first step of Baseline         allow, deny or reject, its rule; a pass allows
/// else                               allow, not isolated
/// </code>
/// </summary>
/// <param name="Isolated">A closed block of this direction selects the judged endpoint, in a policy of the ordinary tier.</param>
/// <param name="Lists">One of each stage, in their order.</param>
public sealed record DirectionProgram(Direction Direction, bool HasTiers, Condition Isolated, ImmutableArray<RuleList> Lists)
{
    public ImmutableArray<Step> this[RuleStage stage] => Lists[(int)stage].Steps;

    /// <summary>All steps, in the order in which they are tried.</summary>
    public IEnumerable<Step> Steps => Lists.SelectMany(list => list.Steps);
}

/// <summary>The rules of one stage, in the order in which they are tried.</summary>
public sealed record RuleList(RuleStage Stage, ImmutableArray<Step> Steps)
{
    /// <summary>The first match alone decides, whatever others say; no other rule is asked for <c>log</c>.</summary>
    public bool IsOrdered => Stage is RuleStage.Admin or RuleStage.Baseline;
}
