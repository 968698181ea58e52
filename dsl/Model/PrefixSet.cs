using System.Collections.Immutable;

namespace Netpol.Model;

/// <summary>Prefixes, to be asked what lies in one of them: by one look-up for each length there is, however many they are.</summary>
public sealed class PrefixSet
{
    private readonly HashSet<Prefix> _prefixes;
    private readonly ImmutableArray<int> _lengths4;
    private readonly ImmutableArray<int> _lengths6;

    public PrefixSet(IEnumerable<Prefix> prefixes)
    {
        _prefixes = [.. prefixes];
        (_lengths4, _lengths6) = (Lengths(IpFamily.V4), Lengths(IpFamily.V6));
    }

    public bool Contains(Address address) => Contains(Prefix.Of(address));

    /// <summary>Does one of them hold the whole prefix?</summary>
    public bool Contains(Prefix prefix)
    {
        foreach (var length in prefix.Family == IpFamily.V4 ? _lengths4 : _lengths6)
        {
            if (length > prefix.Length)
            {
                return false;
            }

            if (_prefixes.Contains(Prefix.Of(prefix.Network, length)))
            {
                return true;
            }
        }

        return false;
    }

    private ImmutableArray<int> Lengths(IpFamily family) =>
        [.. _prefixes.Where(prefix => prefix.Family == family).Select(prefix => prefix.Length).Distinct().Order()];
}
