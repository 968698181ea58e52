using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Loader.Native;
using Netpol.Loader.Tables;

namespace Netpol.Loader;

/// <summary>Counts what is in a node's tables. It reads every entry: some milliseconds for a hundred thousand.</summary>
internal static class PressureView
{
    private const int Hash = 1, LruHash = 9, PrefixTrie = 11;   // BPF_MAP_TYPE_*

    private static readonly ImmutableArray<int> Families = [4, 6];

    private static readonly ImmutableArray<string> Tables =
    [
        "addresses4", "addresses6", "affinity4", "affinity6", "backend_loads4", "backend_loads6", "backends4", "backends6", "fragments4", "fragments6",
        "limit_buckets", "limits", "port_names", "prefixes4", "prefixes6", "service_backends4", "service_backends6", "service_sources4",
        "service_sources6", "services4", "services6", "socket_namespaces",
    ];

    /// <param name="refused">Drops with <see cref="Reason.ConnectionTable"/>.</param>
    internal static NodePressure Of(MapSet maps, ulong refused) => new(
        [.. Families.Select(family => Connections(maps, family)).OfType<ConnectionPressure>()],
        [.. Tables.Select(maps.Find).OfType<BpfMap>().Where(map => map.Type is Hash or LruHash or PrefixTrie).Select(Table)],
        refused);

    private static ConnectionPressure? Connections(MapSet maps, int family)
    {
        if (maps.Find(family == 4 ? "connections4" : "connections6") is not { } map)
        {
            return null;
        }

        ConnectionTable table = new(map);
        var now = DatapathClock.Now;
        var stages = new int[Enum.GetValues<ConnectionStage>().Length];
        var inUse = new int[map.MaxEntries];
        foreach (var entry in table.Entries())
        {
            var stage = ConnectionStages.Of(entry.Connection, table.ProtocolOf(entry), now);
            stages[(int)stage]++;
            inUse[entry.Set] += stage == ConnectionStage.InUse ? 1 : 0;
        }

        int Count(ConnectionStage stage) => stages[(int)stage];
        return new ConnectionPressure(
            family, table.Capacity, Count(ConnectionStage.InUse), Count(ConnectionStage.Silent), Count(ConnectionStage.Unanswered),
            Count(ConnectionStage.Closed), Count(ConnectionStage.Expired), map.MaxEntries, inUse.Count(used => used == ConnectionTable.Ways));
    }

    // A trie's batches leave off at a key, which is longer than the place where those of hash tables do.
    private static TablePressure Table(BpfMap map) => new(
        map.Name, map.Type == PrefixTrie ? map.Keys().Count : map.ReadAll().Keys.Length / map.KeySize, map.MaxEntries, map.Type == LruHash);
}
