using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary>
/// <c>services4/6</c>, <c>backends4/6</c>, <c>service_backends4/6</c> and <c>maglev</c>. A backend's entries are written before the count or a
/// position takes it in, and these leave it out before they go, so that a program never draws an index without an entry.
/// </summary>
/// <param name="zone">Of this node; null: none.</param>
internal sealed class ServiceTable(MapSet maps, Manifest manifest, string? zone)
{
    private const string MaglevMap = "maglev";

    private static readonly int[] AddressLengths = [4, 16];

    private readonly Lazy<ImmutableArray<BackendList>> _lists = new(() => BackendList.Of(manifest));

    internal IEnumerable<BackendList> ListsOf(int addressLength) => _lists.Value.Where(list => list.AddressLength == addressLength);

    /// <summary>Makes the tables hold exactly these backends; on tables in use, too.</summary>
    internal void WriteAll(IReadOnlyList<PlacedEndpoint> endpoints)
    {
        BackendsOfAll known = new(manifest, endpoints);
        var all = _lists.Value.Select(list => new Filled(list, known.Of(list), zone)).ToArray();
        foreach (var length in AddressLengths)
        {
            Filled[] ofFamily = [.. all.Where(each => each.List.AddressLength == length)];
            if (maps.Find(MapName("backends", length)) is { } map)
            {
                WriteStates(length, ofFamily);
                WriteEntries(map, length, ofFamily);
                DeleteOtherStates(length, ofFamily);
            }
        }
    }

    private void WriteStates(int length, Filled[] all)
    {
        using MemoryStream keys = new(), values = new();
        var count = 0;
        foreach (var each in all)
        {
            foreach (var backend in each.All)
            {
                keys.Write(each.List.StateKey(backend));
                values.Write(each.List.State(backend, each.IsEntry(backend)));
                count++;
            }
        }

        maps[MapName("service_backends", length)].UpdateMany(keys.ToArray(), values.ToArray(), count);
    }

    private void WriteEntries(BpfMap map, int length, Filled[] all)
    {
        using MemoryStream keys = new(), values = new();
        HashSet<(uint Port, uint Index)> kept = [];
        foreach (var (list, entries) in all.Select(each => (each.List, each.Entries)))
        {
            for (var index = 0; index < entries.Length; index++)
            {
                keys.Write(list.EntryKey(index));
                values.Write(ValueOf(entries[index]));
                kept.Add((list.Id, (uint)index));
            }
        }

        map.UpdateMany(keys.ToArray(), values.ToArray(), kept.Count);
        FillPositions(all);
        WriteCounts(length, all);
        foreach (var key in OtherKeys(map, kept.Count))
        {
            var entry = MemoryMarshal.Read<BackendKey>(key);
            if (!kept.Contains((entry.Port, entry.Index)))
            {
                map.Delete(key);
            }
        }
    }

    /// <summary>None, where the map has no more than was written.</summary>
    private static byte[][] OtherKeys(BpfMap map, int written)
    {
        var (keys, _) = map.ReadAll();
        return keys.Length == written * map.KeySize ? [] : keys.Chunk(map.KeySize).ToArray();
    }

    private void FillPositions(Filled[] all)
    {
        Filled[] withTables = [.. all.Where(each => each.List.Positions > 0)];
        if (withTables.Length == 0)
        {
            return;
        }

        var map = maps[MaglevMap];
        using MappedValues lines = new(map, 0, map.MaxEntries * map.ValueSize);
        foreach (var each in withTables)
        {
            FillPositions(each.List, each.Entries.AsSpan(), lines.Bytes[each.List.FirstByte..]);
        }
    }

    private void WriteCounts(int length, Filled[] all)
    {
        using MemoryStream keys = new(), values = new();
        var count = 0;
        foreach (var each in all)
        {
            foreach (var way in each.List.Keys)
            {
                var value = each.List.Value(each.Entries.Length, way.Sources);
                keys.Write(way.Key);
                values.Write(BpfMap.Bytes(ref value));
                count++;
            }
        }

        maps[MapName("services", length)].UpdateMany(keys.ToArray(), values.ToArray(), count);
    }

    /// <summary>But for those that drain still.</summary>
    private void DeleteOtherStates(int length, Filled[] all)
    {
        var map = maps[MapName("service_backends", length)];
        var others = OtherKeys(map, all.Sum(each => each.All.Length));
        if (others.Length == 0)
        {
            return;
        }

        var kept = all.SelectMany(each => each.All.Select(backend => Convert.ToHexString(each.List.StateKey(backend)))).ToHashSet(StringComparer.Ordinal);
        foreach (var key in others.Where(key => !kept.Contains(Convert.ToHexString(key))))
        {
            ServiceBackend state = default;
            if (!map.TryLookup(key, BpfMap.Bytes(ref state)) || !state.Flags.HasFlag(BackendFlags.Draining) || DatapathClock.IsPast(state.Until))
            {
                map.Delete(key);
            }
        }
    }

    /// <summary>The services' addresses alone, so that what is no port of theirs is rejected.</summary>
    internal void WriteAddresses()
    {
        var sources = ServiceWay.SourceSets(manifest);
        foreach (var length in AddressLengths)
        {
            using MemoryStream keys = new(), values = new();
            var count = 0;
            foreach (var service in manifest.Services)
            {
                foreach (var (address, ofAddress) in AddressesOf(service, sources).Where(pair => pair.Address.Length == length))
                {
                    Service value = new() { Id = (uint)service.Id, Sources = ofAddress };
                    keys.Write(BackendList.KeyOf(address, 0, 0));
                    values.Write(BpfMap.Bytes(ref value));
                    count++;
                }
            }

            maps.Find(MapName("services", length))?.UpdateMany(keys.ToArray(), values.ToArray(), count);
        }
    }

    private static IEnumerable<(byte[] Address, uint Sources)> AddressesOf(ServiceEntry service, IReadOnlyDictionary<LoadBalancerEntry, uint> sources) =>
        service.Addresses.Select(address => (address, 0u))
            .Concat(from balancer in service.LoadBalancers ?? [] from address in balancer.Addresses select (address, sources.GetValueOrDefault(balancer)))
            .Select(pair => (IPAddress.Parse(pair.address).GetAddressBytes(), pair.Item2));

    /// <summary>Where the endpoint is sent datagrams to by services.</summary>
    internal HashSet<IPEndPoint> DatagramBackends(PlacedEndpoint endpoint) =>
    [
        .. _lists.Value.Where(list => list.Port.Protocol == "udp")
            .Select(list => Backend.OfEndpoint(manifest, list.Service, list.Port, endpoint, list.AddressLength)).OfType<Backend>()
            .Select(backend => new IPEndPoint(backend.Address, backend.Port)),
    ];

    /// <summary>What is a backend before and after stays where it is: its connections do not care.</summary>
    /// <param name="all">Every endpoint that is known, as it is now; only asked where a backend's place depends on the others.</param>
    internal void Replace(PlacedEndpoint? former, PlacedEndpoint? next, Func<IReadOnlyList<PlacedEndpoint>> all)
    {
        BackendsOfAll? known = null;
        foreach (var list in manifest.Services.IsEmpty ? [] : _lists.Value)
        {
            if (maps.Find(MapName("backends", list.AddressLength)) is not { } map)
            {
                continue;
            }

            var before = former is null ? null : Backend.OfEndpoint(manifest, list.Service, list.Port, former, list.AddressLength);
            var after = next is null ? null : Backend.OfEndpoint(manifest, list.Service, list.Port, next, list.AddressLength);
            if (list.IsByPlace)
            {
                if (before is not null || after is not null || IsLiteral(list, former) || IsLiteral(list, next))
                {
                    Rewrite(map, list, (known ??= new(manifest, all())).Of(list));
                    Leave(list, before, after, next);
                }
            }
            else
            {
                Replace(map, list, before, after);
                Leave(list, before, after, next);
            }
        }
    }

    private void Replace(BpfMap map, BackendList list, Backend? before, Backend? after)
    {
        var (was, isNow) = (before is { IsReady: true }, after is { IsReady: true });
        var isKept = was && isNow && before.GetValueOrDefault().IsSame(after.GetValueOrDefault());
        if (after is { } next && (before is not { } same || !same.IsSame(next) || same.DrainingSince != next.DrainingSince))
        {
            Put(maps[MapName("service_backends", list.AddressLength)], list.StateKey(next), list.State(next, isNow));
        }

        if (isNow && !isKept)
        {
            Add(map, list, after.GetValueOrDefault());
        }

        if (was && !isKept)
        {
            Remove(map, list, before.GetValueOrDefault());
        }
    }

    /// <summary>Connections to what is no backend any more end, or have until then; where an endpoint has gone, there is nothing to keep.</summary>
    private void Leave(BackendList list, Backend? before, Backend? after, PlacedEndpoint? next)
    {
        if (before is not { } gone || (after is { } same && same.Address.Equals(gone.Address)))
        {
            return;
        }

        var map = maps[MapName("service_backends", list.AddressLength)];
        if (list.Service.Drain is { } seconds && next?.Addresses.Contains(gone.Address) == true)
        {
            ServiceBackend state = new()
            {
                Until = DatapathClock.Now + DatapathClock.Units(seconds),
                Port = BinaryPrimitives.ReverseEndianness((ushort)gone.Port),
                Flags = BackendFlags.Draining,
            };
            Put(map, list.StateKey(gone), BpfMap.Bytes(ref state));
        }
        else
        {
            map.Delete(list.StateKey(gone));
        }
    }

    private void Rewrite(BpfMap map, BackendList list, ImmutableArray<Backend> backends)
    {
        Filled filled = new(list, backends, zone);
        foreach (var backend in filled.All)
        {
            Put(maps[MapName("service_backends", list.AddressLength)], list.StateKey(backend), list.State(backend, filled.IsEntry(backend)));
        }

        var count = ReadCount(list);
        for (var index = 0; index < filled.Entries.Length; index++)
        {
            Put(map, list.EntryKey(index), ValueOf(filled.Entries[index]));
        }

        Publish(list, filled.Entries.AsSpan());
        for (var index = filled.Entries.Length; index < count; index++)
        {
            map.Delete(list.EntryKey(index));
        }
    }

    private void Add(BpfMap map, BackendList list, Backend backend)
    {
        var count = ReadCount(list);
        Put(map, list.EntryKey(count), ValueOf(backend));
        Publish(list, ReadEntries(map, list, count + 1));
    }

    /// <summary>The last entry moves into the hole.</summary>
    private void Remove(BpfMap map, BackendList list, Backend backend)
    {
        var entries = ReadEntries(map, list, ReadCount(list));
        var index = Array.FindIndex(entries, backend.IsSame);
        if (index < 0)
        {
            return;
        }

        map.Update(list.EntryKey(index), ValueOf(entries[^1]));
        entries[index] = entries[^1];
        Publish(list, entries.AsSpan(..^1));
        map.Delete(list.EntryKey(entries.Length - 1));
    }

    /// <summary>Puts entries in charge that are there.</summary>
    private void Publish(BackendList list, ReadOnlySpan<Backend> entries)
    {
        if (list.Positions > 0)
        {
            using MappedValues lines = new(maps[MaglevMap], list.FirstByte, list.ByteLength);
            FillPositions(list, entries, lines.Bytes);
        }

        foreach (var way in list.Keys)
        {
            var value = list.Value(entries.Length, way.Sources);
            maps[MapName("services", list.AddressLength)].Update(way.Key, BpfMap.Bytes(ref value));
        }
    }

    /// <summary>Each position is written once and at once, and only where it is another: whoever reads meanwhile finds a backend of before or of now.</summary>
    private static void FillPositions(BackendList list, ReadOnlySpan<Backend> backends, Span<byte> lines)
    {
        var present = MemoryMarshal.Cast<byte, ushort>(lines)[..list.Positions];
        var table = new ushort[list.Positions];
        MaglevTable.Fill(backends, table);
        for (var position = 0; position < table.Length; position++)
        {
            if (present[position] != table[position])
            {
                Volatile.Write(ref present[position], table[position]);
            }
        }
    }

    private static Backend[] ReadEntries(BpfMap map, BackendList list, int count)
    {
        var value = new byte[map.ValueSize];
        var backends = new Backend[count];
        for (var index = 0; index < count; index++)
        {
            _ = map.TryLookup(list.EntryKey(index), value);
            backends[index] = new Backend(
                new IPAddress(value.AsSpan(0, list.AddressLength)), BinaryPrimitives.ReadUInt16BigEndian(value.AsSpan(list.AddressLength)));
        }

        return backends;
    }

    private static bool IsLiteral(BackendList list, PlacedEndpoint? endpoint) =>
        endpoint is not null && list.Service.Backends.Any(backend => endpoint.Record.Spec.Addresses.Contains(backend.Address));

    /// <summary>Every key of a list leads to the same count.</summary>
    private int ReadCount(BackendList list)
    {
        Service value = default;
        return maps[MapName("services", list.AddressLength)].TryLookup(list.Keys[0].Key, BpfMap.Bytes(ref value)) ? (int)value.Backends : 0;
    }

    internal static void Put(BpfMap map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        try
        {
            map.Update(key, value);
        }
        catch (KernelException e) when (e.IsNoRoom)
        {
            throw new TablesFullException($"the services of this node have more than {map.MaxEntries} backends");
        }
    }

    internal static string MapName(string name, int addressLength) => name + (addressLength == 4 ? "4" : "6");

    /// <summary><c>struct backend4</c>, <c>struct backend6</c>: address, port in network order, two zeros.</summary>
    private static byte[] ValueOf(Backend backend)
    {
        byte[] value = [.. backend.Address.GetAddressBytes(), 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(value.Length - sizeof(int)), (ushort)backend.Port);
        return value;
    }

    /// <summary>A list with all its backends, and those of them that get new connections.</summary>
    private sealed class Filled(BackendList list, ImmutableArray<Backend> all, string? zone)
    {
        private HashSet<IPAddress>? _chosen;

        internal BackendList List => list;

        internal ImmutableArray<Backend> All => all;

        internal ImmutableArray<Backend> Entries { get; } = list.Entries(all, zone);

        /// <summary>An address is one backend of a port at most.</summary>
        internal bool IsEntry(Backend backend) => (_chosen ??= [.. Entries.Select(entry => entry.Address)]).Contains(backend.Address);
    }
}
