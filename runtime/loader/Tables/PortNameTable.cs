using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary>
/// <c>port_names</c> and <c>port_name_members</c>, for generated code: which of the names that rules ask for an endpoint gives to a port.
/// </summary>
internal sealed class PortNameTable(MapSet maps, ImmutableArray<string> names)
{
    private const string MembersMap = "port_name_members";

    internal void Write(uint endpoint, ImmutableArray<NamedPort> ports)
    {
        if (maps.Find("port_names") is not { } map)
        {
            return;
        }

        foreach (var group in ports.GroupBy(port => (port.Protocol, port.Port)))
        {
            var words = new ulong[maps[MembersMap].ValueSize / sizeof(ulong)];
            foreach (var bit in group.Select(port => names.IndexOf(port.Name)).Where(bit => bit >= 0))
            {
                words[bit / 64] |= 1UL << (bit % 64);
            }

            if (words.Any(word => word != 0))
            {
                var key = Key(endpoint, group.Key.Protocol, group.Key.Port);
                var nameClass = ClassOf(words);
                map.Update(BpfMap.Bytes(ref key), BpfMap.Bytes(ref nameClass));
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

    /// <summary>The id of the names, from 1; ids are given out in order, so the first free entry is the end. Few combinations exist.</summary>
    private uint ClassOf(ulong[] names)
    {
        var members = maps[MembersMap];
        var found = new ulong[names.Length];
        for (uint id = 1; id < members.MaxEntries; id++)
        {
            _ = members.TryLookup(BpfMap.Bytes(ref id), MemoryMarshal.AsBytes(found.AsSpan()));
            if (found.AsSpan().SequenceEqual(names))
            {
                return id;
            }

            if (!found.AsSpan().ContainsAnyExcept(0UL))
            {
                members.Update(BpfMap.Bytes(ref id), MemoryMarshal.AsBytes<ulong>(names));
                return id;
            }
        }

        throw new TablesFullException($"containers give names to ports in more than {members.MaxEntries} ways");
    }

    private static PortNameKey Key(uint endpoint, string protocol, int port) =>
        new() { Endpoint = endpoint, Port = (ushort)port, Protocol = Protocols.Number(protocol) };
}
