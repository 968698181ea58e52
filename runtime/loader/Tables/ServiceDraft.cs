using System.Buffers;
using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary>
/// What the tables of backends are to hold. Pure, and most of the work where there are many services: it is done while the kernel verifies programs.
/// </summary>
internal sealed class ServiceDraft
{
    private static readonly int[] AddressLengths = [4, 16];

    private readonly Dictionary<int, OfFamily> _families;

    private ServiceDraft(FilledList[] all) =>
        _families = AddressLengths.ToDictionary(length => length, length => new OfFamily([.. all.Where(each => each.List.AddressLength == length)]));

    internal OfFamily this[int addressLength] => _families[addressLength];

    internal static ServiceDraft Of(Manifest manifest, IReadOnlyList<PlacedEndpoint> endpoints, string? zone) =>
        Of(manifest, new BackendsOfAll(manifest, endpoints), zone);

    /// <param name="zone">Of this node; null: none.</param>
    internal static ServiceDraft Of(Manifest manifest, BackendsOfAll known, string? zone)
    {
        var lists = BackendList.Of(manifest);
        var all = new FilledList[lists.Length];
        _ = Parallel.For(0, all.Length, index =>
        {
            all[index] = new FilledList(lists[index], known.Of(lists[index]), zone);
            _ = all[index].Positions;
        });
        return new ServiceDraft(all);
    }

    /// <summary>Keys and values of maps, one behind the other.</summary>
    internal sealed class Content
    {
        private readonly ArrayBufferWriter<byte> _keys = new(), _values = new();

        internal int Count { get; private set; }

        internal void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            _keys.Write(key);
            _values.Write(value);
            Count++;
        }

        internal void WriteTo(BpfMap map) => map.UpdateMany(_keys.WrittenSpan, _values.WrittenSpan, Count);
    }

    internal sealed class OfFamily
    {
        internal OfFamily(ImmutableArray<FilledList> lists)
        {
            Lists = lists;
            foreach (var (list, each) in lists.Select(each => (each.List, each)))
            {
                foreach (var backend in each.All)
                {
                    States.Add(list.StateKey(backend), list.State(backend, each.IsEntry(backend)));
                }

                for (var index = 0; index < each.Entries.Length; index++)
                {
                    Entries.Add(list.EntryKey(index), BackendTables.ValueOf(each.Entries[index]));
                }

                foreach (var way in list.Keys)
                {
                    var value = list.Value(each.Entries.Length, way.Sources);
                    Counts.Add(way.Key, BpfMap.Bytes(ref value));
                }
            }
        }

        internal ImmutableArray<FilledList> Lists { get; }

        /// <summary>Of <c>service_backends4</c> or <c>service_backends6</c>.</summary>
        internal Content States { get; } = new();

        /// <summary>Of <c>backends4</c> or <c>backends6</c>.</summary>
        internal Content Entries { get; } = new();

        /// <summary>Of <c>services4</c> or <c>services6</c>.</summary>
        internal Content Counts { get; } = new();
    }
}
