using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary>
/// What the next generation's tables are given of the former's: who stays on which backend, how many connections each has, and what drains,
/// which is also each backend that the next has no more, of services that let theirs drain.
/// </summary>
internal sealed class ServiceSuccession(MapSet former, ServiceTable formerTable, MapSet next, ServiceTable nextTable)
{
    /// <summary>So many of the former's backends the next may have to remember while they drain.</summary>
    /// <param name="former">Null: there is none.</param>
    internal static int MostDraining(MapSet? former, Manifest next, int length) =>
        next.Services.Any(service => service.Drain is not null) && former?.Find(BackendTables.MapName("service_backends", length)) is { } states
            ? states.ReadAll().Keys.Length / states.KeySize
            : 0;

    internal void HandOver()
    {
        foreach (var length in new[] { 4, 16 })
        {
            Copy(BackendTables.MapName("affinity", length));
            Copy(BackendTables.MapName("backend_loads", length));
            var states = BackendTables.MapName("service_backends", length);
            if (former.Find(states) is { } from && next.Find(states) is { } to)
            {
                Drain(from, to, length);
            }
        }
    }

    private void Copy(string name)
    {
        if (former.Find(name) is { } from && next.Find(name) is { MaxEntries: > 1 } to)
        {
            var (keys, values) = from.ReadAll();
            var count = Math.Min(keys.Length / from.KeySize, to.MaxEntries);
            to.UpdateMany(keys.AsSpan(0, count * from.KeySize), values.AsSpan(0, count * from.ValueSize), count);
        }
    }

    private void Drain(BpfMap from, BpfMap to, int length)
    {
        var successors = nextTable.ListsOf(length).Where(list => list.Service.Drain is not null).ToDictionary(PlaceOf);
        if (successors.Count == 0)
        {
            return;
        }

        var lists = formerTable.ListsOf(length).ToDictionary(list => list.Id);
        foreach (var key in from.Keys())
        {
            ServiceBackend state = default, known = default;
            if (!lists.TryGetValue(MemoryMarshal.Read<uint>(key), out var list) || !successors.TryGetValue(PlaceOf(list), out var successor) ||
                !from.TryLookup(key, BpfMap.Bytes(ref state)))
            {
                continue;
            }

            byte[] nextKey = [.. BitConverter.GetBytes(successor.Id), .. key.AsSpan(sizeof(uint))];
            if (!to.TryLookup(nextKey, BpfMap.Bytes(ref known)))
            {
                state.Until = state.Flags.HasFlag(BackendFlags.Draining)
                    ? state.Until
                    : DatapathClock.Now + DatapathClock.Units(successor.Service.Drain.GetValueOrDefault());
                state.Flags = BackendFlags.Draining;
                BackendTables.Put(to, nextKey, BpfMap.Bytes(ref state));
            }
        }
    }

    private static (string Service, string Protocol, int Port, bool IsLocal) PlaceOf(BackendList list) =>
        (list.Service.Name, list.Port.Protocol, list.Port.Port, list.IsLocal);
}
