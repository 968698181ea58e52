using System.Collections.Immutable;

namespace Netpol.Loader.Classes;

/// <summary>The classes of the split address space, as the bundle numbers them.</summary>
internal static class PrefixClasses
{
    internal static ImmutableArray<AddressClass> Of(ImmutableArray<ImmutableArray<int>> classes) =>
        [.. classes.Select((bits, index) => new AddressClass(index + 1, bits, IsEndpoint: false, IsJudged: false, []))];
}
