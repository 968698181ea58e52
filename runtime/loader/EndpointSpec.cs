using System.Collections.Immutable;

namespace Netpol.Loader;

/// <summary>A container's interface as its runtime describes it: what <see cref="Node.Attach"/> makes an endpoint of.</summary>
/// <param name="ContainerId">As CNI gives it; with <paramref name="InterfaceName"/> the identity of the attachment.</param>
/// <param name="InterfaceName">The device's name inside the container.</param>
/// <param name="HostInterface">The device's other end, in the network namespace of the caller.</param>
/// <param name="Mac">The container's hardware address, <c>02:00:00:00:00:01</c>; empty: any.</param>
/// <param name="Addresses">The container's own, IPv4 and IPv6, without prefix lengths; at most four of a family.</param>
/// <param name="NamespaceLabels">Null: not known. Labels that the bundle declares for the namespace come before these.</param>
/// <param name="Ports">Names the container gives to ports; one name may stand for several.</param>
/// <param name="Name">For people; the pod's name.</param>
/// <param name="Network">The CNI network that it belongs to: garbage collection is per network.</param>
public sealed record EndpointSpec(
    string ContainerId,
    string InterfaceName,
    string HostInterface,
    string Mac,
    ImmutableArray<string> Addresses,
    string Namespace,
    ImmutableSortedDictionary<string, string>? NamespaceLabels,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableArray<NamedPort> Ports,
    string? Name = null,
    string? Network = null)
{
    /// <summary>Of its node, where that is another one; null: not known, or this node's.</summary>
    public string? Zone { get; init; }

    /// <summary>It gets no new connections by services since then, by the datapath's clock; null: it does.</summary>
    internal uint? DrainingSince { get; init; }
}

/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
public sealed record NamedPort(string Name, string Protocol, int Port);
