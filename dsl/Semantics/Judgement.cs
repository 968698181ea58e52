using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>What becomes of a connection.</summary>
public enum Verdict
{
    Allow,

    /// <summary>Dropped in silence.</summary>
    Deny,

    /// <summary>Dropped, and its sender is told.</summary>
    Reject,
}

/// <summary>Why. The datapath's <c>enum reason</c> has the same words where both can tell.</summary>
public enum JudgementReason
{
    /// <summary>The rule named matches.</summary>
    Rule,

    /// <summary>No policy isolates the endpoint in this direction, and no rule decides.</summary>
    NotIsolated,

    /// <summary>Policies select the endpoint, none of their rules matches.</summary>
    DefaultDeny,

    /// <summary>The limit of a rule that would have allowed it is spent, and nothing else decides.</summary>
    Limit,

    /// <summary>Both ends are one endpoint.</summary>
    SameEndpoint,

    /// <summary>The node reaches its own endpoints.</summary>
    Host,

    /// <summary>Neighbour and listener discovery pass.</summary>
    Neighbour,

    /// <summary>Discovery that claims another's address, or that only a router may send.</summary>
    NeighbourSpoofed,

    /// <summary>This end is no endpoint: no policy is asked.</summary>
    NotAnEndpoint,

    /// <summary>The connection ended before this end: no policy is asked.</summary>
    NotAsked,

    /// <summary>The source address is not the sender's own.</summary>
    Source,

    /// <summary><c>families</c> leaves this one out.</summary>
    Family,

    /// <summary>A service address, but no port of the service.</summary>
    ServicePort,

    /// <summary>The service has no ready backend.</summary>
    ServiceBackends,

    /// <summary>The load balancer's address is not for this source.</summary>
    ServiceSource,
}

/// <summary>The verdict of one end: egress of the source or ingress of the destination.</summary>
/// <param name="Rule">The deciding rule; null where none decided.</param>
/// <param name="Text">The reason in words, for people.</param>
/// <param name="IsLogged">Some matching rule of the winning action says <c>log</c>.</param>
public sealed record DirectionJudgement(Verdict Verdict, JudgementReason Reason, Rule? Rule, string Text, bool IsLogged)
{
    /// <summary>The bucket that pays if the connection is new, where a limited rule decided; else null.</summary>
    public Bucket? Paid { get; init; }

    /// <summary>The requests that pass, where every rule that allows the connection names some; null: whatever is sent.</summary>
    public ImmutableArray<HttpMatch>? Inspection { get; init; }

    internal static DirectionJudgement By(PolicyRule deciding, bool isLogged) => new(
        deciding.Rule.Action switch
        {
            RuleAction.Allow or RuleAction.Pass => Verdict.Allow,
            RuleAction.Deny => Verdict.Deny,
            RuleAction.Reject => Verdict.Reject,
            _ => throw new UnreachableException(),
        },
        JudgementReason.Rule,
        deciding.Rule,
        deciding.ToString(),
        isLogged);
}

/// <summary>The verdicts of both ends, and the service translation they were taken on.</summary>
public sealed record Judgement(DirectionJudgement Egress, DirectionJudgement Ingress, Translation? Translation)
{
    /// <summary>An egress verdict other than allow is the answer; else ingress' is.</summary>
    public Verdict Verdict => Egress.Verdict != Verdict.Allow ? Egress.Verdict : Ingress.Verdict;

    /// <summary>Does a request pass on this connection? One that does not is answered by 403, and the connection lives.</summary>
    public bool Lets(HttpRequest request) => Verdict == Verdict.Allow && new[] { Egress, Ingress }.All(end =>
        end.Inspection is not { } passing || passing.Any(request.Matches));
}
