using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>A cluster as the Kubernetes API describes it. Null stands for a field that the object does not have.</summary>
internal sealed record World(
    ImmutableDictionary<string, ImmutableDictionary<string, string>> Namespaces,
    ImmutableArray<WorldPod> Pods,
    ImmutableArray<WorldPolicy> Policies,
    ImmutableArray<WorldClusterPolicy> ClusterPolicies);

/// <param name="Ports">One entry a container port; a name may come again in another container.</param>
internal sealed record WorldPod(
    string Namespace, string Name, ImmutableDictionary<string, string> Labels, ImmutableArray<Address> Addresses, ImmutableArray<WorldPodPort> Ports);

internal sealed record WorldPodPort(string Name, Protocol Protocol, ushort Number);

internal sealed record WorldPolicy(
    string Namespace,
    string Name,
    WorldSelector PodSelector,
    ImmutableArray<string>? PolicyTypes,
    ImmutableArray<WorldRule>? Ingress,
    ImmutableArray<WorldRule>? Egress);

internal sealed record WorldSelector(
    ImmutableDictionary<string, string>? MatchLabels, ImmutableArray<WorldExpression>? MatchExpressions);

internal sealed record WorldExpression(string Key, string Operator, ImmutableArray<string> Values);

/// <summary>An ingress or egress rule; <see cref="Peers"/> is <c>from</c> or <c>to</c>.</summary>
internal sealed record WorldRule(ImmutableArray<WorldPeer>? Peers, ImmutableArray<WorldPort>? Ports);

internal sealed record WorldPeer(WorldSelector? Pods, WorldSelector? Namespaces, WorldBlock? Block);

internal sealed record WorldBlock(string Cidr, ImmutableArray<string>? Except);

/// <param name="Port">A number, or a name in quotes' stead: whatever is no number.</param>
internal sealed record WorldPort(string? Protocol, string? Port, int? EndPort);

/// <summary>A policy of policy.networking.k8s.io, of any of its kinds.</summary>
/// <param name="Tier">Admin or Baseline, which AdminNetworkPolicy and BaselineAdminNetworkPolicy do not write.</param>
/// <param name="Priority">Null for BaselineAdminNetworkPolicy, which has none.</param>
internal sealed record WorldClusterPolicy(
    string Kind,
    string Name,
    string Tier,
    int? Priority,
    WorldClusterPeer Subject,
    ImmutableArray<WorldClusterRule>? Ingress,
    ImmutableArray<WorldClusterRule>? Egress);

/// <param name="Action">Allow, Deny or Pass; ClusterNetworkPolicy writes Accept for Allow.</param>
internal sealed record WorldClusterRule(
    string? Name, string Action, ImmutableArray<WorldClusterPeer> Peers, ImmutableArray<WorldClusterPort>? Ports);

/// <summary>A subject or a peer: <c>pods</c>, <c>namespaces</c>, <c>networks</c>, or <c>nodes</c> where nothing else is given.</summary>
/// <param name="IsPods">Both selectors, of which that of namespaces may be left out in ClusterNetworkPolicy.</param>
internal sealed record WorldClusterPeer(
    bool IsPods, WorldSelector? Namespaces, WorldSelector? Pods, ImmutableArray<string>? Networks)
{
    public bool IsNodes => Namespaces is null && Pods is null && Networks is null;
}

/// <param name="Protocol">Null with a name, which is that of a port of any protocol.</param>
internal sealed record WorldClusterPort(string? Protocol, int First, int Last, string? Name);
