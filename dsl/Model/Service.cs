using System.Collections.Immutable;

namespace Netpol.Model;

/// <summary>A virtual address whose connections go to one of its backends.</summary>
public sealed record Service(
    string Name,
    ImmutableArray<Address> Addresses,
    ImmutableArray<ServicePort> Ports,
    BackendSource Backends,
    Origin Origin,
    string? Documentation);

/// <summary><c>port http 80/tcp -> 8080</c>. The name is null where none was written.</summary>
public sealed record ServicePort(string? Name, Protocol Protocol, ushort Port, TargetPort Target, Origin Origin);

/// <summary>The backend's port: a number, or the port that the backend calls by a name.</summary>
public abstract record TargetPort
{
    private TargetPort()
    {
    }

    public sealed record Number(ushort Port) : TargetPort;

    /// <summary>An endpoint without this name for the service port's protocol is no backend.</summary>
    public sealed record Named(string Name) : TargetPort;
}

/// <summary>Where a service's backends come from.</summary>
public abstract record BackendSource
{
    private BackendSource()
    {
    }

    /// <summary>The endpoints of a set, each with weight 1, from attach to detach.</summary>
    public sealed record Endpoints(AddressSet Set) : BackendSource;

    public sealed record Literal(ImmutableArray<LiteralBackend> Backends) : BackendSource;
}

/// <param name="Weight">0 to 65535, relative to the others; 0: no new connections.</param>
public sealed record LiteralBackend(Address Address, int Weight);
