using System.Collections.Immutable;

namespace Netpol.Model;

/// <summary>What a rule says of a connection it matches.</summary>
public enum RuleAction
{
    Allow,
    Deny,
}

/// <summary>The side of a connection a rule judges: ingress at the destination, egress at the source.</summary>
public enum Direction
{
    Egress,
    Ingress,
}

/// <summary>One rule of the ordinary tier.</summary>
/// <param name="Ports">Empty: every IP protocol.</param>
/// <param name="Documentation">The <c>///</c> text before it, or null.</param>
public sealed record Rule(
    RuleAction Action, AddressSet Peer, ImmutableArray<PortMatch> Ports, bool IsLogged, Origin Origin, string? Documentation);

/// <summary>A policy's <c>ingress { }</c> or <c>egress { }</c>. Even an empty one isolates in its direction.</summary>
public sealed record PolicyBlock(Direction Direction, ImmutableArray<Rule> Rules, Origin Origin);

/// <summary>A policy of the ordinary tier. It may have several blocks of one direction; their rules are one set.</summary>
/// <param name="For">The endpoints it selects; always an endpoint set.</param>
public sealed record Policy(
    string Name, AddressSet For, ImmutableArray<PolicyBlock> Blocks, Origin Origin, string? Documentation);
