using System.Collections.Immutable;

namespace Netpol.Kubernetes.Objects;

/// <summary>A v1 Service with cluster addresses, a selector and ports; others are left out when they are read.</summary>
internal sealed record ServiceObject(
    ObjectMetadata Metadata, ImmutableArray<string> Addresses, LabelSelector Selector, ImmutableArray<ServicePortObject> Ports);

/// <param name="Name">Null where the only port has none.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c>, <c>sctp</c></param>
/// <param name="TargetName">The pod's name for the port; null where <paramref name="TargetPort"/> is its number.</param>
internal sealed record ServicePortObject(string? Name, string Protocol, int Port, int TargetPort, string? TargetName);
