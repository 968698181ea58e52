using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;

namespace Netpol.Loader.Verdicts;

/// <summary>What one space of traffic is answered: a verdict entry (abi.h) from each bound up to the next.</summary>
/// <param name="Starts">Ascending, the first is 0.</param>
/// <param name="Entries">One for each start; 0: no rule matches. Where it leads to a list, that is the number of one of <paramref name="Lists"/>.</param>
/// <param name="Lists">Limited rules in their order, then what is the answer where all are spent; as long as a node.</param>
internal sealed record TrafficMap(ImmutableArray<int> Starts, ImmutableArray<uint> Entries, ImmutableArray<uint[]> Lists)
{
    private const int Values = 1 << 16;

    private static readonly ImmutableArray<RuleStage> Plain = [RuleStage.Deny, RuleStage.Reject, RuleStage.Allow];

    private static readonly TrafficMap Empty = new([0], [0], []);

    internal bool IsUniform => Starts.Length == 1;

    /// <summary>The entry at a value.</summary>
    internal uint this[int value] => Entries[IndexOf(value)];

    internal int IndexOf(int value) => Starts.AsSpan().BinarySearch(value) is var index && index >= 0 ? index : ~index - 1;

    /// <summary>Joins the rules that match each value: the first stage that decides, and in it the first rule.</summary>
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

        ImmutableArray<StageRules> stages = [.. Enum.GetValues<RuleStage>().Select(_ => new StageRules())];
        var starts = ImmutableArray.CreateBuilder<int>();
        var entries = ImmutableArray.CreateBuilder<uint>();
        List<uint[]> lists = [];
        foreach (var (value, (begin, end)) in edges)
        {
            begin.ForEach(term => stages[(int)term.Stage].Add(term));
            end.ForEach(term => stages[(int)term.Stage].Remove(term));
            var entry = Entry(stages, lists);
            if (value < Values && (entries.Count == 0 || entries[^1] != entry))
            {
                starts.Add(value);
                entries.Add(entry);
            }
        }

        return new TrafficMap(starts.ToImmutable(), entries.ToImmutable(), [.. lists]);
    }

    private static uint Entry(ImmutableArray<StageRules> stages, List<uint[]> lists)
    {
        if (stages[(int)RuleStage.Admin].First is { Verdict: not Verdict.None } admin)
        {
            return VerdictCell.Of(admin, admin.Logs);
        }

        foreach (var stage in Plain.Select(stage => stages[(int)stage]))
        {
            if (stage.First is { } deciding)
            {
                return VerdictCell.Of(deciding, stage.Logs);
            }
        }

        var last = stages[(int)RuleStage.Baseline].First is { } baseline ? VerdictCell.Of(baseline, baseline.Logs) : 0;
        var limited = stages[(int)RuleStage.Limited];
        return limited.First is null ? last : VerdictCell.OfList((uint)List(limited, last, lists));
    }

    private static int List(StageRules limited, uint last, List<uint[]> lists)
    {
        var list = new uint[NodePool.Entries];
        var length = 0;
        foreach (var term in limited.InOrder.Take(NodePool.Entries - 1))
        {
            list[length++] = VerdictCell.Of(term, term.Logs);
        }

        list[length] = last;
        var known = lists.FindIndex(each => each.AsSpan().SequenceEqual(list));
        if (known < 0)
        {
            lists.Add(list);
        }

        return known < 0 ? lists.Count - 1 : known;
    }
}
