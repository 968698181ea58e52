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

    // As they came, with the numbers of their traffic: what comes again as the same objects is known at a glance.
    private VerdictTerms _given = new([], [], []);
    private int[] _givenTraffic = [];

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
        var traffic = new int[terms.Traffic.Length];
        var shift = _given.Traffic.Length - terms.Traffic.Length;
        for (var index = 0; index < traffic.Length; index++)
        {
            traffic[index] = Same(_given.Traffic, terms.Traffic[index], index, shift) is var place and >= 0 ? _givenTraffic[place] : NumberOf(terms.Traffic[index]);
        }

        var canonical = ImmutableArray.CreateBuilder<VerdictTerm>(terms.Terms.Length);
        shift = _given.Terms.Length - terms.Terms.Length;
        for (var index = 0; index < terms.Terms.Length; index++)
        {
            var term = terms.Terms[index];
            var number = traffic[term.Traffic];
            canonical.Add(
                term.Traffic == number ? term
                : Same(_given.Terms, term, index, shift) is var place and >= 0 && _terms[place].Traffic == number ? _terms[place]
                : term with { Traffic = number });
        }

        (_given, _givenTraffic) = (terms, traffic);
        return canonical.MoveToImmutable();
    }

    // Where it was, from the start or from the end; -1: at neither.
    private static int Same<T>(ImmutableArray<T> former, T item, int index, int shift)
        where T : class =>
        index < former.Length && ReferenceEquals(former[index], item) ? index
        : index + shift is var place and >= 0 && place < former.Length && ReferenceEquals(former[place], item) ? place
        : -1;

    private int NumberOf(TrafficSet traffic)
    {
        if (!_trafficNumbers.TryGetValue(traffic, out var number))
        {
            _trafficNumbers.Add(traffic, number = _traffic.Count);
            _traffic.Add(traffic);
        }

        return number;
    }
}
