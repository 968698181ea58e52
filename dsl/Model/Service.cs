using System.Collections.Immutable;

namespace Netpol.Model;

/// <summary>A virtual address whose connections go to one of its backends.</summary>
public sealed record Service(
    string Name,
    ImmutableArray<Address> Addresses,
    ImmutableArray<ServicePort> Ports,
    BackendSource Backends,
    Origin Origin,
    string? Documentation)
{
    public ImmutableArray<NodePort> NodePorts { get; init; } = [];

    public ImmutableArray<LoadBalancer> LoadBalancers { get; init; } = [];

    public BalanceAlgorithm Balance { get; init; } = BalanceAlgorithm.Random;

    /// <summary><c>affinity client-ip 3h</c>: how long after its last new connection a client stays on its backend; null: no time.</summary>
    public TimeSpan? Affinity { get; init; }

    /// <summary>Which backends connections from outside of the cluster go to, that come by node ports and load balancers' addresses; those of its own clients go to any.</summary>
    public TrafficScope Outside { get; init; } = TrafficScope.Cluster;

    /// <summary>Which backends connections to the service's own addresses go to.</summary>
    public TrafficScope Inside { get; init; } = TrafficScope.Cluster;

    /// <summary>Backends that are nearer in the first of these are preferred, then in the next; empty: all are alike.</summary>
    public ImmutableArray<Locality> Locality { get; init; } = [];

    /// <summary><c>drain 30s</c>: how long a backend that goes keeps its connections; null: they end with it.</summary>
    public TimeSpan? Drain { get; init; }

    /// <summary>It may be reached in the family: by an address, or by a node's.</summary>
    public bool HasWay(IpFamily family) => !NodePorts.IsEmpty || AllAddresses.Any(address => address.Family == family);

    /// <summary>
    /// For how many lists of backends a port of it has room: clients of the cluster are given all where those from outside, or those by the
    /// service's own addresses, are given the node's alone.
    /// </summary>
    public int Lists => (!NodePorts.IsEmpty || !LoadBalancers.IsEmpty) && (Outside == TrafficScope.Local || Inside == TrafficScope.Local) ? 2 : 1;

    /// <summary>Every address by which it is reached, but for those of nodes.</summary>
    public IEnumerable<Address> AllAddresses => Addresses.Concat(LoadBalancers.SelectMany(balancer => balancer.Addresses));
}

/// <summary><c>nodeport http 30080</c>: every node's addresses answer on this port as the service's own does.</summary>
/// <param name="Port">One of the service's.</param>
public sealed record NodePort(ServicePort Port, ushort Number, Origin Origin);

/// <summary><c>loadbalancer 203.0.113.7 from cidr 198.51.100.0/24</c></summary>
/// <param name="From">Who may connect to these addresses; null: anybody.</param>
public sealed record LoadBalancer(ImmutableArray<Address> Addresses, AddressSet? From, Origin Origin);

/// <summary>How a backend is chosen; every choice is one of the ready backends.</summary>
public enum BalanceAlgorithm
{
    /// <summary>By weight.</summary>
    Random,
    Maglev,

    /// <summary>Of two random ones the one with fewer.</summary>
    LeastConnections,
}

public enum TrafficScope
{
    Cluster,

    /// <summary>Backends of the node on which the connection enters.</summary>
    Local,
}

/// <summary>What may bring a backend near.</summary>
public enum Locality
{
    Node,
    Zone,
}

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
