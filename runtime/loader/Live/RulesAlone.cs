using System.Collections.Immutable;
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
        (inCharge.Prefixes == next.Prefixes || inCharge.Prefixes.AsSpan().SequenceEqual(next.Prefixes.AsSpan())) &&
        (inCharge.Classes == next.Classes || AreEqual(inCharge.Classes, next.Classes)) &&
        Unplaced(inCharge, next).AsSpan().SequenceEqual(Unplaced(next, inCharge));

    /// <summary>Their rules, and where these and policies stand: the quick half of whether two bundles are one.</summary>
    internal static bool AreSame(Manifest inCharge, Manifest next) =>
        inCharge.Rules.AsSpan().SequenceEqual(next.Rules.AsSpan()) && inCharge.Policies.AsSpan().SequenceEqual(next.Policies.AsSpan()) &&
        inCharge.Sources.AsSpan().SequenceEqual(next.Sources.AsSpan());

    private static bool AreEqual(ImmutableArray<ImmutableArray<int>> classes, ImmutableArray<ImmutableArray<int>> others) =>
        classes.Length == others.Length && classes.Zip(others).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second.AsSpan()));

    /// <summary>They are in a table of their own, and buckets are kept by the rules' ids.</summary>
    private static IEnumerable<(int Rule, LimitEntry Limit)> Limits(Manifest manifest) =>
        from rule in manifest.Rules where rule.Limit is not null select (rule.Id, rule.Limit);

    /// <summary>Where policies stand in their files is said by the rules' file. Sets that are the same objects need not be compared.</summary>
    private static byte[] Unplaced(Manifest manifest, Manifest other) => PlacementFile.Write(manifest with
    {
        Digest = "",
        Sets = manifest.Sets == other.Sets ? [] : manifest.Sets,
        Policies = [.. manifest.Policies.Select(policy => policy with { File = "", Line = 0, Column = 0 })],
    });

    private static bool HasRoom(MapSet maps, MapEntry wanted) => maps.Find(wanted.Name) is { } map &&
        map.KeySize == wanted.KeySize && map.ValueSize == wanted.ValueSize && map.MaxEntries >= wanted.MaxEntries;
}
