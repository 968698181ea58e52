using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Syntax;

namespace Netpol.Kubernetes.Writing;

/// <summary>A Service to a service whose backends are the pods it selects.</summary>
internal sealed class ServiceWriter(GroupTable groups)
{
    public void Use(ServiceObject service) => groups.Use(Backends(service));

    public ServiceSyntax Write(ServiceObject service, string name)
    {
        var lines = ImmutableArray.CreateBuilder<ServiceLineSyntax>();
        lines.Add(new ServiceLineSyntax.Address([.. service.Addresses.Select(address => (Spelled<string>)address)]));
        foreach (var port in service.Ports)
        {
            lines.Add(new ServiceLineSyntax.Port(Name(port), port.Port, port.Protocol, Target(port)));
        }

        lines.Add(new ServiceLineSyntax.BackendSet(groups.Write(Backends(service))));
        return new ServiceSyntax(name, lines.ToImmutable())
        {
            Documentation = Origins.DocumentationOf(service.Metadata),
            HasBlankLineBefore = true,
        };
    }

    private static PodSet Backends(ServiceObject service) => PodSet.In(service.Metadata.Namespace, service.Selector);

    private static Spelled<string>? Name(ServicePortObject port) => port.Name is { } name ? (Spelled<string>)name : default(Spelled<string>?);

    private static TargetPortSyntax? Target(ServicePortObject port) =>
        port.TargetName is { } name ? new TargetPortSyntax.Named(name)
        : port.TargetPort != port.Port ? new TargetPortSyntax.Number(port.TargetPort)
        : null;
}
