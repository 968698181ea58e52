using System.Collections.Immutable;
using Netpol.Compiler.Ir;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Compiler.Layout;

/// <summary>
/// Splits the addresses of one family where a set may begin or end, so that the longest match alone says every set that
/// an address outside endpoints is in.
/// <code>
/// a = cidr 10.0.0.0/8              0.0.0.0/0     {}
/// b = cidr 10.1.0.0/16        =>   10.0.0.0/8    {a}
///                                  10.1.0.0/16   {a, b}
/// </code>
/// A prefix stands for its addresses that are in no longer one. What such an address is in depends only on the prefixes
/// around it, so one walk over the sorted prefixes keeps count of the <c>cidr</c>s it is inside, and no address is ever
/// looked up in a list: 100,000 prefixes take a fraction of a second.
/// </summary>
internal sealed class AddressSplit
{
    private readonly AddressKinds _kinds;
    private readonly SetMembership _membership;
    private readonly ImmutableArray<Prefix> _prefixes;

    private AddressSplit(IpFamily family, ImmutableArray<MemberSet> sets, AddressKinds kinds)
    {
        _kinds = kinds;
        _membership = new SetMembership(sets);
        var root = Prefix.Of(new Address(family, 0), 0);
        _prefixes = [.. _membership.Boundaries.Concat(kinds.Boundaries).Where(prefix => prefix.Family == family)
            .Append(root).Distinct().Order()];
    }

    /// <returns>Sorted; the prefix of length 0 is always there.</returns>
    public static ImmutableArray<SplitPrefix> Split(IpFamily family, ImmutableArray<MemberSet> sets, AddressKinds kinds) =>
        PrefixMerging.Merge(new AddressSplit(family, sets, kinds).Walk());

    private List<SplitPrefix> Walk()
    {
        var split = new List<SplitPrefix>();
        var around = new Stack<Region>();
        for (var index = 0; index < _prefixes.Length; index++)
        {
            var prefix = _prefixes[index];
            while (around.Count > 0 && !around.Peek().Prefix.Contains(prefix))
            {
                _membership.Leave(around.Pop().Prefix);
            }

            var own = FirstOwnAddress(index);
            var outer = around.Count > 0 ? around.Peek() : null;
            var kind = own is { } address ? _kinds.Of(address) : outer?.Kind ?? AddressKind.World;
            var members = _membership.Enter(prefix, kind, outer?.Members, outer?.Kind);
            var isKept = outer is null || (own is not null && members != outer.Visible);
            if (isKept)
            {
                split.Add(new SplitPrefix(prefix, members));
            }

            around.Push(new Region(prefix, kind, members, isKept || outer is null ? members : outer.Visible));
        }

        return split;
    }

    // The first address of a prefix that is in no longer one; null where those cover it.
    private Address? FirstOwnAddress(int index)
    {
        var (prefix, candidate) = (_prefixes[index], _prefixes[index].Network);
        for (var next = index + 1; next < _prefixes.Length && prefix.Contains(_prefixes[next]); next++)
        {
            var (first, last) = (_prefixes[next].Network, _prefixes[next].Last);
            if (first.CompareTo(candidate) > 0)
            {
                break;
            }

            if (last.CompareTo(candidate) >= 0)
            {
                if (last == prefix.Last)
                {
                    return null;
                }

                candidate = new Address(candidate.Family, last.Bits + 1);
            }
        }

        return candidate;
    }

    /// <param name="Visible">Members of the nearest prefix around that is in the result: what a look-up finds.</param>
    private sealed record Region(Prefix Prefix, AddressKind Kind, BitSet Members, BitSet Visible);
}
