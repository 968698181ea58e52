using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>
/// Both address spaces cut wherever a set or the kind of an address may change: all addresses of a region are alike to
/// every rule. Regions are in order, IPv4 before IPv6, so a prefix is a run of them.
/// </summary>
internal sealed class AddressRegions
{
    private readonly List<Address> _starts;

    public AddressRegions(IEnumerable<Prefix> boundaries)
    {
        var starts = new SortedSet<Address> { new(IpFamily.V4, 0), new(IpFamily.V6, 0) };
        foreach (var prefix in boundaries)
        {
            starts.Add(prefix.Network);
            if (prefix.Last is { } last && last.Bits != Highest(last.Family))
            {
                starts.Add(last with { Bits = last.Bits + 1 });
            }
        }

        _starts = [.. starts];
    }

    public int Count => _starts.Count;

    /// <summary>The index of the first IPv6 region.</summary>
    public int FirstV6 => _starts.BinarySearch(new(IpFamily.V6, 0));

    public Address First(int region) => _starts[region];

    public Address Last(int region) =>
        region + 1 < _starts.Count && _starts[region + 1].Family == _starts[region].Family
            ? _starts[region] with { Bits = _starts[region + 1].Bits - 1 }
            : new(_starts[region].Family, Highest(_starts[region].Family));

    public bool IsSingle(int region) => First(region) == Last(region);

    public int Of(Address address)
    {
        var found = _starts.BinarySearch(address);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>The regions of a prefix that was among the boundaries, both ends included.</summary>
    public (int First, int Last) Of(Prefix prefix) => (Of(prefix.Network), Of(prefix.Last));

    /// <summary>
    /// An address of the region that people would expect there: one of those for documentation, else one that hosts have, else not the
    /// network's own where there is another.
    /// </summary>
    /// <param name="taken">An address that is not to be chosen, if the region has more than one.</param>
    public Address Example(int region, Address? taken = null)
    {
        var (first, last) = (First(region), Last(region));
        foreach (var known in Usual)
        {
            if (known.CompareTo(first) >= 0 && known.CompareTo(last) <= 0 && known != taken)
            {
                return known;
            }
        }

        var example = first.Bits < last.Bits ? first with { Bits = first.Bits + 1 } : first;
        return example != taken ? example
            : example.Bits < last.Bits ? example with { Bits = example.Bits + 1 }
            : first;
    }

    /// <summary>An address of a family that is nobody's yet, of regions whose addresses may stand for what is wanted.</summary>
    public Address Free(IpFamily family, Func<Address, bool> canBe, ImmutableArray<Address> taken) => Enumerable.Range(0, Count)
        .Where(region => First(region).Family == family && canBe(First(region))).OrderByDescending(IsUsual)
        .SelectMany(region => taken.Select(other => Example(region, other)).Concat(Enumerable.Range(1, taken.Length + 1).Select(after => First(region) with { Bits = First(region).Bits + (uint)after })
            .Where(address => address.CompareTo(Last(region)) <= 0)))
        .First(address => !taken.Contains(address));

    /// <summary>Has the region an address that people would expect in an example?</summary>
    public bool IsUsual(int region) => Usual.Any(address => Of(address) == region);

    public static ImmutableArray<IpFamily> Families { get; } = [IpFamily.V4, IpFamily.V6];

    // Documentation (RFC 5737, RFC 3849), private use (RFC 1918, RFC 4193), and the lowest that are global.
    private static ImmutableArray<Address> Usual { get; } =
    [
        .. new[] { "203.0.113.1", "203.0.113.2", "10.0.0.1", "10.0.0.2", "172.16.0.1", "192.168.0.1", "1.0.0.1", "1.0.0.2", "2001:db8::1", "2001:db8::2", "fd00::1", "fd00::2", "2000::1", "2000::2" }
            .Select(Address.Parse),
    ];

    private static UInt128 Highest(IpFamily family) => family == IpFamily.V4 ? uint.MaxValue : UInt128.MaxValue;
}
