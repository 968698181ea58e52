using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary><c>port_names</c>: which of the names that rules ask for an endpoint gives to a port.</summary>
internal sealed class PortNameTable(MapSet maps, ImmutableArray<string> names)
{
    internal void Write(uint endpoint, ImmutableArray<NamedPort> ports)
    {
        if (maps.Find("port_names") is not { } map)
        {
            return;
        }

        foreach (var group in ports.GroupBy(port => (port.Protocol, port.Port)))
        {
            var words = new ulong[map.ValueSize / sizeof(ulong)];
            foreach (var bit in group.Select(port => names.IndexOf(port.Name)).Where(bit => bit >= 0))
            {
                words[bit / 64] |= 1UL << (bit % 64);
            }

            if (words.Any(word => word != 0))
            {
                var key = Key(endpoint, group.Key.Protocol, group.Key.Port);
                map.Update(BpfMap.Bytes(ref key), MemoryMarshal.AsBytes<ulong>(words));
            }
        }
    }

    internal void Delete(uint endpoint, ImmutableArray<NamedPort> ports)
    {
        if (maps.Find("port_names") is not { } map)
        {
            return;
        }

        foreach (var port in ports)
        {
            var key = Key(endpoint, port.Protocol, port.Port);
            map.Delete(BpfMap.Bytes(ref key));
        }
    }

    internal void DeleteOthers(IReadOnlySet<uint> endpoints)
    {
        var map = maps.Find("port_names");
        foreach (var key in map?.Keys() ?? [])
        {
            if (!endpoints.Contains(MemoryMarshal.Read<PortNameKey>(key).Endpoint))
            {
                map?.Delete(key);
            }
        }
    }

    private static PortNameKey Key(uint endpoint, string protocol, int port) =>
        new() { Endpoint = endpoint, Port = (ushort)port, Protocol = Protocols.Number(protocol) };
}
