using Netpol.Bundle;
using Netpol.Loader.State;
using Netpol.Loader.Tables;

namespace Netpol.Loader.Live;

/// <summary>Whether two bundles differ in rules and in nothing else that programs or tables are made of.</summary>
internal static class RulesAlone
{
    /// <param name="maps">Of the bundle in charge; they must have room for the other.</param>
    internal static bool Differ(Manifest inCharge, Manifest next, MapSet maps) =>
        inCharge.Verdicts.AreTables && next.Verdicts.AreTables &&
        inCharge.Backend == next.Backend &&
        inCharge.Observe.Drops == next.Observe.Drops &&
        next.Layout.Maps.All(map => HasRoom(maps, map)) &&
        Limits(inCharge).SequenceEqual(Limits(next)) &&
        (inCharge.PodRanges ?? []).SequenceEqual(next.PodRanges ?? []) &&
        inCharge.Prefixes.AsSpan().SequenceEqual(next.Prefixes.AsSpan()) &&
        inCharge.Classes.Length == next.Classes.Length &&
        inCharge.Classes.Zip(next.Classes).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second.AsSpan())) &&
        PlacementFile.Write(Unplaced(inCharge)).AsSpan().SequenceEqual(PlacementFile.Write(Unplaced(next)));

    /// <summary>They are in a table of their own, and buckets are kept by the rules' ids.</summary>
    private static IEnumerable<(int Rule, LimitEntry Limit)> Limits(Manifest manifest) =>
        from rule in manifest.Rules where rule.Limit is not null select (rule.Id, rule.Limit);

    /// <summary>Where policies stand in their files is said by the rules' file.</summary>
    private static Manifest Unplaced(Manifest manifest) => manifest with
    {
        Digest = "",
        Policies = [.. manifest.Policies.Select(policy => policy with { File = "", Line = 0, Column = 0 })],
    };

    private static bool HasRoom(MapSet maps, MapEntry wanted) => maps.Find(wanted.Name) is { } map &&
        map.KeySize == wanted.KeySize && map.ValueSize == wanted.ValueSize && map.MaxEntries >= wanted.MaxEntries;
}
