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
internal sealed class SetNormalizer
{
    // By the set of a group, which all who name the group share: it is normalised and spelled once, however many rules do.
    private readonly Dictionary<AddressSet, NormalForm> _groups = new(ReferenceEqualityComparer.Instance);

    /// <summary>The set of nobody.</summary>
    private static readonly AddressSet Nobody = new AddressSet.Union([]);

    public NormalForm Normalize(AddressSet set) => set switch
    {
        AddressSet.Named named => NormalizeGroup(named.Set),
        AddressSet.Cidr cidr => new(Cidr(cidr)),
        AddressSet.Union union => Union(union.Parts),
        AddressSet.Intersection intersection => Intersection(intersection.Parts),
        AddressSet.Difference difference => Difference(Normalize(difference.Left), Normalize(difference.Right)),
        AddressSet.Any or AddressSet.World or AddressSet.Host or AddressSet.Nodes or AddressSet.Pods or AddressSet.Service => new(set),
        _ => throw new UnreachableException(),
    };

    private NormalForm NormalizeGroup(AddressSet set)
    {
        if (!_groups.TryGetValue(set, out var form))
        {
            _groups.Add(set, form = Normalize(set));
        }

        return form;
    }

    private static AddressSet Cidr(AddressSet.Cidr cidr) =>
        cidr.Include.IsEmpty ? Nobody : new AddressSet.Cidr([.. cidr.Include.Distinct().Order()], [.. cidr.Except.Distinct().Order()]);

    private NormalForm Union(ImmutableArray<AddressSet> written)
    {
        var parts = Sorted(written.Select(Normalize)
            .SelectMany(part => part.Set is AddressSet.Union nested ? nested.Parts.Select(inner => new NormalForm(inner)) : [part]));
        return parts.FirstOrDefault(part => part.IsAny)
            ?? (parts.Length == 1 ? parts[0] : new(new AddressSet.Union([.. parts.Select(part => part.Set)])));
    }

    private NormalForm Intersection(ImmutableArray<AddressSet> written)
    {
        var parts = Sorted(written.Select(Normalize)
            .SelectMany(part => part.Set is AddressSet.Intersection nested ? nested.Parts.Select(inner => new NormalForm(inner)) : [part])
            .Where(part => !part.IsAny));
        return parts.FirstOrDefault(part => part.IsNobody) ?? parts.Length switch
        {
            0 => new(new AddressSet.Any()),
            1 => parts[0],
            _ => new(new AddressSet.Intersection([.. parts.Select(part => part.Set)])),
        };
    }

    private static NormalForm Difference(NormalForm left, NormalForm right) =>
        left.IsNobody || right.IsAny ? new(Nobody)
        : right.IsNobody ? left
        : new(new AddressSet.Difference(left.Set, right.Set));

    private static ImmutableArray<NormalForm> Sorted(IEnumerable<NormalForm> parts) =>
        [.. parts.DistinctBy(part => part.Spelling, StringComparer.Ordinal).OrderBy(part => part.Spelling, StringComparer.Ordinal)];
}
