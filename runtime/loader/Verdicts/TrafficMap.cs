using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;

namespace Netpol.Loader.Verdicts;

/// <summary>What one space of traffic is answered: a verdict entry (abi.h) from each bound up to the next.</summary>
/// <param name="Starts">Ascending, the first is 0.</param>
/// <param name="Entries">One for each start; 0: no rule matches.</param>
internal sealed record TrafficMap(ImmutableArray<int> Starts, ImmutableArray<uint> Entries)
{
    private const int Values = 1 << 16;

    private static readonly TrafficMap Empty = new([0], [0]);

    internal bool IsUniform => Starts.Length == 1;

    /// <summary>The entry at a value.</summary>
    internal uint this[int value] => Entries[IndexOf(value)];

    internal int IndexOf(int value) => Starts.AsSpan().BinarySearch(value) is var index && index >= 0 ? index : ~index - 1;

    /// <summary>Joins the rules that match each value: a deny beats an allow, then the first rule; any of them may log.</summary>
    internal static TrafficMap Of(IReadOnlyList<(VerdictTerm Term, TrafficRange Range)> matches)
    {
        if (matches.Count == 0)
        {
            return Empty;
        }

        SortedDictionary<int, (List<VerdictTerm> Begin, List<VerdictTerm> End)> edges = [];
        (List<VerdictTerm> Begin, List<VerdictTerm> End) At(int value)
        {
            if (!edges.TryGetValue(value, out var edge))
            {
                edges.Add(value, edge = ([], []));
            }

            return edge;
        }

        _ = At(0);
        foreach (var (term, range) in matches)
        {
            At(range.First).Begin.Add(term);
            At(range.Last + 1).End.Add(term);
        }

        ActiveRules deny = new(), allow = new();
        var starts = ImmutableArray.CreateBuilder<int>();
        var entries = ImmutableArray.CreateBuilder<uint>();
        foreach (var (value, (begin, end)) in edges)
        {
            begin.ForEach(term => (term.Denies ? deny : allow).Add(term));
            end.ForEach(term => (term.Denies ? deny : allow).Remove(term));
            var entry = deny.First is { } denied ? VerdictCell.Of(denied, isDeny: true, deny.Logs)
                : allow.First is { } allowed ? VerdictCell.Of(allowed, isDeny: false, allow.Logs)
                : 0;
            if (value < Values && (entries.Count == 0 || entries[^1] != entry))
            {
                starts.Add(value);
                entries.Add(entry);
            }
        }

        return new TrafficMap(starts.ToImmutable(), entries.ToImmutable());
    }

    /// <summary>The rules of one action that match at a value, while a sweep goes over all.</summary>
    private sealed class ActiveRules
    {
        private readonly SortedDictionary<int, int> _rules = [];
        private int _logging;

        internal int? First => _rules.Count == 0 ? null : _rules.First().Key;

        internal bool Logs => _logging > 0;

        internal void Add(VerdictTerm term)
        {
            _rules[term.Rule] = _rules.GetValueOrDefault(term.Rule) + 1;
            _logging += term.Logs ? 1 : 0;
        }

        internal void Remove(VerdictTerm term)
        {
            _logging -= term.Logs ? 1 : 0;
            if (--_rules[term.Rule] == 0)
            {
                _rules.Remove(term.Rule);
            }
        }
    }
}
