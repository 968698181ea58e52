using System.Collections.Immutable;

namespace Netpol.Kubernetes.Objects;

/// <summary>A Pod, or the template by which a Deployment or its like makes pods.</summary>
/// <param name="Metadata">Of the Pod or the Deployment.</param>
/// <param name="PodLabels">The labels its pods have.</param>
/// <param name="Selector">Null for Pods and for what finds its pods by a label that the cluster makes up (Job, CronJob).</param>
/// <param name="Ports">Only those with a name.</param>
internal sealed record WorkloadObject(
    ObjectMetadata Metadata,
    ImmutableSortedDictionary<string, string> PodLabels,
    LabelSelector? Selector,
    ImmutableArray<ContainerPort> Ports,
    bool IsOnHostNetwork,
    bool IsOwned);

/// <param name="Protocol"><c>tcp</c>, <c>udp</c>, <c>sctp</c></param>
internal sealed record ContainerPort(string Name, string Protocol, int Port);
