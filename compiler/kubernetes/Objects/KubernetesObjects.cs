using System.Collections.Immutable;

namespace Netpol.Kubernetes.Objects;

/// <summary>What the files hold together; of objects given twice the last. In order of kind, namespace, name as read.</summary>
internal sealed record KubernetesObjects(
    ImmutableArray<ObjectMetadata> Namespaces,
    ImmutableArray<PolicyObject> Policies,
    ImmutableArray<ServiceObject> Services,
    ImmutableArray<WorkloadObject> Workloads,
    ImmutableArray<NodeObject> Nodes)
{
    public IEnumerable<NodeObject> NodesOf(PolicyPeer.Nodes peer) => Nodes.Where(node => peer.Selector.Matches(node.Metadata.Labels));
}
