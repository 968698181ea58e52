using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>Runs of addresses as the fewest prefixes that are the same addresses.</summary>
internal static class AddressRange
{
    public static IEnumerable<Prefix> Prefixes(AddressRegions regions, int first, int last) =>
        first < regions.FirstV6 && last >= regions.FirstV6
            ? Between(regions.First(first), regions.Last(regions.FirstV6 - 1)).Concat(Between(regions.First(regions.FirstV6), regions.Last(last)))
            : Between(regions.First(first), regions.Last(last));

    public static IEnumerable<Prefix> Between(Address first, Address last)
    {
        var (start, end) = (first.Bits, last.Bits);
        while (true)
        {
            // As long as it begins where a prefix of the length may begin, and does not reach behind the end.
            var hostBits = start == 0 ? first.Width : Math.Min(first.Width, (int)UInt128.TrailingZeroCount(start));
            while (hostBits > 0 && (hostBits == 128 ? UInt128.MaxValue : start + ((UInt128.One << hostBits) - 1)) is var reach && (reach > end || reach < start))
            {
                hostBits--;
            }

            yield return Prefix.Of(first with { Bits = start }, first.Width - hostBits);
            var covered = hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
            if (end - start == covered)
            {
                yield break;
            }

            start += covered + 1;
        }
    }
}
