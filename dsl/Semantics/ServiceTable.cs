using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>Which service a connection is to, and which backends it can go to in a universe.</summary>
internal sealed class ServiceTable
{
    private readonly Members _members;
    private readonly Dictionary<Address, List<Service>> _byAddress = [];

    public ServiceTable(NetworkModel model, Members members)
    {
        _members = members;
        foreach (var service in model.Services)
        {
            foreach (var address in service.Addresses)
            {
                if (!_byAddress.TryGetValue(address, out var services))
                {
                    _byAddress.Add(address, services = []);
                }

                services.Add(service);
            }
        }
    }

    /// <summary>The services that have an address; several where their ports differ. Empty: it is no service's.</summary>
    public IReadOnlyList<Service> At(Address address) =>
        _byAddress.TryGetValue(address, out var services) ? services : [];

    /// <summary>The port among them that a connection is to, or null.</summary>
    public static (Service Service, ServicePort Port)? PortFor(IReadOnlyList<Service> services, Traffic traffic)
    {
        foreach (var service in services)
        {
            foreach (var port in service.Ports)
            {
                if ((byte)port.Protocol == traffic.Protocol && port.Port == traffic.Port)
                {
                    return (service, port);
                }
            }
        }

        return null;
    }

    /// <summary>Every backend of the family that a new connection can be given, in no order of preference.</summary>
    public ImmutableArray<Translation> Backends(Universe universe, Service service, ServicePort port, IpFamily family)
    {
        var candidates = service.Backends switch
        {
            BackendSource.Endpoints endpoints =>
                from endpoint in universe.Endpoints
                from address in endpoint.Addresses
                where _members.Contains(endpoints.Set, Party.Of(endpoint, address))
                select address,
            BackendSource.Literal literal => literal.Backends.Where(backend => backend.Weight > 0).Select(backend => backend.Address),
            _ => throw new UnreachableException(),
        };

        return
        [
            .. from address in candidates.Distinct()
               where address.Family == family
               from target in TargetPorts(port, universe.EndpointAt(address))
               select new Translation(service, port, address, target),
        ];
    }

    private static IEnumerable<ushort> TargetPorts(ServicePort port, Endpoint? backend) => port.Target switch
    {
        TargetPort.Number number => [number.Port],
        TargetPort.Named named => backend is null ? [] : backend.Ports
            .Where(candidate => candidate.Name == named.Name && candidate.Protocol == port.Protocol)
            .Select(candidate => candidate.Port).Distinct(),
        _ => throw new UnreachableException(),
    };
}
