using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>A cluster as the Kubernetes API describes it. Null stands for a field that the object does not have.</summary>
internal sealed record World(
    ImmutableDictionary<string, ImmutableDictionary<string, string>> Namespaces,
    ImmutableArray<WorldPod> Pods,
    ImmutableArray<WorldPolicy> Policies);

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
