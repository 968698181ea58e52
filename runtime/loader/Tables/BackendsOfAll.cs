using System.Collections.Immutable;
using System.Net;
using Netpol.Bundle;
using Netpol.Loader.Classes;

namespace Netpol.Loader.Tables;

/// <summary>The backends of every list, for many lists at once: who is in which set of backends is asked once for each endpoint.</summary>
internal sealed class BackendsOfAll
{
    private readonly Manifest _manifest;
    private readonly Dictionary<(int Bit, int AddressLength), List<PlacedEndpoint>> _bySet = [];
    private readonly Dictionary<IPAddress, PlacedEndpoint> _byAddress = [];

    internal BackendsOfAll(Manifest manifest, IReadOnlyList<PlacedEndpoint> endpoints)
    {
        _manifest = manifest;
        HashSet<int> bits = [.. manifest.Services.Select(service => service.BackendSet).OfType<int>()];
        foreach (var endpoint in endpoints)
        {
            foreach (var length in new[] { 4, 16 })
            {
                if (endpoint.AddressOf(length) is { } address)
                {
                    foreach (var bit in ClassTable.BitsOf(endpoint.MembersOf(manifest, address)).Where(bits.Contains))
                    {
                        Add(bit, length, endpoint);
                    }
                }
            }

            foreach (var address in endpoint.Addresses)
            {
                _byAddress[address] = endpoint;
            }
        }
    }

    /// <summary>
    /// So many that the tables of one family need room for: twice the endpoints that there are now, as containers come; of addresses that are written
    /// there are as many as it says, of either family.
    /// </summary>
    internal int Room(int addressLength) => _manifest.Services.Sum(service =>
        service.Ports.Length * ListsOf(service) * (service.BackendSet is { } bit ? 2 * Of(bit, addressLength).Count : service.Backends.Length));

    private static int ListsOf(ServiceEntry service) =>
        (service.InsideLocal || service.OutsideLocal) && (service.NodePorts is not null || service.LoadBalancers is not null) ? 2 : 1;

    internal ImmutableArray<Backend> Of(BackendList list) => list.Service.BackendSet is not { } bit
        ? [.. Backend.OfLiterals(list.Service, list.Port, list.AddressLength).Select(backend =>
            backend with { Endpoint = _byAddress.GetValueOrDefault(backend.Address) })]
        : [.. Of(bit, list.AddressLength)
            .Select(endpoint => Backend.OfEndpoint(_manifest, list.Service, list.Port, endpoint, list.AddressLength)).OfType<Backend>()];

    private List<PlacedEndpoint> Of(int bit, int addressLength) => _bySet.GetValueOrDefault((bit, addressLength)) ?? [];

    private void Add(int bit, int addressLength, PlacedEndpoint endpoint)
    {
        if (!_bySet.TryGetValue((bit, addressLength), out var endpoints))
        {
            _bySet.Add((bit, addressLength), endpoints = []);
        }

        endpoints.Add(endpoint);
    }
}
