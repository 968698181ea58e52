using System.Net;
using System.Net.Sockets;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary><c>addresses4</c> and <c>addresses6</c>: who has an address, and its class. A family left out has no table.</summary>
internal sealed class AddressTable(MapSet maps)
{
    internal void Write(IPAddress address, AddressEntry entry) => MapOf(address)?.Update(address.GetAddressBytes(), BpfMap.Bytes(ref entry));

    /// <summary>The bundle judges this family at all.</summary>
    internal bool Has(IPAddress address) => MapOf(address) is not null;

    internal AddressEntry? Find(IPAddress address)
    {
        AddressEntry entry = default;
        return MapOf(address) is { } map && map.TryLookup(address.GetAddressBytes(), BpfMap.Bytes(ref entry)) ? entry : null;
    }

    internal void Delete(IPAddress address) => MapOf(address)?.Delete(address.GetAddressBytes());

    internal void DeleteOthers(IReadOnlySet<IPAddress> kept)
    {
        foreach (var map in new[] { maps.Find("addresses4"), maps.Find("addresses6") })
        {
            foreach (var key in map?.Keys() ?? [])
            {
                if (!kept.Contains(new IPAddress(key)))
                {
                    map?.Delete(key);
                }
            }
        }
    }

    private BpfMap? MapOf(IPAddress address) =>
        maps.Find(address.AddressFamily == AddressFamily.InterNetwork ? "addresses4" : "addresses6");
}
