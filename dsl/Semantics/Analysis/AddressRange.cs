using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>Regions of addresses as the fewest prefixes that hold all of them and none of some others; what is neither does not matter.</summary>
internal sealed class AddressRange
{
    private readonly AddressRegions _regions;
    private readonly int[] _wanted;
    private readonly int[] _unwanted;

    public AddressRange(AddressRegions regions, Func<int, bool> isWanted, Func<int, bool> isUnwanted) =>
        (_regions, _wanted, _unwanted) = (regions, Sums(regions.Count, isWanted), Sums(regions.Count, isUnwanted));

    public IEnumerable<Prefix> Prefixes() => AddressRegions.Families.SelectMany(family => Cover(Prefix.Of(new Address(family, 0), 0)));

    private IEnumerable<Prefix> Cover(Prefix prefix)
    {
        var (first, last) = (_regions.Of(prefix.Network), _regions.Of(prefix.Last));
        if (_wanted[last + 1] == _wanted[first])
        {
            return [];
        }

        if (_unwanted[last + 1] == _unwanted[first])
        {
            return [prefix];
        }

        // A region is all one, so a prefix with both is no single address.
        var lower = Prefix.Of(prefix.Network, prefix.Length + 1);
        return Cover(lower).Concat(Cover(Prefix.Of(prefix.Last, prefix.Length + 1)));
    }

    /// <summary>How many there are before each region.</summary>
    private static int[] Sums(int count, Func<int, bool> holds)
    {
        var sums = new int[count + 1];
        for (var region = 0; region < count; region++)
        {
            sums[region + 1] = sums[region] + (holds(region) ? 1 : 0);
        }

        return sums;
    }
}
