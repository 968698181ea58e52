using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Reading;

/// <summary>
/// Nodes by label are known by the Node objects of the import alone: without one that matches, a rule about them cannot be written, and with
/// them it is true until the nodes change.
/// </summary>
internal static class NodePeerCheck
{
    public static ImmutableArray<Diagnostic> Run(KubernetesObjects objects) =>
    [
        .. from policy in objects.Policies
           from rule in policy.Rules
           from peer in rule.Peers.OfType<PolicyPeer.Nodes>()
           where !peer.Selector.IsEmpty
           let count = objects.NodesOf(peer).Count(node => !node.Addresses.IsEmpty)
           select count == 0
               ? ImportDiagnostics.CannotBeSaid.At(
                   policy.Metadata.Source, peer.Span, "nodes", "nodes are known by label only where Node objects with these labels are imported too")
               : ImportDiagnostics.NodesByLabel.At(policy.Metadata.Source, peer.Span, "nodes", count == 1 ? "one imported node" : $"{count} imported nodes"),
    ];
}
