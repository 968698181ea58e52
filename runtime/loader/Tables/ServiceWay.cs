using System.Collections.Immutable;
using System.Net;
using Netpol.Bundle;

namespace Netpol.Loader.Tables;

/// <summary>A way to a port of a service: a key of <c>services4</c> or <c>services6</c>.</summary>
/// <param name="Sources">The set of those whom it is for, of <c>service_sources4</c> or <c>6</c>; 0: anybody.</param>
internal readonly record struct ServiceWay(byte[] Key, uint Sources)
{
    /// <summary>
    /// The ways to a port in a family, by the list of backends that they lead to. Clients of the cluster that come by an address for the outside are
    /// given any backend; where those from outside are not, they have keys of their own.
    /// </summary>
    internal static IEnumerable<(ServicePortEntry Port, bool IsLocal, ImmutableArray<ServiceWay> Ways)> Lists(
        ServiceEntry service, ServicePortEntry port, int addressLength, IReadOnlyDictionary<LoadBalancerEntry, uint> sources)
    {
        var protocol = Protocols.Number(port.Protocol);
        ServiceWay[] own = [.. Of(service.Addresses, addressLength).Select(address => new ServiceWay(BackendList.KeyOf(address, port.Port, protocol), 0))];
        List<(byte[] Address, int Port, uint Sources)> outer =
        [
            .. from balancer in service.LoadBalancers ?? []
               from address in Of(balancer.Addresses, addressLength)
               select (address, port.Port, sources.GetValueOrDefault(balancer)),
            .. (service.NodePorts ?? []).Where(nodePort => nodePort.Port == port.Id).Select(nodePort => (new byte[addressLength], nodePort.Number, 0u)),
        ];
        ServiceWay[] outerOfAll = [.. outer.Select(way => new ServiceWay(BackendList.KeyOf(way.Address, way.Port, protocol), way.Sources))];
        ServiceWay[] outerOfOutside = service.OutsideLocal
            ? [.. outer.Select(way => new ServiceWay(BackendList.KeyOf(way.Address, way.Port, protocol, isOutside: true), way.Sources))]
            : [];
        (bool IsLocal, ImmutableArray<ServiceWay> Ways)[] lists =
        [
            (false, [.. service.InsideLocal ? [] : own, .. outerOfAll]),
            (true, [.. service.InsideLocal ? own : [], .. outerOfOutside]),
        ];
        return lists.Where(list => !list.Ways.IsEmpty).Select(list => (port, list.IsLocal, list.Ways));
    }

    /// <summary>The sets of sources, by their numbers in the tables.</summary>
    internal static Dictionary<LoadBalancerEntry, uint> SourceSets(Manifest manifest) => manifest.Services
        .SelectMany(service => service.LoadBalancers ?? []).Where(balancer => balancer.Sources is not null)
        .Select((balancer, index) => (balancer, index))
        .ToDictionary(pair => pair.balancer, pair => (uint)pair.index + 1);

    private static IEnumerable<byte[]> Of(ImmutableArray<string> addresses, int addressLength) =>
        addresses.Select(address => IPAddress.Parse(address).GetAddressBytes()).Where(address => address.Length == addressLength);
}
