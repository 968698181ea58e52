using System.Collections.Immutable;
using Netpol.Loader.Tables;

namespace Netpol.Loader;

/// <summary>An endpoint of another node: it is a peer of this node's containers and a backend of services, and is judged where it runs.</summary>
/// <param name="Key">Its identity: what is published under it again is the same endpoint, changed. The pod's UID, say.</param>
/// <param name="Addresses">IPv4 and IPv6, without prefix lengths.</param>
/// <param name="NamespaceLabels">Null: not known. Labels that the bundle declares for the namespace come before these.</param>
/// <param name="Name">For people.</param>
public sealed record RemoteEndpoint(
    string Key,
    ImmutableArray<string> Addresses,
    string Namespace,
    ImmutableSortedDictionary<string, string>? NamespaceLabels,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableArray<NamedPort> Ports,
    string? Name = null)
{
    /// <summary>Of its node, for services with <c>locality prefer zone</c>; null: not known.</summary>
    public string? Zone { get; init; }

    /// <summary>It is about to go: it keeps its connections, for as long as a service lets it, and gets no new ones by services.</summary>
    public bool IsDraining { get; init; }

    /// <summary>As the state folder keeps endpoints: one without devices.</summary>
    /// <param name="former">What was known under its key: it may drain since then.</param>
    internal EndpointSpec SpecAfter(EndpointSpec? former) => new(Key, "", "", "", Addresses, Namespace, NamespaceLabels, Labels, Ports, Name)
    {
        Zone = Zone,
        DrainingSince = IsDraining ? former?.DrainingSince ?? DatapathClock.Now : null,
    };

    internal static RemoteEndpoint Of(EndpointSpec spec) =>
        new(spec.ContainerId, spec.Addresses, spec.Namespace, spec.NamespaceLabels, spec.Labels, spec.Ports, spec.Name)
        {
            Zone = spec.Zone,
            IsDraining = spec.DrainingSince is not null,
        };
}
