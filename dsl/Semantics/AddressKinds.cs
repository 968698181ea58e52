using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>
/// What a model says an address is that neither an endpoint nor a node is known to have. Where declared ranges overlap
/// the first of service address, nodes, services, pods counts.
/// </summary>
public sealed class AddressKinds(NetworkModel model)
{
    private readonly Cluster _cluster = model.Cluster;
    private readonly ImmutableHashSet<Address> _serviceAddresses = [.. model.Services.SelectMany(service => service.Addresses)];

    /// <summary>Every prefix at whose ends the kind of an address may change; not sorted, may hold duplicates.</summary>
    public ImmutableArray<Prefix> Boundaries { get; } =
    [
        .. WellKnown.All,
        .. model.Cluster.PodRanges,
        .. model.Cluster.NodeRanges,
        .. model.Cluster.ServiceRanges,
        .. model.Services.SelectMany(service => service.Addresses).Select(address => Prefix.Of(address)),
    ];

    /// <summary>Is it an address that a declared service has?</summary>
    public bool IsServiceAddress(Address address) => _serviceAddresses.Contains(address);

    public AddressKind Of(Address address) =>
        !WellKnown.IsUnicast(address) ? AddressKind.NotUnicast
        : WellKnown.IsLoopback(address) ? AddressKind.Loopback
        : _serviceAddresses.Contains(address) ? AddressKind.Service
        : Contains(_cluster.NodeRanges, address) ? AddressKind.Node
        : Contains(_cluster.ServiceRanges, address) ? AddressKind.Service
        : Contains(_cluster.PodRanges, address) ? AddressKind.UnknownPod
        : AddressKind.World;

    private static bool Contains(ImmutableArray<Prefix> ranges, Address address)
    {
        foreach (var range in ranges)
        {
            if (range.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
