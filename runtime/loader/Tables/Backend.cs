using System.Collections.Immutable;
using System.Net;
using System.Numerics;
using Netpol.Bundle;

namespace Netpol.Loader.Tables;

/// <summary>Where a service port may send a connection.</summary>
internal readonly record struct Backend(IPAddress Address, int Port)
{
    /// <summary>
    /// The entries of a service port in one family for backends written as addresses: a backend of weight w has w of them once the
    /// weights are divided by their common factor; weight 0 takes no new connections.
    /// </summary>
    internal static ImmutableArray<Backend> OfLiterals(ServiceEntry service, ServicePortEntry port, int addressLength)
    {
        if (port.TargetPort is not { } target)
        {
            return [];
        }

        var weighted = service.Backends
            .Select(backend => (Address: IPAddress.Parse(backend.Address), backend.Weight))
            .Where(backend => backend.Weight > 0 && backend.Address.GetAddressBytes().Length == addressLength)
            .ToArray();
        var factor = weighted.Aggregate(BigInteger.Zero, (all, backend) => BigInteger.GreatestCommonDivisor(all, backend.Weight));
        return
        [
            .. weighted.SelectMany(backend =>
                Enumerable.Repeat(new Backend(backend.Address, target), backend.Weight / (int)factor)),
        ];
    }

    /// <summary>The entry of an endpoint, or null: it has no address of the family or does not name the target port.</summary>
    internal static Backend? OfEndpoint(Manifest manifest, ServiceEntry service, ServicePortEntry port, PlacedEndpoint endpoint, int addressLength)
    {
        if (service.BackendSet is not { } bit || endpoint.AddressOf(addressLength) is not { } address)
        {
            return null;
        }

        var members = endpoint.MembersOf(manifest, address);
        if (!Placement.IsIn(members, bit))
        {
            return null;
        }

        var target = port.TargetPort ?? endpoint.Record.Spec.Ports
            .Where(named => named.Name == port.TargetName && named.Protocol == port.Protocol)
            .Select(named => (int?)named.Port)
            .FirstOrDefault();
        return target is { } number ? new Backend(address, number) : null;
    }
}
