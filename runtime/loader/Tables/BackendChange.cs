using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary>One endpoint comes, changes or goes: what that changes in the tables of backends, while programs read them.</summary>
/// <param name="zone">Of this node; null: none.</param>
internal sealed class BackendChange(MapSet maps, Manifest manifest, string? zone, BackendLists lists)
{
    /// <summary>What is a backend before and after stays where it is: its connections do not care.</summary>
    /// <param name="all">Every endpoint that is known, as it is now; only asked where a backend's place depends on the others.</param>
    internal void Replace(PlacedEndpoint? former, PlacedEndpoint? next, Func<IReadOnlyList<PlacedEndpoint>> all)
    {
        BackendsOfAll? known = null;
        foreach (var list in new[] { former, next }.OfType<PlacedEndpoint>().SelectMany(lists.Of).Distinct(ReferenceEqualityComparer.Instance).Cast<BackendList>())
        {
            if (maps.Find(BackendTables.MapName("backends", list.AddressLength)) is not { } map)
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
            BackendTables.Put(maps[BackendTables.MapName("service_backends", list.AddressLength)], list.StateKey(next), list.State(next, isNow));
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

        var map = maps[BackendTables.MapName("service_backends", list.AddressLength)];
        if (list.Service.Drain is { } seconds && next?.Addresses.Contains(gone.Address) == true)
        {
            ServiceBackend state = new()
            {
                Until = DatapathClock.Now + DatapathClock.Units(seconds),
                Port = BinaryPrimitives.ReverseEndianness((ushort)gone.Port),
                Flags = BackendFlags.Draining,
            };
            BackendTables.Put(map, list.StateKey(gone), BpfMap.Bytes(ref state));
        }
        else
        {
            map.Delete(list.StateKey(gone));
        }
    }

    private void Rewrite(BpfMap map, BackendList list, ImmutableArray<Backend> backends)
    {
        FilledList filled = new(list, backends, zone);
        foreach (var backend in filled.All)
        {
            BackendTables.Put(maps[BackendTables.MapName("service_backends", list.AddressLength)], list.StateKey(backend), list.State(backend, filled.IsEntry(backend)));
        }

        var count = ReadCount(list);
        for (var index = 0; index < filled.Entries.Length; index++)
        {
            BackendTables.Put(map, list.EntryKey(index), BackendTables.ValueOf(filled.Entries[index]));
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
        BackendTables.Put(map, list.EntryKey(count), BackendTables.ValueOf(backend));
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

        map.Update(list.EntryKey(index), BackendTables.ValueOf(entries[^1]));
        entries[index] = entries[^1];
        Publish(list, entries.AsSpan(..^1));
        map.Delete(list.EntryKey(entries.Length - 1));
    }

    /// <summary>Puts entries in charge that are there.</summary>
    private void Publish(BackendList list, ReadOnlySpan<Backend> entries)
    {
        if (list.Positions > 0)
        {
            using MappedValues lines = new(maps[BackendTables.Maglev], list.FirstByte, list.ByteLength);
            BackendTables.WritePositions(BackendTables.PositionsOf(list, entries), lines.Bytes);
        }

        foreach (var way in list.Keys)
        {
            var value = list.Value(entries.Length, way.Sources);
            maps[BackendTables.MapName("services", list.AddressLength)].Update(way.Key, BpfMap.Bytes(ref value));
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
        return maps[BackendTables.MapName("services", list.AddressLength)].TryLookup(list.Keys[0].Key, BpfMap.Bytes(ref value)) ? (int)value.Backends : 0;
    }
}
