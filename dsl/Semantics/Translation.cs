using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>What became of a connection to a service address: one backend that it can go to, and that backend's port.</summary>
public sealed record Translation(Service Service, ServicePort ServicePort, Address Backend, ushort BackendPort)
{
    public override string ToString() =>
        $"service {Service.Name} -> {Backend} {Traffic.To(ServicePort.Protocol, BackendPort)}";
}
