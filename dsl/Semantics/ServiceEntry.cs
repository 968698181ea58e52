using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>How a connection comes to a service.</summary>
/// <param name="Port">Null: the address is the service's, and it has no such port.</param>
/// <param name="IsOutside">By a node port or a load balancer's address, not by an address of the service's own.</param>
/// <param name="Node">The name of the node on which it enters; null: not known.</param>
/// <param name="Balancer">Whose address it is to, if it is a load balancer's.</param>
internal sealed record ServiceEntry(Service Service, ServicePort? Port, bool IsOutside, string? Node, LoadBalancer? Balancer)
{
    /// <summary>Which backends may be chosen.</summary>
    public TrafficScope Scope => IsOutside ? Service.Outside : Service.Inside;
}
