using System.Collections.Immutable;
using System.Globalization;
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
        lines.Add(new ServiceLineSyntax.Address(Spelled(service.Addresses)));
        foreach (var port in service.Ports)
        {
            lines.Add(new ServiceLineSyntax.Port(Name(port), port.Port, port.Protocol, Target(port)));
        }

        foreach (var port in service.Ports)
        {
            if (port.NodePort is { } number)
            {
                lines.Add(new ServiceLineSyntax.NodePort(NameOf(port), number));
            }
        }

        if (!service.BalancerAddresses.IsEmpty)
        {
            lines.Add(new ServiceLineSyntax.LoadBalancer(
                Spelled(service.BalancerAddresses), service.SourceRanges.IsEmpty ? null : new SetSyntax.Cidr(Spelled(service.SourceRanges), [])));
        }

        if (!service.ExternalAddresses.IsEmpty)
        {
            lines.Add(new ServiceLineSyntax.LoadBalancer(Spelled(service.ExternalAddresses), null));
        }

        lines.Add(new ServiceLineSyntax.BackendSet(groups.Write(Backends(service))));
        if (service.AffinitySeconds is { } seconds)
        {
            lines.Add(new ServiceLineSyntax.Affinity(Time(seconds)));
        }

        if (service.IsOutsideLocal)
        {
            lines.Add(new ServiceLineSyntax.TrafficPolicy("outside", "local"));
        }

        if (service.IsInsideLocal)
        {
            lines.Add(new ServiceLineSyntax.TrafficPolicy("inside", "local"));
        }

        if (!service.Preferences.IsEmpty)
        {
            lines.Add(new ServiceLineSyntax.Locality(Spelled(service.Preferences)));
        }

        return new ServiceSyntax(name, lines.ToImmutable())
        {
            Documentation = Origins.DocumentationOf(service.Metadata),
            HasBlankLineBefore = true,
        };
    }

    private static PodSet Backends(ServiceObject service) => PodSet.In(service.Metadata.Namespace, service.Selector);

    // A node's port names the service's.
    private static Spelled<string>? Name(ServicePortObject port) =>
        port.Name is not null || port.NodePort is not null ? (Spelled<string>)NameOf(port) : default(Spelled<string>?);

    private static string NameOf(ServicePortObject port) => port.Name ?? string.Create(CultureInfo.InvariantCulture, $"{port.Protocol}{port.Port}");

    private static ImmutableArray<Spelled<string>> Spelled(ImmutableArray<string> texts) => [.. texts.Select(text => (Spelled<string>)text)];

    private static QuantitySyntax Time(int seconds) => seconds switch
    {
        _ when seconds % 3600 == 0 => new QuantitySyntax(seconds / 3600, "h"),
        _ when seconds % 60 == 0 => new QuantitySyntax(seconds / 60, "m"),
        _ => new QuantitySyntax(seconds, "s"),
    };

    private static TargetPortSyntax? Target(ServicePortObject port) =>
        port.TargetName is { } name ? new TargetPortSyntax.Named(name)
        : port.TargetPort != port.Port ? new TargetPortSyntax.Number(port.TargetPort)
        : null;
}
