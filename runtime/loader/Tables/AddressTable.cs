using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary><c>addresses4</c> and <c>addresses6</c>: who has an address, and the sets it is in. A family left out has no table.</summary>
internal sealed class AddressTable(MapSet maps)
{
    internal void Write(IPAddress address, AddressHead head, ReadOnlySpan<ulong> members)
    {
        if (MapOf(address) is not { } map)
        {
            return;
        }

        var value = new byte[map.ValueSize];
        MemoryMarshal.Write(value, head);
        MemoryMarshal.AsBytes(members).CopyTo(value.AsSpan(BpfMap.Bytes(ref head).Length));
        map.Update(address.GetAddressBytes(), value);
    }

    /// <summary>The bundle judges this family at all.</summary>
    internal bool Has(IPAddress address) => MapOf(address) is not null;

    internal AddressHead? Find(IPAddress address)
    {
        if (MapOf(address) is not { } map)
        {
            return null;
        }

        var value = new byte[map.ValueSize];
        return map.TryLookup(address.GetAddressBytes(), value) ? MemoryMarshal.Read<AddressHead>(value) : null;
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
