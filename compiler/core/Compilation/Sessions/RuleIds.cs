using System.Collections.Immutable;

namespace Netpol.Compiler.Compilation.Sessions;

/// <summary>
/// Ids of rules while rules come and go: a rule that stays keeps its id, and ids ascend in the order of the source, which is that of
/// precedence. So there are ids to spare between neighbours; where they run out, all rules are numbered anew.
/// </summary>
internal sealed class RuleIds
{
    /// <summary>Ids a rule at the start. Each costs a counter of 16 bytes for every processor.</summary>
    private const int Stride = 4;

    private readonly ImmutableArray<NumberedRule> _rules;

    // Ids that a rule has, or had: one that had another meaning is given again only where there is no other.
    private readonly bool[] _given;

    private RuleIds(ImmutableArray<NumberedRule> rules, bool[] given) => (_rules, _given) = (rules, given);

    public static RuleIds None { get; } = new([], [false]);

    /// <summary>The highest id there may be until all rules are numbered anew.</summary>
    public int Highest => _given.Length - 1;

    /// <summary>By the order of the rules.</summary>
    public ImmutableArray<int> Ids => [.. _rules.Select(rule => rule.Id)];

    /// <summary>Ids for the rules as they are now.</summary>
    /// <param name="isRenumbered">Rules that stayed have other ids than before.</param>
    public RuleIds Next(IEnumerable<(string Policy, CompiledRule Rule)> rules, out bool isRenumbered)
    {
        NumberedRule[] next = [.. rules.Select(entry => new NumberedRule(entry.Policy, entry.Rule, 0))];
        Keep(next);
        KeepAscending(next);
        var given = (bool[])_given.Clone();
        isRenumbered = !TryFill(next, given);
        return isRenumbered ? Anew(next) : new RuleIds([.. next], given);
    }

    private static RuleIds Anew(NumberedRule[] rules)
    {
        var given = new bool[1 + (Stride * (rules.Length + (rules.Length / 8) + 16))];
        for (var index = 0; index < rules.Length; index++)
        {
            rules[index] = rules[index] with { Id = Stride * (index + 1) };
            given[rules[index].Id] = true;
        }

        return new RuleIds([.. rules], given);
    }

    // A rule of a policy that was compiled anew is the one that means the same.
    private void Keep(NumberedRule[] next)
    {
        var (first, last, lastNext) = (0, _rules.Length, next.Length);
        for (; first < Math.Min(last, lastNext) && ReferenceEquals(_rules[first].Rule, next[first].Rule); first++)
        {
            next[first] = next[first] with { Id = _rules[first].Id };
        }

        for (; Math.Min(last, lastNext) > first && ReferenceEquals(_rules[last - 1].Rule, next[lastNext - 1].Rule); last--, lastNext--)
        {
            next[lastNext - 1] = next[lastNext - 1] with { Id = _rules[last - 1].Id };
        }

        Keep(next.AsSpan(first..lastNext), _rules[first..last]);
    }

    private static void Keep(Span<NumberedRule> next, ImmutableArray<NumberedRule> rules)
    {
        var gone = new Dictionary<CompiledRule, int>(ReferenceEqualityComparer.Instance);
        foreach (var rule in rules)
        {
            gone.TryAdd(rule.Rule, rule.Id);
        }

        for (var index = 0; index < next.Length; index++)
        {
            if (gone.Remove(next[index].Rule, out var id))
            {
                next[index] = next[index] with { Id = id };
            }
        }

        if (gone.Count == 0)
        {
            return;
        }

        var byPolicy = rules.Where(rule => gone.ContainsKey(rule.Rule)).GroupBy(rule => rule.Policy, StringComparer.Ordinal)
            .ToDictionary(rules => rules.Key, rules => rules.ToList(), StringComparer.Ordinal);
        for (var index = 0; index < next.Length; index++)
        {
            if (next[index].Id == 0 && byPolicy.TryGetValue(next[index].Policy, out var left)
                && IndexOfSame(left, next[index].Rule) is var same and >= 0)
            {
                next[index] = next[index] with { Id = left[same].Id };
                left.RemoveAt(same);
            }
        }
    }

    private static int IndexOfSame(List<NumberedRule> rules, CompiledRule rule) => rules.FindIndex(other => other.Rule.MeansTheSame(rule));

    // Of rules that changed places as few as can be get other ids: all but a longest ascending sequence.
    private static void KeepAscending(NumberedRule[] rules)
    {
        int[] kept = [.. Enumerable.Range(0, rules.Length).Where(index => rules[index].Id != 0)];
        var isAscending = true;
        for (var place = 1; place < kept.Length; place++)
        {
            isAscending &= rules[kept[place - 1]].Id < rules[kept[place]].Id;
        }

        if (isAscending)
        {
            return;
        }

        // The last rule of the best sequence of each length, and the one before each rule.
        var ends = new List<int>();
        var before = new int[rules.Length];
        foreach (var index in kept)
        {
            var (low, high) = (0, ends.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = rules[ends[middle]].Id < rules[index].Id ? (middle + 1, high) : (low, middle);
            }

            before[index] = low == 0 ? -1 : ends[low - 1];
            if (low == ends.Count)
            {
                ends.Add(index);
            }
            else
            {
                ends[low] = index;
            }
        }

        var stays = new HashSet<int>();
        for (var index = ends[^1]; index >= 0; index = before[index])
        {
            stays.Add(index);
        }

        foreach (var index in kept.Where(index => !stays.Contains(index)))
        {
            rules[index] = rules[index] with { Id = 0 };
        }
    }

    private static bool TryFill(NumberedRule[] rules, bool[] given)
    {
        for (var index = 0; index < rules.Length;)
        {
            if (rules[index].Id != 0)
            {
                index++;
                continue;
            }

            var end = index;
            while (end < rules.Length && rules[end].Id == 0)
            {
                end++;
            }

            var (low, high, count) = (index == 0 ? 0 : rules[index - 1].Id, end == rules.Length ? given.Length : rules[end].Id, end - index);
            List<int> free = [.. Enumerable.Range(low + 1, high - low - 1).Where(id => !given[id])];
            free = free.Count < count ? [.. Enumerable.Range(low + 1, high - low - 1)] : free;
            if (free.Count < count)
            {
                return false;
            }

            for (var place = 0; place < count; place++)
            {
                // In the middle of what is free, so that there is room on both sides.
                var id = free[(int)((long)(place + 1) * (free.Count + 1) / (count + 1)) - 1];
                rules[index + place] = rules[index + place] with { Id = id };
                given[id] = true;
            }

            index = end;
        }

        return true;
    }

    private readonly record struct NumberedRule(string Policy, CompiledRule Rule, int Id);
}
