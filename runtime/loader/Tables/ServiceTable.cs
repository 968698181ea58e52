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
/// <param name="zone">Of this node; null: none. What is drafted knows it already.</param>
internal sealed class ServiceTable(MapSet maps, Manifest manifest, string? zone)
{
    private static readonly int[] AddressLengths = [4, 16];

    private readonly BackendLists _lists = new(manifest);

    internal IEnumerable<BackendList> ListsOf(int addressLength) => _lists.All.Where(list => list.AddressLength == addressLength);

    /// <summary>Makes the tables hold exactly these backends; on tables in use, too.</summary>
    internal void WriteAll(ServiceDraft draft)
    {
        foreach (var length in AddressLengths)
        {
            if (maps.Find(BackendTables.MapName("backends", length)) is { } backends)
            {
                var states = maps[BackendTables.MapName("service_backends", length)];
                var (hadStates, hadBackends) = (!states.IsEmpty, !backends.IsEmpty);
                var next = draft[length];
                next.States.WriteTo(states);
                next.Entries.WriteTo(backends);
                WritePositions(next.Lists);
                next.Counts.WriteTo(maps[BackendTables.MapName("services", length)]);
                if (hadBackends)
                {
                    DeleteOtherEntries(backends, next.Lists);
                }

                if (hadStates)
                {
                    DeleteOtherStates(states, next.Lists);
                }
            }
        }
    }

    private void WritePositions(ImmutableArray<FilledList> all)
    {
        FilledList[] withTables = [.. all.Where(each => each.List.Positions > 0)];
        if (withTables.Length == 0)
        {
            return;
        }

        var map = maps[BackendTables.Maglev];
        using MappedValues lines = new(map, 0, map.MaxEntries * map.ValueSize);
        foreach (var each in withTables)
        {
            BackendTables.WritePositions(each.Positions, lines.Bytes[each.List.FirstByte..]);
        }
    }

    private static void DeleteOtherEntries(BpfMap map, ImmutableArray<FilledList> all)
    {
        var counts = all.ToDictionary(each => each.List.Id, each => (uint)each.Entries.Length);
        foreach (var key in map.ReadAll().Keys.Chunk(map.KeySize))
        {
            var entry = MemoryMarshal.Read<BackendKey>(key);
            if (entry.Index >= counts.GetValueOrDefault(entry.Port))
            {
                map.Delete(key);
            }
        }
    }

    /// <summary>But for those that drain still.</summary>
    private static void DeleteOtherStates(BpfMap map, ImmutableArray<FilledList> all)
    {
        var kept = all.SelectMany(each => each.All.Select(backend => Convert.ToHexString(each.List.StateKey(backend)))).ToHashSet(StringComparer.Ordinal);
        foreach (var key in map.ReadAll().Keys.Chunk(map.KeySize).Where(key => !kept.Contains(Convert.ToHexString(key))))
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

            maps.Find(BackendTables.MapName("services", length))?.UpdateMany(keys.ToArray(), values.ToArray(), count);
        }
    }

    private static IEnumerable<(byte[] Address, uint Sources)> AddressesOf(ServiceEntry service, IReadOnlyDictionary<LoadBalancerEntry, uint> sources) =>
        service.Addresses.Select(address => (address, 0u))
            .Concat(from balancer in service.LoadBalancers ?? [] from address in balancer.Addresses select (address, sources.GetValueOrDefault(balancer)))
            .Select(pair => (IPAddress.Parse(pair.address).GetAddressBytes(), pair.Item2));

    /// <summary>Where the endpoint is sent datagrams to by services.</summary>
    internal HashSet<IPEndPoint> DatagramBackends(PlacedEndpoint endpoint) =>
    [
        .. _lists.Of(endpoint).Where(list => list.Port.Protocol == "udp")
            .Select(list => Backend.OfEndpoint(manifest, list.Service, list.Port, endpoint, list.AddressLength)).OfType<Backend>()
            .Select(backend => new IPEndPoint(backend.Address, backend.Port)),
    ];

    /// <summary>Makes the tables know an endpoint otherwise, or no more, or one that is new.</summary>
    /// <param name="all">Every endpoint that is known, as it is now; only asked where a backend's place depends on the others.</param>
    internal void Replace(PlacedEndpoint? former, PlacedEndpoint? next, Func<IReadOnlyList<PlacedEndpoint>> all) =>
        new BackendChange(maps, manifest, zone, _lists).Replace(former, next, all);
}
