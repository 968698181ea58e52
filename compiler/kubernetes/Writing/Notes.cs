using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Writing;

/// <summary>
/// Where implementations of Kubernetes' API differ, or where its text leaves a choice: what the imported policies mean
/// here, said once at the head of the file, and only if something in it depends on the answer.
/// </summary>
internal static class Notes
{
    private const int MostNames = 5;
    private const string Sctp = "sctp";

    private static readonly ImmutableArray<(Func<PolicyObject, bool> Concerns, string Text)> Known =
    [
        (policy => Peers(policy).OfType<PolicyPeer.Block>().Any(block => block.IsOutside),
            "Prefixes of Cilium hold addresses outside the cluster alone, which `& world` says."),
        (policy => policy.Tier is null && Peers(policy).OfType<PolicyPeer.Block>().Any(block => !block.IsOutside),
            "ipBlock holds every address in its prefixes, a pod's too. Some CNIs match only addresses outside the cluster; "
            + "`cidr ... & world` says that."),
        (policy => Peers(policy).OfType<PolicyPeer.Pods>().Any(),
            "Selectors as peers never hold nodes or pods on the host's network. A pod's own node always reaches it (probes); other "
            + "nodes need `nodes`."),
        (policy => Peers(policy).OfType<PolicyPeer.Domains>().Any(),
            "Names of hosts hold the addresses outside the cluster that DNS answered to this pod, until their TTL ends. `**` stands for one or "
            + "more labels, `*` for letters of one."),
        (policy => policy.Rules.Any(rule => rule.Ports.IsEmpty),
            "A rule without ports matches every protocol, ICMP too; some CNIs judge TCP, UDP and SCTP alone."),
        (policy => policy.Rules.Any(rule => !rule.Ports.IsEmpty),
            "A rule with ports never matches ICMP, so ping needs `on icmp, icmpv6`; some CNIs let ICMP through."),
        (policy => Ports(policy).OfType<PolicyPort.Named>().Any(),
            "A port name means the ports that each receiving pod gives this name, of any of its containers; a receiver without it, and "
            + "one that is no pod, is not matched."),
        (policy => policy.Tier is null && Ports(policy).OfType<PolicyPort.Numbers>().Any(numbers => numbers.First != numbers.Last),
            "endPort is kept as a range; CNIs from before Kubernetes 1.25 may take its first port alone."),
        (policy => Ports(policy).Any(port => port is PolicyPort.All { Protocol: Sctp } or PolicyPort.Numbers { Protocol: Sctp } or PolicyPort.Named { Protocol: Sctp }),
            "SCTP is judged as TCP and UDP are; not every CNI and kernel carries it."),
        (policy => policy.Egress is not null,
            "Egress to a service address is judged on the pod behind it and that pod's port, so prefixes of the service range have no "
            + "effect."),
        (policy => policy.Metadata.Kind == "BaselineAdminNetworkPolicy",
            "A BaselineAdminNetworkPolicy has no priority: it comes last in its tier."),
        (_ => true,
            "A changed policy is asked again about running connections: one no longer allowed stops. Kubernetes leaves that to the CNI."),
    ];

    /// <summary>Comment lines without slashes; none where there is no policy.</summary>
    public static ImmutableArray<string> Of(KubernetesObjects objects)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (var (concerns, text) in Known)
        {
            var names = objects.Policies.Where(concerns).Select(policy => policy.Metadata.FullName).ToImmutableArray();
            if (!names.IsEmpty)
            {
                var scope = names.Length == objects.Policies.Length || names.Length > MostNames ? "" : $" ({string.Join(", ", names)})";
                lines.AddRange(CommentText.Wrap($"* {text}{scope}"));
            }
        }

        return lines.ToImmutable();
    }

    private static IEnumerable<PolicyPeer> Peers(PolicyObject policy) => policy.Rules.SelectMany(rule => rule.Peers);

    private static IEnumerable<PolicyPort> Ports(PolicyObject policy) => policy.Rules.SelectMany(rule => rule.Ports);
}
