using System.Runtime.InteropServices;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;
using Netpol.Loader.Network;

namespace Netpol.Loader.Tables;

/// <summary><c>socket_namespaces</c>: whose sockets are led to backends, by the cookies of network namespaces.</summary>
internal sealed class SocketNamespaceTable(MapSet maps)
{
    private const string MapName = "socket_namespaces";

    /// <summary>Makes the table hold the node and exactly these.</summary>
    internal void WriteAll(IReadOnlyList<PlacedEndpoint> endpoints)
    {
        if (maps.Find(MapName) is not { } map)
        {
            return;
        }

        var node = NamespaceCookie.OfOwn();
        Write(map, node, default);
        foreach (var endpoint in endpoints)
        {
            Write(endpoint);
        }

        var kept = endpoints.Select(endpoint => endpoint.Record.SocketNamespace).Append(node).ToHashSet();
        foreach (var key in map.Keys().Where(key => !kept.Contains(MemoryMarshal.Read<ulong>(key))))
        {
            map.Delete(key);
        }
    }

    internal void Write(PlacedEndpoint endpoint)
    {
        if (endpoint.Record.SocketNamespace is not 0 and var cookie && maps.Find(MapName) is { } map)
        {
            SocketNamespace entry = new() { Endpoint = endpoint.Record.Id };
            _ = endpoint.AddressOf(4)?.TryWriteBytes(entry.Address4, out _);
            _ = endpoint.AddressOf(16)?.TryWriteBytes(entry.Address6, out _);
            Write(map, cookie, entry);
        }
    }

    /// <summary>An interface of the same container, which is an endpoint of its own, keeps what it wrote.</summary>
    internal void Delete(PlacedEndpoint endpoint)
    {
        SocketNamespace entry = default;
        if (endpoint.Record.SocketNamespace is not 0 and var cookie && maps.Find(MapName) is { } map &&
            map.TryLookup(BpfMap.Bytes(ref cookie), BpfMap.Bytes(ref entry)) && entry.Endpoint == endpoint.Record.Id)
        {
            map.Delete(BpfMap.Bytes(ref cookie));
        }
    }

    private static void Write(BpfMap map, ulong cookie, SocketNamespace entry) => map.Update(BpfMap.Bytes(ref cookie), BpfMap.Bytes(ref entry));
}
