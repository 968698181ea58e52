using System.Collections.Immutable;
using Netpol.Text;

namespace Netpol.Kubernetes.Objects;

/// <summary>A NetworkPolicy of networking.k8s.io/v1, valid and with its defaults filled in.</summary>
/// <param name="Ingress">Null: the policy does not isolate in this direction; empty: it lets nothing in.</param>
/// <param name="Egress">Null: the policy does not isolate in this direction; empty: it lets nothing out.</param>
internal sealed record NetworkPolicyObject(
    ObjectMetadata Metadata, LabelSelector PodSelector, ImmutableArray<PolicyRule>? Ingress, ImmutableArray<PolicyRule>? Egress)
{
    public IEnumerable<PolicyRule> Rules => (Ingress ?? []).Concat(Egress ?? []);
}

/// <param name="Peers">They count one by one; empty: everybody, also outside the cluster.</param>
/// <param name="Ports">They count one by one; empty: every port of every protocol.</param>
internal sealed record PolicyRule(ImmutableArray<PolicyPeer> Peers, ImmutableArray<PolicyPort> Ports, TextSpan Span);

/// <summary>One entry of <c>from</c> or <c>to</c>.</summary>
internal abstract record PolicyPeer(TextSpan Span)
{
    /// <param name="Pods">Null: all pods of the namespaces.</param>
    /// <param name="Namespaces">Null: the policy's own.</param>
    public sealed record Selected(LabelSelector? Pods, LabelSelector? Namespaces, TextSpan Span) : PolicyPeer(Span);

    /// <summary>Prefixes without host bits, each exception smaller than the prefix and inside it.</summary>
    public sealed record Block(string Cidr, ImmutableArray<string> Except, TextSpan Span) : PolicyPeer(Span);
}

/// <summary>One entry of <c>ports</c>. The protocol is spelled <c>tcp</c>, <c>udp</c>, <c>sctp</c>.</summary>
internal abstract record PolicyPort(string Protocol, TextSpan Span)
{
    public sealed record All(string Protocol, TextSpan Span) : PolicyPort(Protocol, Span);

    /// <summary>1 to 65535, first not above last.</summary>
    public sealed record Numbers(string Protocol, int First, int Last, TextSpan Span) : PolicyPort(Protocol, Span);

    public sealed record Named(string Protocol, string Name, TextSpan Span) : PolicyPort(Protocol, Span);
}
