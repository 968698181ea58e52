using System.Collections.Immutable;
using System.Net;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>
/// NetworkPolicy as the API's own comments describe it (k8s.io/api/networking/v1), sentence by sentence and with nothing of
/// ours but addresses and protocol numbers.
/// </summary>
internal sealed class WorldOracle(World world)
{
    private readonly WorldClusterOracle _cluster = new(world);

    public (bool Egress, bool Ingress) Judge(WorldPod? source, Address from, WorldPod? destination, Address to, Traffic traffic)
    {
        // "A pod cannot block access to itself" (concepts/services-networking/network-policies).
        if (source is not null && source == destination)
        {
            return (true, true);
        }

        return (
            source is null || Decide(source, isEgress: true, destination, to, destination, traffic),
            destination is null || Decide(destination, isEgress: false, source, from, destination, traffic));
    }

    /// <summary>
    /// "The Admin tier takes precedence over all other policies. … v1.NetworkPolicy always makes a final decision for selected pods. Further
    /// evaluation only happens for Pods not selected by a v1.NetworkPolicy. … If a given connection wasn't allowed or denied by any of the
    /// tiers, the default kubernetes policy is applied, which says that all pods can communicate with each other."
    /// </summary>
    private bool Decide(WorldPod self, bool isEgress, WorldPod? peer, Address peerAddress, WorldPod? receiver, Traffic traffic) =>
        _cluster.Decide("Admin", self, isEgress, peer, peerAddress, receiver, traffic)
        ?? (isEgress
            ? Allows(self, "Egress", policy => policy.Egress, peer, peerAddress, receiver, traffic)
            : Allows(self, "Ingress", policy => policy.Ingress, peer, peerAddress, receiver, traffic))
        ?? _cluster.Decide("Baseline", self, isEgress, peer, peerAddress, receiver, traffic)
        ?? true;

    /// <summary>
    /// "Traffic is allowed to a pod if there are no NetworkPolicies selecting the pod, OR … if the traffic matches at least one
    /// rule across all of the NetworkPolicy objects whose podSelector matches the pod."
    /// </summary>
    private bool? Allows(
        WorldPod self, string type, Func<WorldPolicy, ImmutableArray<WorldRule>?> rules,
        WorldPod? peer, Address peerAddress, WorldPod? receiver, Traffic traffic)
    {
        var selecting = world.Policies.Where(policy =>
            policy.Namespace == self.Namespace && Types(policy).Contains(type) && Matches(policy.PodSelector, self.Labels)).ToList();
        return selecting.Count == 0 ? null : selecting.Any(policy => (rules(policy) ?? []).Any(rule =>
            PeersMatch(rule, policy, peer, peerAddress) && PortsMatch(rule, receiver, traffic)));
    }

    /// <summary>
    /// "If this field is not specified, it will default based on the existence of ingress or egress rules; policies that
    /// contain an egress section are assumed to affect egress, and all policies (whether or not they contain an ingress section)
    /// are assumed to affect ingress."
    /// </summary>
    private static ImmutableArray<string> Types(WorldPolicy policy) =>
        policy.PolicyTypes is { IsEmpty: false } given ? given
        : policy.Egress is { IsEmpty: false } ? ["Ingress", "Egress"]
        : ["Ingress"];

    /// <summary>"If this field is empty or missing, this rule matches all sources."</summary>
    private bool PeersMatch(WorldRule rule, WorldPolicy policy, WorldPod? peer, Address address) =>
        rule.Peers is null or { IsEmpty: true } || rule.Peers.Value.Any(candidate => PeerMatches(candidate, policy, peer, address));

    private bool PeerMatches(WorldPeer candidate, WorldPolicy policy, WorldPod? peer, Address address)
    {
        if (candidate.Block is { } block)
        {
            return Contains(block.Cidr, address) && !(block.Except ?? []).Any(except => Contains(except, address));
        }

        if (peer is null)
        {
            return false;
        }

        // "If namespaceSelector is also set, then … selects the pods matching podSelector in the namespaces selected by
        // namespaceSelector. Otherwise it selects the pods matching podSelector in the policy's own namespace."
        var isInNamespace = candidate.Namespaces is null
            ? peer.Namespace == policy.Namespace
            : Matches(candidate.Namespaces, world.Namespaces[peer.Namespace].SetItem("kubernetes.io/metadata.name", peer.Namespace));
        return isInNamespace && (candidate.Pods is null || Matches(candidate.Pods, peer.Labels));
    }

    /// <summary>"If this field is empty or missing, this rule matches all ports (traffic not restricted by port)."</summary>
    private static bool PortsMatch(WorldRule rule, WorldPod? receiver, Traffic traffic) =>
        rule.Ports is null or { IsEmpty: true } || rule.Ports.Value.Any(port => PortMatches(port, receiver, traffic));

    private static bool PortMatches(WorldPort port, WorldPod? receiver, Traffic traffic)
    {
        // "protocol … which traffic must match. If not specified, this field defaults to TCP."
        var protocol = (port.Protocol ?? "TCP") switch
        {
            "TCP" => Protocol.Tcp,
            "UDP" => Protocol.Udp,
            "SCTP" => Protocol.Sctp,
            var other => throw new ArgumentException(other),
        };
        if (traffic.Protocol != (byte)protocol)
        {
            return false;
        }

        // "This can either be a numerical or named port on a pod. If this field is not provided, this matches all port names
        // and numbers." "endPort indicates that the range of ports from port to endPort …, inclusive."
        return port.Port is null ? true
            : int.TryParse(port.Port, out var number) ? traffic.Port >= number && traffic.Port <= (port.EndPort ?? number)
            : receiver is not null && receiver.Ports.Any(candidate =>
                candidate.Name == port.Port && candidate.Protocol == protocol && candidate.Number == traffic.Port);
    }

    /// <summary>"The result of matchLabels and matchExpressions are ANDed. An empty label selector matches all objects."</summary>
    public static bool Matches(WorldSelector selector, ImmutableDictionary<string, string> labels) =>
        (selector.MatchLabels ?? ImmutableDictionary<string, string>.Empty).All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value)
        && (selector.MatchExpressions ?? []).All(expression => expression.Operator switch
        {
            "In" => labels.TryGetValue(expression.Key, out var value) && expression.Values.Contains(value),
            "NotIn" => !labels.TryGetValue(expression.Key, out var value) || !expression.Values.Contains(value),
            "Exists" => labels.ContainsKey(expression.Key),
            "DoesNotExist" => !labels.ContainsKey(expression.Key),
            var other => throw new ArgumentException(other),
        });

    public static bool Contains(string cidr, Address address)
    {
        // IPNetwork refuses host bits, which the API takes; masked by hand.
        var slash = cidr.IndexOf('/');
        var network = IPAddress.Parse(cidr[..slash]).GetAddressBytes();
        var bytes = address.ToBytes();
        var length = int.Parse(cidr[(slash + 1)..]);
        return network.Length == bytes.Length
            && Enumerable.Range(0, length).All(bit => ((network[bit / 8] ^ bytes[bit / 8]) & (0x80 >> (bit % 8))) == 0);
    }
}
