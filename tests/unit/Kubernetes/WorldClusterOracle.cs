using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>One tier of cluster policies as the API's own comments describe it (network-policy-api, v1alpha2), sentence by sentence.</summary>
internal sealed class WorldClusterOracle(World world)
{
    /// <summary>Of the only node.</summary>
    public static Address NodeAddress { get; } = Address.Parse("172.18.0.3");

    /// <summary>
    /// "Policies with lower priority values have higher precedence"; of equal ones "the implementation can apply any": here by name.
    /// A BaselineAdminNetworkPolicy has no priority and comes last.
    /// </summary>
    private readonly ImmutableArray<WorldClusterPolicy> _policies =
    [
        .. world.ClusterPolicies.OrderBy(policy => policy.Priority ?? 1001)
            .ThenBy(policy => policy.Name, StringComparer.Ordinal).ThenBy(policy => policy.Kind, StringComparer.Ordinal),
    ];

    /// <returns>Null: the tier decides nothing.</returns>
    public bool? Decide(
        string tier, WorldPod self, bool isEgress, WorldPod? peer, Address peerAddress, WorldPod? receiver, Traffic traffic)
    {
        // "the order in which the rule is written"
        var first = _policies.Where(policy => policy.Tier == tier && PodMatches(policy.Subject, self))
            .SelectMany(policy => (isEgress ? policy.Egress : policy.Ingress) ?? [])
            .FirstOrDefault(rule => rule.Peers.Any(candidate => Matches(candidate, peer, peerAddress))
                && (rule.Ports is not { } ports || ports.Any(port => Matches(port, receiver, traffic))));

        // "Pass: Skips all further ClusterNetworkPolicy rules in the current tier for the selected traffic, and passes evaluation to the next
        // tier."
        return first?.Action switch { "Allow" => true, "Deny" => false, _ => null };
    }

    private bool Matches(WorldClusterPeer candidate, WorldPod? peer, Address address)
    {
        // "cluster-internal traffic will be checked against the rule as well"
        if (candidate.Networks is { } networks)
        {
            return networks.Any(network => WorldOracle.Contains(network, address));
        }

        return candidate.IsNodes ? address == NodeAddress : peer is not null && PodMatches(candidate, peer);
    }

    /// <summary>"NamespaceSelector follows standard label selector semantics; if empty, it selects all Namespaces."</summary>
    private bool PodMatches(WorldClusterPeer candidate, WorldPod pod) =>
        (candidate.Namespaces is null
            || WorldOracle.Matches(candidate.Namespaces, world.Namespaces[pod.Namespace].SetItem("kubernetes.io/metadata.name", pod.Namespace)))
        && (candidate.Pods is null || WorldOracle.Matches(candidate.Pods, pod.Labels));

    private static bool Matches(WorldClusterPort port, WorldPod? receiver, Traffic traffic)
    {
        // "DestinationNamedPort selects a destination port on a pod based on the ContainerPort name."
        if (port.Name is not null)
        {
            return receiver is not null && receiver.Ports.Any(candidate =>
                candidate.Name == port.Name && (byte)candidate.Protocol == traffic.Protocol && candidate.Number == traffic.Port);
        }

        return traffic.Protocol == (byte)Enum.Parse<Protocol>(port.Protocol!, ignoreCase: true)
            && traffic.Port >= port.First && traffic.Port <= port.Last;
    }
}
