using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Kubernetes.Export;

/// <summary>Sets of addresses as prefixes that do not overlap, the largest there are.</summary>
internal static class PrefixAlgebra
{
    public static ImmutableArray<Prefix> Of(SetTerm.Addresses addresses) => Subtract(Largest(addresses.Include), addresses.Except);

    public static ImmutableArray<Prefix> Meet(ImmutableArray<Prefix> left, ImmutableArray<Prefix> right) => Largest(
    [
        .. from one in left
           from other in right
           where one.Contains(other) || other.Contains(one)
           select one.Contains(other) ? other : one,
    ]);

    public static ImmutableArray<Prefix> Subtract(ImmutableArray<Prefix> left, ImmutableArray<Prefix> right)
    {
        foreach (var other in right)
        {
            left = [.. left.SelectMany(one => Subtract(one, other))];
        }

        return left;
    }

    /// <summary>The halves of a prefix that do not hold the other, down to its length.</summary>
    private static IEnumerable<Prefix> Subtract(Prefix one, Prefix other)
    {
        if (other.Contains(one))
        {
            yield break;
        }

        while (one.Contains(other))
        {
            var (low, high) = Halves(one);
            yield return low.Contains(other) ? high : low;
            one = low.Contains(other) ? low : high;
            if (one == other)
            {
                yield break;
            }
        }

        yield return one;
    }

    private static (Prefix Low, Prefix High) Halves(Prefix prefix)
    {
        var low = Prefix.Of(prefix.Network, prefix.Length + 1);
        return (low, Prefix.Of(prefix.Last, prefix.Length + 1));
    }

    private static ImmutableArray<Prefix> Largest(ImmutableArray<Prefix> prefixes) =>
        [.. prefixes.Distinct().Where(prefix => !prefixes.Any(other => other != prefix && other.Contains(prefix)))];
}
