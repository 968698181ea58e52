using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>
/// What a model says an address is that neither an endpoint nor a node is known to have. Where declared ranges overlap
/// the first of service address, nodes, services, pods counts.
/// </summary>
public sealed class AddressKinds(NetworkModel model)
{
    private readonly PrefixSet _nodes = new(model.Cluster.NodeRanges);
    private readonly PrefixSet _services = new(model.Cluster.ServiceRanges);
    private readonly PrefixSet _pods = new(model.Cluster.PodRanges);
    private readonly ImmutableHashSet<Address> _serviceAddresses = [.. model.Services.SelectMany(service => service.AllAddresses)];

    /// <summary>Every prefix at whose ends the kind of an address may change; not sorted, may hold duplicates.</summary>
    public ImmutableArray<Prefix> Boundaries { get; } =
    [
        .. WellKnown.All,
        .. model.Cluster.PodRanges,
        .. model.Cluster.NodeRanges,
        .. model.Cluster.ServiceRanges,
        .. model.Services.SelectMany(service => service.AllAddresses).Select(address => Prefix.Of(address)),
    ];

    /// <summary>Is it an address that a declared service has?</summary>
    public bool IsServiceAddress(Address address) => _serviceAddresses.Contains(address);

    public AddressKind Of(Address address) =>
        !WellKnown.IsUnicast(address) ? AddressKind.NotUnicast
        : WellKnown.IsLoopback(address) ? AddressKind.Loopback
        : _serviceAddresses.Contains(address) ? AddressKind.Service
        : _nodes.Contains(address) ? AddressKind.Node
        : _services.Contains(address) ? AddressKind.Service
        : _pods.Contains(address) ? AddressKind.UnknownPod
        : AddressKind.World;
}
