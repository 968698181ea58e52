using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>
/// How clients from outside come to a port of a service that does not keep to the node they enter on: a backend elsewhere sees the node they entered
/// on (docs/decisions/0043).
/// </summary>
/// <param name="Number">Of the port among all services'.</param>
/// <param name="HasAddresses">By the service's own addresses.</param>
/// <param name="NodePort">By the ports of nodes; null: by none.</param>
/// <param name="Balancers">By their addresses.</param>
internal sealed record OutsideWay(int Number, Service Service, ServicePort Port, bool HasAddresses, ushort? NodePort, ImmutableArray<LoadBalancer> Balancers)
{
    public static ImmutableArray<OutsideWay> Of(ImmutableArray<(Service Service, ServicePort Port)> ports) =>
    [
        .. from port in ports.Select((way, number) => (way.Service, way.Port, Number: number))
           let isSpread = port.Service.Outside == TrafficScope.Cluster
           let way = new OutsideWay(
               port.Number, port.Service, port.Port, port.Service.Inside == TrafficScope.Cluster,
               isSpread ? NodePortOf(port.Service, port.Port) : null, isSpread ? port.Service.LoadBalancers : [])
           where way.HasAddresses || way.NodePort is not null || !way.Balancers.IsEmpty
           select way,
    ];

    public static ushort? NodePortOf(Service service, ServicePort port) => service.NodePorts
        .Where(node => node.Port.Protocol == port.Protocol && node.Port.Port == port.Port).Select(node => (ushort?)node.Number).FirstOrDefault();
}

/// <summary>Who could come by an <see cref="OutsideWay"/>, and how: addresses that neither an endpoint nor a node is known to have.</summary>
internal sealed class OutsideClients(AddressRegions regions, AddressPossibilities addresses, Members members)
{
    private static readonly AddressSet Anybody = new AddressSet.Any();

    private readonly Dictionary<(AddressSet Among, IpFamily Family), ImmutableArray<int>> _regions = new(AmongComparer.Instance);

    /// <summary>Is there a client of a family?</summary>
    /// <param name="among">The set of which the client is; null: anyone.</param>
    /// <param name="byAddresses">The service's own addresses count.</param>
    public bool Any(OutsideWay way, IpFamily family, AddressSet? among, bool byAddresses) => Clients(way, family, among, byAddresses).Any();

    /// <param name="node">The address of the node on which the client enters.</param>
    /// <param name="backend">Where it comes to.</param>
    public Flow FlowOf(OutsideWay way, Address node, string nodeName, Address backend, AddressSet? among, bool byAddresses)
    {
        var clients = Clients(way, node.Family, among, byAddresses).ToList();
        var client = regions.Free(node.Family, address => clients.Exists(other => other.Region == regions.Of(address)), [node, backend]);
        var frontend = clients.First(other => other.Region == regions.Of(client)).Frontend;
        return new(client, frontend ?? node, Traffic.To(way.Port.Protocol, frontend is null && way.NodePort is { } number ? number : way.Port.Port)) { EntersOn = nodeName };
    }

    private IEnumerable<(int Region, Address? Frontend)> Clients(OutsideWay way, IpFamily family, AddressSet? among, bool byAddresses) =>
        from region in RegionsOf(among ?? Anybody, family)
        from frontend in Frontends(way, family, members.Bare(regions.First(region)), byAddresses)
        select (region, frontend);

    private ImmutableArray<int> RegionsOf(AddressSet among, IpFamily family) => _regions.TryGetValue((among, family), out var known) ? known : _regions[(among, family)] =
    [
        .. Enumerable.Range(0, regions.Count).Where(region => regions.First(region) is var address && address.Family == family
            && addresses.CanBeBare(address, isSource: true) && members.Contains(among, members.Bare(address))),
    ];

    /// <summary>Null: the node port.</summary>
    private IEnumerable<Address?> Frontends(OutsideWay way, IpFamily family, Party client, bool byAddresses) => (way.NodePort is null ? [] : new Address?[] { null })
        .Concat(way.Balancers.Where(balancer => balancer.From is null || members.Contains(balancer.From, client)).SelectMany(balancer => balancer.Addresses)
            .Concat(way.HasAddresses && byAddresses ? way.Service.Addresses : []).Where(address => address.Family == family).Select(address => (Address?)address));

    private sealed class AmongComparer : IEqualityComparer<(AddressSet Among, IpFamily Family)>
    {
        public static AmongComparer Instance { get; } = new();

        public bool Equals((AddressSet Among, IpFamily Family) x, (AddressSet Among, IpFamily Family) y) => ReferenceEquals(x.Among, y.Among) && x.Family == y.Family;

        public int GetHashCode((AddressSet Among, IpFamily Family) obj) => HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj.Among), obj.Family);
    }
}
