using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Compiler.Lowering;

/// <summary>
/// Gives sets that are built alike one form, so that each is one bit however often and in whatever order it was written.
/// <code>
/// (b | a) | b          =>   a | b
/// x | any              =>   any
/// x &amp; any              =>   x
/// group g (by name)    =>   what it stands for
/// </code>
/// </summary>
internal static class SetNormalizer
{
    /// <summary>The set of nobody.</summary>
    public static AddressSet Nobody { get; } = new AddressSet.Union([]);

    public static bool IsNobody(AddressSet set) => set is AddressSet.Union { Parts: [] };

    public static AddressSet Normalize(AddressSet set) => set switch
    {
        AddressSet.Named named => Normalize(named.Set),
        AddressSet.Cidr cidr => Cidr(cidr),
        AddressSet.Union union => Union(union.Parts),
        AddressSet.Intersection intersection => Intersection(intersection.Parts),
        AddressSet.Difference difference => Difference(Normalize(difference.Left), Normalize(difference.Right)),
        AddressSet.Any or AddressSet.World or AddressSet.Host or AddressSet.Nodes or AddressSet.Pods or AddressSet.Service => set,
        _ => throw new UnreachableException(),
    };

    private static AddressSet Cidr(AddressSet.Cidr cidr) =>
        cidr.Include.IsEmpty ? Nobody : new AddressSet.Cidr([.. cidr.Include.Distinct().Order()], [.. cidr.Except.Distinct().Order()]);

    private static AddressSet Union(ImmutableArray<AddressSet> written)
    {
        var parts = Sorted(written.Select(Normalize).SelectMany(part => part is AddressSet.Union nested ? nested.Parts : [part]));
        return parts.Any(part => part is AddressSet.Any) ? new AddressSet.Any()
            : parts.Length == 1 ? parts[0]
            : new AddressSet.Union(parts);
    }

    private static AddressSet Intersection(ImmutableArray<AddressSet> written)
    {
        var parts = Sorted(written.Select(Normalize)
            .SelectMany(part => part is AddressSet.Intersection nested ? nested.Parts : [part])
            .Where(part => part is not AddressSet.Any));
        return parts.Any(IsNobody) ? Nobody
            : parts.Length == 0 ? new AddressSet.Any()
            : parts.Length == 1 ? parts[0]
            : new AddressSet.Intersection(parts);
    }

    private static AddressSet Difference(AddressSet left, AddressSet right) =>
        IsNobody(left) || right is AddressSet.Any ? Nobody
        : IsNobody(right) ? left
        : new AddressSet.Difference(left, right);

    private static ImmutableArray<AddressSet> Sorted(IEnumerable<AddressSet> parts) =>
        [.. parts.DistinctBy(SetSpelling.Of).OrderBy(SetSpelling.Of, StringComparer.Ordinal)];
}
