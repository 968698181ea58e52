using System.Collections.Immutable;

namespace Netpol.Model;

/// <summary>What a rule says of a connection it matches.</summary>
public enum RuleAction
{
    Allow,

    /// <summary>Dropped in silence.</summary>
    Deny,

    /// <summary>Dropped, and its sender is told.</summary>
    Reject,

    /// <summary>In ordered tiers only: the rest of the tier is not asked.</summary>
    Pass,
}

/// <summary>The side of a connection a rule judges: ingress at the destination, egress at the source.</summary>
public enum Direction
{
    Egress,
    Ingress,
}

/// <summary>One rule of a policy.</summary>
/// <param name="Ports">Empty: every IP protocol.</param>
/// <param name="Documentation">The <c>///</c> text before it, or null.</param>
public sealed record Rule(
    RuleAction Action, AddressSet Peer, ImmutableArray<PortMatch> Ports, bool IsLogged, Origin Origin, string? Documentation)
{
    /// <summary>On <c>allow</c> of the ordinary tier only; null: it allows without end.</summary>
    public RateLimit? Limit { get; init; }

    /// <summary>On <c>allow</c> of the ordinary tier only: the requests that pass; null: whatever is sent.</summary>
    public ImmutableArray<HttpMatch>? Http { get; init; }
}

/// <summary>A policy's <c>ingress { }</c> or <c>egress { }</c>. Of the ordinary tier, even an empty one isolates in its direction.</summary>
public sealed record PolicyBlock(Direction Direction, ImmutableArray<Rule> Rules, Origin Origin)
{
    /// <summary><c>ingress open { }</c>: it adds rules and isolates nobody. In the ordinary tier only.</summary>
    public bool IsOpen { get; init; }
}

/// <summary>A policy. It may have several blocks of one direction; their rules are one set, or in an ordered tier one list.</summary>
/// <param name="For">The endpoints it selects; always an endpoint set.</param>
public sealed record Policy(
    string Name, AddressSet For, ImmutableArray<PolicyBlock> Blocks, Origin Origin, string? Documentation)
{
    public Tier Tier { get; init; } = Tier.Ordinary;

    /// <summary>Its rules of one direction, in the order in which they are written.</summary>
    public IEnumerable<Rule> RulesOf(Direction direction) =>
        Blocks.Where(block => block.Direction == direction).SelectMany(block => block.Rules);
}
