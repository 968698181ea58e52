using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;

namespace Netpol.Loader.Verdicts;

/// <summary>Which classes are in a set, without asking each.</summary>
internal sealed class ClassIndex
{
    private static readonly Dictionary<int, AddressClass> Nobody = [];

    private readonly Dictionary<int, Dictionary<int, AddressClass>> _bySet = [];
    private readonly Dictionary<int, int> _prefixesBySet = [];
    private readonly Dictionary<int, AddressClass> _all = [];
    private readonly int _prefixes;

    /// <param name="prefixes">Those of the split address space, which decide what most peers have in common.</param>
    /// <param name="others">Those found on the node.</param>
    internal ClassIndex(ImmutableArray<AddressClass> prefixes, IEnumerable<AddressClass> others)
    {
        _prefixes = prefixes.Length;
        foreach (var each in prefixes)
        {
            Add(each);
            foreach (var bit in each.Bits)
            {
                _prefixesBySet[bit] = _prefixesBySet.GetValueOrDefault(bit) + 1;
            }
        }

        foreach (var each in others)
        {
            Add(each);
        }
    }

    /// <summary>One more, or in the place of that of the same id.</summary>
    internal void Add(AddressClass added)
    {
        _all[added.Id] = added;
        foreach (var bit in added.Bits)
        {
            if (!_bySet.TryGetValue(bit, out var classes))
            {
                _bySet.Add(bit, classes = []);
            }

            classes[added.Id] = added;
        }
    }

    internal void Remove(AddressClass gone)
    {
        _all.Remove(gone.Id);
        foreach (var bit in gone.Bits)
        {
            _bySet[bit].Remove(gone.Id);
        }
    }

    /// <summary>Are more than half of the classes outside endpoints in here? The same answer for as long as the bundle is in charge.</summary>
    internal bool IsWide(ImmutableArray<SetLiteral> peer) => 2 * CountPrefixes(peer) > _prefixes;

    /// <summary>The classes that the literals hold of.</summary>
    internal IEnumerable<AddressClass> Matching(ImmutableArray<SetLiteral> literals)
    {
        var smallest = literals.Where(literal => literal.IsIn).Select(literal => InSet(literal.Set)).MinBy(classes => classes.Count) ?? _all;
        return literals is [{ IsIn: true }] ? smallest.Values : smallest.Values.Where(each => Holds(literals, each));
    }

    /// <summary>The classes that they do not hold of.</summary>
    internal IEnumerable<AddressClass> NotMatching(ImmutableArray<SetLiteral> literals) => _all.Values.Where(each => !Holds(literals, each));

    internal static bool Holds(ImmutableArray<SetLiteral> literals, AddressClass of)
    {
        foreach (var literal in literals)
        {
            if (of.IsIn(literal.Set) != literal.IsIn)
            {
                return false;
            }
        }

        return true;
    }

    private int PrefixesIn(int set) => _prefixesBySet.GetValueOrDefault(set);

    private int CountPrefixes(ImmutableArray<SetLiteral> literals) => literals switch
    {
        [] => _prefixes,
        [var only] => only.IsIn ? PrefixesIn(only.Set) : _prefixes - PrefixesIn(only.Set),
        _ => Matching(literals).Count(each => each.Id <= _prefixes),
    };

    private Dictionary<int, AddressClass> InSet(int set) => _bySet.GetValueOrDefault(set) ?? Nobody;

}
