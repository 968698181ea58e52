using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>Which service a connection is to, and which backends it can go to in a universe.</summary>
internal sealed class ServiceTable
{
    private readonly Members _members;
    private readonly Dictionary<Address, List<(Service Service, LoadBalancer? Balancer)>> _byAddress = [];
    private readonly List<(Service Service, NodePort Port)> _nodePorts;

    public ServiceTable(NetworkModel model, Members members)
    {
        _members = members;
        foreach (var service in model.Services)
        {
            foreach (var address in service.Addresses)
            {
                Add(address, service, null);
            }

            foreach (var balancer in service.LoadBalancers)
            {
                foreach (var address in balancer.Addresses)
                {
                    Add(address, service, balancer);
                }
            }
        }

        _nodePorts = [.. model.Services.SelectMany(service => service.NodePorts, (service, port) => (service, port))];
    }

    /// <summary>How a connection comes to a service; null: it does not.</summary>
    public ServiceEntry? EntryOf(Universe universe, Party source, Flow flow)
    {
        var own = source.Endpoint?.Node ?? source.Node;
        if (_byAddress.TryGetValue(flow.Destination, out var services))
        {
            var (service, balancer) = services.FirstOrDefault(candidate => PortOf(candidate.Service, flow.Traffic) is not null, services[0]);
            return new(service, PortOf(service, flow.Traffic), balancer is not null, own is null, own ?? flow.EntersOn, balancer);
        }

        var isNode = universe.NodeAt(flow.Destination) is not null
            || (universe.EndpointAt(flow.Destination) is null && _members.Kinds.Of(flow.Destination) == AddressKind.Node);
        var found = _nodePorts.FirstOrDefault(candidate => isNode
            && candidate.Port.Number == flow.Traffic.Port && (byte)candidate.Port.Port.Protocol == flow.Traffic.Protocol);
        return found.Service is null
            ? null
            : new(found.Service, found.Port.Port, true, own is null, own ?? universe.NodeAt(flow.Destination)?.Name, null);
    }

    private void Add(Address address, Service service, LoadBalancer? balancer)
    {
        if (!_byAddress.TryGetValue(address, out var services))
        {
            _byAddress.Add(address, services = []);
        }

        services.Add((service, balancer));
    }

    private static ServicePort? PortOf(Service service, Traffic traffic) =>
        service.Ports.FirstOrDefault(port => (byte)port.Protocol == traffic.Protocol && port.Port == traffic.Port);

    /// <summary>
    /// Every backend of the family that a new connection can be given, in no order of preference. An endpoint is one
    /// backend, however many addresses it has: the first of the family counts, and the first port of the name asked for.
    /// </summary>
    public ImmutableArray<Translation> Backends(Universe universe, ServiceEntry entry, ServicePort port, IpFamily family)
    {
        var service = entry.Service;
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

        return Near(universe, service, entry.Node,
        [
            .. from candidate in candidates
               where entry.Scope == TrafficScope.Cluster || entry.Node is null || universe.EndpointAt(candidate.Address)?.Node == entry.Node
               from target in TargetOf(port, candidate.Names)
               select new Translation(service, port, candidate.Address, target),
        ]);
    }

    /// <summary>Of the first locality in which there is one, those; else all.</summary>
    private static ImmutableArray<Translation> Near(Universe universe, Service service, string? here, ImmutableArray<Translation> all)
    {
        foreach (var locality in service.Locality)
        {
            ImmutableArray<Translation> near = here is null ? [] :
                [.. all.Where(backend => universe.EndpointAt(backend.Backend) is { } endpoint && IsNear(universe, locality, here, endpoint.Node))];
            if (!near.IsEmpty)
            {
                return near;
            }
        }

        return all;
    }

    private static bool IsNear(Universe universe, Locality locality, string one, string other) => locality switch
    {
        Locality.Node => one == other,
        Locality.Zone => universe.ZoneOf(one) is { } zone && zone == universe.ZoneOf(other),
        _ => throw new UnreachableException(),
    };

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
