using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Verdicts;

namespace Netpol.Loader.Live;

/// <summary>The terms in charge, each under a number that it keeps while it stays, and what becomes of them when others come.</summary>
internal sealed class LiveTerms
{
    private readonly List<TrafficSet> _traffic = [];
    private readonly Dictionary<TrafficSet, int> _trafficNumbers = new(TermContent.Instance);
    private ImmutableArray<VerdictTerm> _terms;
    private int[] _numbers;

    internal LiveTerms(VerdictTerms terms)
    {
        Index = new TermIndex(_traffic);
        _terms = Canonical(terms);
        _numbers = [.. _terms.Select(Index.Add)];
    }

    internal TermIndex Index { get; }

    /// <summary>Makes these the ones in charge. Numbers of the removed are free once <see cref="TermIndex.Free"/> says so.</summary>
    internal (List<(int Number, VerdictTerm Term)> Removed, List<int> Added) Replace(VerdictTerms terms)
    {
        var next = Canonical(terms);
        var (from, to) = (0, 0);
        while (from < Math.Min(_terms.Length, next.Length) && TermContent.Instance.Equals(_terms[from], next[from]))
        {
            from++;
        }

        while (to < Math.Min(_terms.Length, next.Length) - from && TermContent.Instance.Equals(_terms[^(to + 1)], next[^(to + 1)]))
        {
            to++;
        }

        Dictionary<VerdictTerm, Stack<int>> gone = new(TermContent.Instance);
        for (var at = from; at < _terms.Length - to; at++)
        {
            if (!gone.TryGetValue(_terms[at], out var alike))
            {
                gone.Add(_terms[at], alike = []);
            }

            alike.Push(_numbers[at]);
        }

        var numbers = new int[next.Length];
        Array.Copy(_numbers, numbers, from);
        Array.Copy(_numbers, _numbers.Length - to, numbers, numbers.Length - to, to);
        List<int> missing = [];
        for (var at = from; at < next.Length - to; at++)
        {
            if (gone.TryGetValue(next[at], out var alike) && alike.TryPop(out var number))
            {
                numbers[at] = number;
            }
            else
            {
                missing.Add(at);
            }
        }

        List<(int, VerdictTerm)> removed = [.. gone.Values.SelectMany(alike => alike).Select(number => (number, Index[number]))];
        removed.ForEach(each => Index.Remove(each.Item1));
        List<int> added = [.. missing.Select(at => numbers[at] = Index.Add(next[at]))];
        (_terms, _numbers) = (next, numbers);
        return (removed, added);
    }

    /// <summary>With traffic by our own numbers, under which the same is the same in every bundle.</summary>
    private ImmutableArray<VerdictTerm> Canonical(VerdictTerms terms)
    {
        var numbers = new int[terms.Traffic.Length];
        for (var index = 0; index < numbers.Length; index++)
        {
            if (!_trafficNumbers.TryGetValue(terms.Traffic[index], out numbers[index]))
            {
                _trafficNumbers.Add(terms.Traffic[index], numbers[index] = _traffic.Count);
                _traffic.Add(terms.Traffic[index]);
            }
        }

        return [.. terms.Terms.Select(term => term.Traffic == numbers[term.Traffic] ? term : term with { Traffic = numbers[term.Traffic] })];
    }
}
