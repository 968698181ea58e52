using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Analysis;

/// <summary>One port of a service, by which a connection may come to a backend.</summary>
/// <param name="Ports">What each model says of it.</param>
/// <param name="Addresses">By which every model knows the service: its own, and those of load balancers for anybody.</param>
/// <param name="NodePort">By which every model knows the port, on the addresses of every node; null: by none.</param>
internal sealed record ServiceWay(
    string Service, Protocol Protocol, ushort Port, ImmutableArray<(Service Service, ServicePort Port)> Ports, ImmutableArray<Address> Addresses, ushort? NodePort)
{
    /// <summary>Those that some rule asks for: to every other rule a connection is alike whether or not it was translated.</summary>
    public static ImmutableArray<ServiceWay> Of(ImmutableArray<NetworkModel> models)
    {
        var asked = models.SelectMany(model => model.Policies)
            .SelectMany(policy => policy.Blocks).SelectMany(block => block.Rules)
            .SelectMany(rule => Asked(rule.Peer)).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. from service in models[0].Services
               where asked.Contains(service.Name)
               from port in service.Ports
               let ports = models.Select(model => Find(model, service.Name, port)).ToList()
               where ports.TrueForAll(found => found is not null)
               let known = ports.OfType<(Service Service, ServicePort Port)>().ToImmutableArray()
               select new ServiceWay(
                   service.Name, port.Protocol, port.Port, known,
                   [.. AddressesOf(service).Where(address => known.All(found => AddressesOf(found.Service).Contains(address)))],
                   NodePortsOf((service, port)).Cast<ushort?>().FirstOrDefault(number => known.All(found => NodePortsOf(found).Any(own => own == number)))),
        ];
    }

    /// <summary>A connection of the family can come by it.</summary>
    public bool Has(IpFamily family) => NodePort is not null || Addresses.Any(address => address.Family == family);

    public override string ToString() => $"service {Service} {Traffic.To(Protocol, Port)}";

    private static IEnumerable<Address> AddressesOf(Service service) =>
        service.Addresses.Concat(service.LoadBalancers.Where(balancer => balancer.From is null).SelectMany(balancer => balancer.Addresses));

    private static IEnumerable<ushort> NodePortsOf((Service Service, ServicePort Port) way) => way.Service.NodePorts
        .Where(node => node.Port.Protocol == way.Port.Protocol && node.Port.Port == way.Port.Port).Select(node => node.Number);

    private static (Service Service, ServicePort Port)? Find(NetworkModel model, string name, ServicePort wanted)
    {
        foreach (var service in model.Services.Where(service => service.Name == name))
        {
            foreach (var port in service.Ports)
            {
                if (port.Protocol == wanted.Protocol && port.Port == wanted.Port)
                {
                    return (service, port);
                }
            }
        }

        return null;
    }

    private static IEnumerable<string> Asked(AddressSet set) => set switch
    {
        AddressSet.Service service => [service.Name],
        AddressSet.Named named => Asked(named.Set),
        AddressSet.Union union => union.Parts.SelectMany(Asked),
        _ => [],
    };
}
