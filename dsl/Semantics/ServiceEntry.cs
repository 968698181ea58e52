using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>How a connection comes to a service.</summary>
/// <param name="Port">Null: the address is the service's, and it has no such port.</param>
/// <param name="IsOutside">By a node port or a load balancer's address, not by an address of the service's own.</param>
/// <param name="IsFromOutside">Neither an endpoint nor a node begins it.</param>
/// <param name="Node">The name of the node on which it enters, its own where an endpoint or a node begins it; null: not known.</param>
/// <param name="Balancer">Whose address it is to, if it is a load balancer's.</param>
internal sealed record ServiceEntry(Service Service, ServicePort? Port, bool IsOutside, bool IsFromOutside, string? Node, LoadBalancer? Balancer)
{
    /// <summary>Which backends may be chosen: a client of the cluster that comes by an address for the outside is given any.</summary>
    public TrafficScope Scope => !IsOutside ? Service.Inside : IsFromOutside ? Service.Outside : TrafficScope.Cluster;
}
