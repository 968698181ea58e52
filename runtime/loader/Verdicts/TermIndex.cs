using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;

namespace Netpol.Loader.Verdicts;

/// <summary>The terms of a bundle, found by who is judged.</summary>
internal sealed class TermIndex
{
    private readonly Dictionary<(int Set, bool IsIngress), List<int>> _bySet = [];
    private readonly List<int>[] _unbound = [[], []];

    internal TermIndex(VerdictTerms terms)
    {
        Terms = terms;
        for (var index = 0; index < terms.Terms.Length; index++)
        {
            var term = terms.Terms[index];
            if (term.Self.Any(literal => literal.IsIn))
            {
                var key = (term.Self.First(literal => literal.IsIn).Set, term.IsIngress);
                if (!_bySet.TryGetValue(key, out var list))
                {
                    _bySet.Add(key, list = []);
                }

                list.Add(index);
            }
            else
            {
                _unbound[term.IsIngress ? 1 : 0].Add(index);
            }
        }
    }

    internal VerdictTerms Terms { get; }

    internal VerdictTerm this[int index] => Terms.Terms[index];

    internal TrafficSet TrafficOf(VerdictTerm term) => Terms.Traffic[term.Traffic];

    /// <summary>The indexes of the terms by which an endpoint of the class may be judged, ascending.</summary>
    internal ImmutableArray<int> Of(AddressClass self, bool isIngress) =>
    [
        .. _unbound[isIngress ? 1 : 0]
            .Concat(self.Bits.SelectMany(bit => _bySet.GetValueOrDefault((bit, isIngress)) ?? []))
            .Where(index => ClassIndex.Holds(Terms.Terms[index].Self, self))
            .Order(),
    ];
}
