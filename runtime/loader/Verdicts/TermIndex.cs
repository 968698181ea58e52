using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;

namespace Netpol.Loader.Verdicts;

/// <summary>Terms by number, found by who is judged. A number stays with its term until that is removed.</summary>
internal sealed class TermIndex
{
    private readonly Dictionary<(int Set, bool IsIngress), List<int>> _bySet = [];
    private readonly List<int>[] _unbound = [[], []];
    private readonly List<VerdictTerm?> _terms = [];
    private readonly Stack<int> _free = [];
    private readonly IReadOnlyList<TrafficSet> _traffic;

    /// <param name="traffic">What the terms' <see cref="VerdictTerm.Traffic"/> is an index in; it may grow.</param>
    internal TermIndex(IReadOnlyList<TrafficSet> traffic) => _traffic = traffic;

    internal TermIndex(VerdictTerms terms)
        : this(terms.Traffic)
    {
        foreach (var term in terms.Terms)
        {
            Add(term);
        }
    }

    internal VerdictTerm this[int index] => _terms[index] ?? throw new InvalidOperationException($"term {index} was removed");

    internal TrafficSet TrafficOf(VerdictTerm term) => _traffic[term.Traffic];

    internal int Add(VerdictTerm term)
    {
        if (!_free.TryPop(out var index))
        {
            index = _terms.Count;
            _terms.Add(null);
        }

        _terms[index] = term;
        ListOf(term).Add(index);
        return index;
    }

    /// <summary>Its number is not given again before <see cref="Free"/>.</summary>
    internal void Remove(int index)
    {
        ListOf(this[index]).Remove(index);
        _terms[index] = null;
    }

    internal void Free(int removed) => _free.Push(removed);

    /// <summary>The numbers of the terms by which an endpoint of the class may be judged, ascending.</summary>
    internal ImmutableArray<int> Of(AddressClass self, bool isIngress) =>
    [
        .. _unbound[isIngress ? 1 : 0]
            .Concat(self.Bits.SelectMany(bit => _bySet.GetValueOrDefault((bit, isIngress)) ?? []))
            .Where(index => ClassIndex.Holds(this[index].Self, self))
            .Order(),
    ];

    private List<int> ListOf(VerdictTerm term)
    {
        foreach (var literal in term.Self)
        {
            if (literal.IsIn)
            {
                var key = (literal.Set, term.IsIngress);
                if (!_bySet.TryGetValue(key, out var list))
                {
                    _bySet.Add(key, list = []);
                }

                return list;
            }
        }

        return _unbound[term.IsIngress ? 1 : 0];
    }
}
