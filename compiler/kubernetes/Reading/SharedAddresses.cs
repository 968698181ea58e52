using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Reading;

/// <summary>Kubernetes lets several services have one external address, by ports of their own; here an address is one service's. The first keeps it.</summary>
internal static class SharedAddresses
{
    public static (KubernetesObjects Objects, ImmutableArray<Diagnostic> Diagnostics) Split(KubernetesObjects objects)
    {
        var diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
        var owners = new Dictionary<string, ServiceObject>(StringComparer.Ordinal);
        foreach (var service in objects.Services)
        {
            foreach (var address in service.Addresses)
            {
                owners.TryAdd(address, service);
            }
        }

        return (
            objects with
            {
                Services =
                [
                    .. objects.Services.Select(service => service with
                    {
                        BalancerAddresses = Own(service, service.BalancerAddresses),
                        ExternalAddresses = Own(service, service.ExternalAddresses),
                    }),
                ],
            },
            diagnostics.ToImmutable());

        ImmutableArray<string> Own(ServiceObject service, ImmutableArray<string> addresses)
        {
            var own = ImmutableArray.CreateBuilder<string>();
            foreach (var address in addresses)
            {
                if (owners.TryAdd(address, service))
                {
                    own.Add(address);
                }
                else
                {
                    diagnostics.Add(ImportDiagnostics.ServiceFeature.At(
                        service.Metadata.Source, service.Metadata.Span, address, service.Metadata.FullName,
                        $"it is an address of service `{owners[address].Metadata.FullName}`, too"));
                }
            }

            return own.ToImmutable();
        }
    }
}
