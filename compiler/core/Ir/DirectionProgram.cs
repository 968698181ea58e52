using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Compiler.Ir;

/// <summary>
/// The verdict in one direction, read from top to bottom:
/// <code>
/// not isolated                       allow, not isolated
/// a step of Deny matches             deny, its rule
/// a step of Allow matches            allow, its rule
/// else                               deny, by default
/// </code>
/// INVARIANT (selected is isolated): every clause implies <paramref name="Isolated"/>, because a policy with a block
/// in a direction isolates in it. So asking it first changes no verdict and is cheap for who is in no policy.
/// </summary>
/// <param name="Isolated">A policy with a block in this direction selects the judged endpoint.</param>
public sealed record DirectionProgram(
    Direction Direction, Condition Isolated, ImmutableArray<Step> Deny, ImmutableArray<Step> Allow);
