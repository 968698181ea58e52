using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>
/// How clients from outside come to a port of a service that does not keep to the node they enter on, by a node port or a load balancer's address:
/// a backend elsewhere sees the node they entered on (docs/decisions/0043).
/// </summary>
internal sealed record OutsideWay(Service Service, ServicePort Port, ImmutableArray<NodePort> NodePorts)
{
    public static ImmutableArray<OutsideWay> Of(NetworkModel model) =>
    [
        .. from service in model.Services
           where service.Outside == TrafficScope.Cluster
           from port in service.Ports
           let nodePorts = service.NodePorts.Where(node => node.Port.Protocol == port.Protocol && node.Port.Port == port.Port).ToImmutableArray()
           where !nodePorts.IsEmpty || !service.LoadBalancers.IsEmpty
           select new OutsideWay(service, port, nodePorts),
    ];
}

/// <summary>Who could come by an <see cref="OutsideWay"/>, and how: addresses that neither an endpoint nor a node is known to have.</summary>
internal sealed class OutsideClients(AddressRegions regions, AddressPossibilities addresses, Members members)
{
    /// <summary>Is there a client of a family, of a set where one is given?</summary>
    public bool Any(OutsideWay way, IpFamily family, AddressSet? among) => Clients(way, family, among).Any();

    /// <param name="node">The address of the node on which the client enters.</param>
    /// <param name="backend">Where it comes to.</param>
    /// <param name="among">The set of which the client is.</param>
    public Flow FlowOf(OutsideWay way, Address node, string nodeName, Address backend, AddressSet? among)
    {
        var clients = Clients(way, node.Family, among).ToList();
        var client = regions.Free(node.Family, address => clients.Exists(other => other.Region == regions.Of(address)), [node, backend]);
        var frontend = clients.First(other => other.Region == regions.Of(client)).Frontend;
        return new(client, frontend ?? node, Traffic.To(way.Port.Protocol, frontend is null ? way.NodePorts[0].Number : way.Port.Port)) { EntersOn = nodeName };
    }

    private IEnumerable<(int Region, Address? Frontend)> Clients(OutsideWay way, IpFamily family, AddressSet? among) =>
        from region in Enumerable.Range(0, regions.Count)
        let address = regions.First(region)
        where address.Family == family && addresses.CanBeBare(address, isSource: true)
        let client = members.Bare(address)
        where among is null || members.Contains(among, client)
        from frontend in Frontends(way, family, client)
        select (region, frontend);

    /// <summary>Null: the node port.</summary>
    private IEnumerable<Address?> Frontends(OutsideWay way, IpFamily family, Party client) => (way.NodePorts.IsEmpty ? [] : new Address?[] { null })
        .Concat(way.Service.LoadBalancers.Where(balancer => balancer.From is null || members.Contains(balancer.From, client))
            .SelectMany(balancer => balancer.Addresses).Where(address => address.Family == family).Select(address => (Address?)address));
}
