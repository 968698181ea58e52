using System.Collections.Immutable;

namespace Netpol.Kubernetes.Objects;

/// <summary>A v1 Service with cluster addresses, a selector and ports; others are left out when they are read.</summary>
internal sealed record ServiceObject(
    ObjectMetadata Metadata, ImmutableArray<string> Addresses, LabelSelector Selector, ImmutableArray<ServicePortObject> Ports)
{
    /// <summary><c>externalIPs</c>: anybody may connect to them.</summary>
    public ImmutableArray<string> ExternalAddresses { get; init; } = [];

    /// <summary>Those of <c>status.loadBalancer.ingress</c>.</summary>
    public ImmutableArray<string> BalancerAddresses { get; init; } = [];

    /// <summary>Who may connect to <see cref="BalancerAddresses"/>, as prefixes; empty: anybody.</summary>
    public ImmutableArray<string> SourceRanges { get; init; } = [];

    /// <summary>For how long a client stays on its backend; null: no time.</summary>
    public int? AffinitySeconds { get; init; }

    /// <summary><c>externalTrafficPolicy: Local</c></summary>
    public bool IsOutsideLocal { get; init; }

    /// <summary><c>internalTrafficPolicy: Local</c></summary>
    public bool IsInsideLocal { get; init; }

    /// <summary><c>node</c>, <c>zone</c>: where backends are preferred, the nearest first.</summary>
    public ImmutableArray<string> Preferences { get; init; } = [];
}

/// <param name="Name">Null where the only port has none.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c>, <c>sctp</c></param>
/// <param name="TargetName">The pod's name for the port; null where <paramref name="TargetPort"/> is its number.</param>
internal sealed record ServicePortObject(string? Name, string Protocol, int Port, int TargetPort, string? TargetName)
{
    /// <summary>On every node's addresses; null: none.</summary>
    public int? NodePort { get; init; }
}
