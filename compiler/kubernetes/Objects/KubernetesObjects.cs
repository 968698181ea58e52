using System.Collections.Immutable;

namespace Netpol.Kubernetes.Objects;

/// <summary>What the files hold together; of objects given twice the last. In order of kind, namespace, name as read.</summary>
internal sealed record KubernetesObjects(
    ImmutableArray<ObjectMetadata> Namespaces,
    ImmutableArray<NetworkPolicyObject> Policies,
    ImmutableArray<ServiceObject> Services,
    ImmutableArray<WorkloadObject> Workloads);
