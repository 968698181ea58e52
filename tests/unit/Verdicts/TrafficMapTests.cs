using CsCheck;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Verdicts;

namespace Netpol.Tests.Unit.Verdicts;

public sealed class TrafficMapTests
{
    [Fact]
    public void A_map_and_its_tree_say_of_every_value_what_its_rules_say() =>
        Gen.Int[0, int.MaxValue].Sample(
            seed =>
            {
                Random random = new(seed);
                var matches = Enumerable.Range(1, random.Next(1, 8)).Select(rule => Match(random, rule)).ToList();

                var map = TrafficMap.Of(matches);

                NodePool pool = new(VerdictTables.FirstNode);
                var root = pool.Root(map);
                foreach (var value in matches.SelectMany(match => new[] { match.Range.First - 1, match.Range.First, match.Range.Last, match.Range.Last + 1 })
                    .Append(0).Append(ushort.MaxValue).Where(value => value is >= 0 and <= ushort.MaxValue))
                {
                    Assert.Equal(Expected(matches, value), map[value]);
                    Assert.Equal(Expected(matches, value), Walk(pool, root, value));
                }
            },
            iter: 300, threads: 1);

    [Fact]
    public void Trees_that_are_alike_are_one()
    {
        NodePool pool = new(VerdictTables.FirstNode);
        var first = pool.Root(TrafficMap.Of([(Term(1), new TrafficRange(TrafficSpace.Tcp, 80, 80))]));
        var end = pool.End;

        var second = pool.Root(TrafficMap.Of([(Term(1), new TrafficRange(TrafficSpace.Udp, 80, 80))]));

        Assert.Equal((first, end), (second, pool.End));
        // Two halves of a root, and a node at each level below the one that holds port 80.
        Assert.Equal(4, end - VerdictTables.FirstNode);
    }

    [Fact]
    public void What_is_the_same_for_every_value_needs_no_node()
    {
        NodePool pool = new(VerdictTables.FirstNode);

        var root = pool.Root(TrafficMap.Of([(Term(7), new TrafficRange(TrafficSpace.Tcp, 0, ushort.MaxValue))]));

        Assert.Equal(VerdictCell.Of(Term(7), logs: false), root);
        Assert.Equal(VerdictTables.FirstNode, pool.End);
    }

    private static (VerdictTerm Term, TrafficRange Range) Match(Random random, int rule)
    {
        var first = random.Next(3) == 0 ? random.Next(65536) : random.Next(40) * 32;
        var last = Math.Min(ushort.MaxValue, first + (random.Next(3) switch { 0 => 0, 1 => random.Next(64), _ => random.Next(65536) }));
        return (Term(rule, random.Next(3) == 0, random.Next(4) == 0), new TrafficRange(TrafficSpace.Tcp, (ushort)first, (ushort)last));
    }

    private static VerdictTerm Term(int rule, bool denies = false, bool logs = false) =>
        new(rule, denies ? RuleStage.Deny : RuleStage.Allow, denies ? Verdict.Deny : Verdict.Allow, 0, logs, false, [], [], null, 0, 0);

    private static uint Expected(List<(VerdictTerm Term, TrafficRange Range)> matches, int value)
    {
        var matching = matches.Where(match => match.Range.First <= value && value <= match.Range.Last).Select(match => match.Term).ToList();
        var deciding = matching.GroupBy(term => term.Stage).MinBy(stage => stage.Key);
        return deciding is null ? 0 : VerdictCell.Of(deciding.MinBy(term => term.Rule) ?? deciding.First(), deciding.Any(term => term.Logs));
    }

    private static uint Walk(NodePool pool, uint entry, int value)
    {
        entry += entry != 0 && (entry & VerdictCell.Final) == 0 ? (uint)(value >> 15) : 0;
        for (var shift = 10; shift >= 0; shift -= 5)
        {
            entry = entry == 0 || (entry & VerdictCell.Final) != 0 ? entry : pool.Made[(int)entry - pool.First][value >> shift & 31];
        }

        return entry;
    }
}
