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

    /// <summary>
    /// Every backend of the family that a new connection can be given, in no order of preference. An endpoint is one
    /// backend, however many addresses it has: the first of the family counts, and the first port of the name asked for.
    /// </summary>
    public ImmutableArray<Translation> Backends(Universe universe, Service service, ServicePort port, IpFamily family)
    {
        var candidates = service.Backends switch
        {
            BackendSource.Endpoints endpoints =>
                from endpoint in universe.Endpoints
                from address in endpoint.Addresses.Where(address => address.Family == family).Take(1)
                where _members.Contains(endpoints.Set, Party.Of(endpoint, address))
                select (Address: address, Names: endpoint.Ports),
            BackendSource.Literal literal =>
                from backend in literal.Backends
                where backend.Weight > 0 && backend.Address.Family == family
                select (backend.Address, Names: ImmutableArray<NamedPort>.Empty),
            _ => throw new UnreachableException(),
        };

        return
        [
            .. from candidate in candidates
               from target in TargetOf(port, candidate.Names)
               select new Translation(service, port, candidate.Address, target),
        ];
    }

    /// <summary>The backend's port, or nothing where the backend does not name it.</summary>
    private static IEnumerable<ushort> TargetOf(ServicePort port, ImmutableArray<NamedPort> names) => port.Target switch
    {
        TargetPort.Number number => [number.Port],
        TargetPort.Named named => names
            .Where(candidate => candidate.Name == named.Name && candidate.Protocol == port.Protocol)
            .Select(candidate => candidate.Port).Take(1),
        _ => throw new UnreachableException(),
    };
}
