using System.Collections.Immutable;
using System.Net;
using System.Numerics;
using Netpol.Bundle;

namespace Netpol.Loader.Tables;

/// <summary>Where a service port may send a connection.</summary>
/// <param name="Weight">0: it keeps its connections and gets no new ones.</param>
internal readonly record struct Backend(IPAddress Address, int Port, int Weight = 1)
{
    /// <summary>The endpoint that it is, of this node or another; null: of none that is known.</summary>
    internal PlacedEndpoint? Endpoint { get; init; }

    /// <summary>By <see cref="DatapathClock"/>; null: it does not drain.</summary>
    internal uint? DrainingSince { get; init; }

    internal bool IsReady => Weight > 0 && DrainingSince is null;

    /// <summary>The backends written as addresses, of one family.</summary>
    internal static ImmutableArray<Backend> OfLiterals(ServiceEntry service, ServicePortEntry port, int addressLength) => port.TargetPort is not { } target
        ? []
        :
        [
            .. service.Backends.Select(backend => new Backend(IPAddress.Parse(backend.Address), target, backend.Weight))
                .Where(backend => backend.Address.GetAddressBytes().Length == addressLength),
        ];

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
        return target is { } number ? new Backend(address, number) { Endpoint = endpoint, DrainingSince = endpoint.Record.Spec.DrainingSince } : null;
    }

    /// <summary>
    /// Each as often as one is to draw it where all are drawn alike: a backend of weight w has w entries once the weights are divided by their
    /// common factor.
    /// </summary>
    internal static ImmutableArray<Backend> ByWeight(ImmutableArray<Backend> backends)
    {
        var factor = backends.Aggregate(BigInteger.Zero, (all, backend) => BigInteger.GreatestCommonDivisor(all, backend.Weight));
        return factor.IsZero ? [] : [.. backends.SelectMany(backend => Enumerable.Repeat(backend, backend.Weight / (int)factor))];
    }

    /// <summary>The same address and port; what else is known of it may be another.</summary>
    internal bool IsSame(Backend other) => Port == other.Port && Address.Equals(other.Address);
}
