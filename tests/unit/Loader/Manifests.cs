using System.Collections.Immutable;
using Netpol.Bundle;

namespace Netpol.Tests.Unit.Loader;

internal static class Manifests
{
    /// <summary>With two words of members and nothing but these sets.</summary>
    public static Manifest Of(ImmutableArray<SetEntry> sets) => new(
        Manifest.CurrentSchema, "", "c", "x.o", [], new FeatureSet(true, true, true, true), new MapLayout(2, 1, 0, [], ""),
        ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>>.Empty,
        sets, [], [], [], [], [], [], new ObserveEntry(false, []), new VerdictEntry(VerdictEntry.Code, "none", ""));
}
