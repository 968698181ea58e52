using System.Collections.Immutable;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Kubernetes.Objects;

/// <summary>
/// A policy of any API, valid and with its defaults filled in, in one form for all of them: what it selects, when it is asked,
/// and its rules in each direction.
/// </summary>
/// <param name="Tier">Null: the ordinary tier.</param>
/// <param name="Ingress">Null: the policy says nothing of this direction.</param>
/// <param name="Egress">Null: the policy says nothing of this direction.</param>
internal sealed record PolicyObject(
    ObjectMetadata Metadata, PodSet Subject, PolicyTier? Tier, RuleBlock? Ingress, RuleBlock? Egress)
{
    public IEnumerable<PolicyRule> Rules => (Ingress?.Rules ?? []).Concat(Egress?.Rules ?? []);
}

/// <param name="Priority">As the object has it.</param>
/// <param name="Order">The same, with ties split.</param>
internal sealed record PolicyTier(bool IsBaseline, int Priority, decimal Order)
{
    public string Name => IsBaseline ? "baseline" : "admin";
}

/// <summary>The rules of one direction; without any, a closed block lets nothing through.</summary>
/// <param name="IsOpen">It adds rules without isolating.</param>
internal sealed record RuleBlock(ImmutableArray<PolicyRule> Rules, bool IsOpen = false);

/// <param name="Name">The rule's own, where the API gives it one.</param>
/// <param name="Peers">They count one by one; empty: everybody, also outside the cluster.</param>
/// <param name="Ports">They count one by one; empty: every port of every protocol.</param>
internal sealed record PolicyRule(
    ActionSyntax Action, string? Name, ImmutableArray<PolicyPeer> Peers, ImmutableArray<PolicyPort> Ports, TextSpan Span)
{
    /// <summary>The HTTP requests that may pass; default where requests are not looked at.</summary>
    public ImmutableArray<HttpRequestSyntax> Http { get; init; }
}
