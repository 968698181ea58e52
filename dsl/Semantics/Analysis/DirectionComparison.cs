using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>What two models make of the judgements of one direction.</summary>
internal sealed class DirectionComparison
{
    private readonly JudgementSpace _space;
    private readonly Direction _direction;
    private readonly ChangeEffects _effects;
    private readonly JudgementConstraints _constraints;
    private readonly DecisionList _old;
    private readonly DecisionList _new;

    public DirectionComparison(JudgementSpace space, Direction direction, ChangeEffects effects)
    {
        (_space, _direction, _effects) = (space, direction, effects);
        (_constraints, _old, _new) = (effects.ConstraintsOf(direction), effects.Lists(direction).Old, effects.Lists(direction).New);
    }

    private DecisionDiagram Diagram => _space.Diagram;

    public IEnumerable<ChangedRegion> Regions()
    {
        var changed = _constraints.Valid(Candidates());
        if (changed == DecisionDiagram.False)
        {
            yield break;
        }

        var ends = new EndDescriptions(_space, _constraints);
        var traffic = new TrafficDescriptions(_space);
        foreach (var (was, before) in _old.Outcomes(changed))
        {
            foreach (var (becomes, after) in _new.Outcomes(before).Where(outcome => outcome.Key != was))
            {
                foreach (var region in RegionDecomposition.Merged(Diagram, [.. RegionDecomposition.Of(_space, after).Select(WithoutIdleConditions)]))
                {
                    foreach (var (carried, function) in traffic.Of(region.Traffic))
                    {
                        if (Region(region with { Traffic = function }, carried, was, becomes, ends) is { } found)
                        {
                            yield return found;
                        }
                    }
                }
            }
        }
    }

    /// <summary>Null where no such connection can be.</summary>
    private ChangedRegion? Region(JudgementRegion region, TrafficSet traffic, Outcome was, Outcome becomes, EndDescriptions ends)
    {
        var possible = _constraints.Possible(region.Function(_space));
        if (possible == DecisionDiagram.False)
        {
            return null;
        }

        var (self, peer) = (ends.OfSelf(region.Self), ends.OfPeer(region.Peer, region.Relation));
        var isEgress = _direction == Direction.Egress;
        var (effect, example) = _effects.Of(_direction, region, possible, was, becomes);
        return new(
            _direction,
            isEgress ? self : peer,
            isEgress ? peer : self,
            region.Relation,
            traffic,
            Side(_old, possible, was),
            Side(_new, possible, becomes),
            Change(was, becomes),
            effect,
            example);
    }

    /// <summary>
    /// The same possible judgements, without conditions that ask for nothing: names that nobody here gives to a port, ways that lead from
    /// nobody here to nobody there.
    /// </summary>
    private JudgementRegion WithoutIdleConditions(JudgementRegion region)
    {
        var classes = Diagram.Exists(region.Traffic, _space.NamesStart, Diagram.VariableCount);
        var all = _constraints.Possible((region with { Traffic = Diagram.And(classes, _constraints.Traffic) }).Function(_space));
        var possible = Diagram.Exists(all, 0, _space.TrafficStart);
        return region with { Traffic = Diagram.Or(region.Traffic, Diagram.Minus(Diagram.And(classes, _constraints.Traffic), possible)) };
    }

    /// <summary>All that the two lists do not say alike: whatever nothing in it matches is judged the same.</summary>
    private int Candidates()
    {
        var result = Diagram.Xor(Selected(_old.Isolation), Selected(_new.Isolation));
        foreach (var entry in Unlike(_old.Ordinary, _new.Ordinary).Concat(UnlikeInOrder(_old.Admin, _new.Admin)).Concat(UnlikeInOrder(_old.Baseline, _new.Baseline)))
        {
            result = Diagram.Or(result, entry.Function(Diagram));
        }

        return result;
    }

    private int Selected(ImmutableArray<DecisionEntry> isolation) =>
        isolation.Select(entry => entry.Self).Distinct().Aggregate(DecisionDiagram.False, (result, self) => Diagram.Or(result, self));

    /// <summary>In the ordinary tier only what is there counts, not where or how often.</summary>
    private static IEnumerable<DecisionEntry> Unlike(ImmutableArray<DecisionEntry> old, ImmutableArray<DecisionEntry> @new)
    {
        var (before, after) = (old.Select(entry => entry.Key).ToHashSet(), @new.Select(entry => entry.Key).ToHashSet());
        return old.Where(entry => !after.Contains(entry.Key)).Concat(@new.Where(entry => !before.Contains(entry.Key)));
    }

    /// <summary>
    /// Where order counts: all but a common subsequence. A connection that only entries of it match meets them in the same order under
    /// both models. The subsequence is the longest among entries whose key is there once.
    /// </summary>
    private static IEnumerable<DecisionEntry> UnlikeInOrder(ImmutableArray<DecisionEntry> old, ImmutableArray<DecisionEntry> @new)
    {
        var places = @new.Select((entry, index) => (entry.Key, index)).GroupBy(pair => pair.Key)
            .Where(group => group.Count() == 1).ToDictionary(group => group.Key, group => group.Single().index);
        var once = old.GroupBy(entry => entry.Key).Where(group => group.Count() == 1).Select(group => group.Key).ToHashSet();
        var pairs = old.Select((entry, index) => (Old: index, New: once.Contains(entry.Key) ? places.GetValueOrDefault(entry.Key, -1) : -1))
            .Where(pair => pair.New >= 0).ToList();
        var (keptOld, keptNew) = (new HashSet<int>(), new HashSet<int>());
        foreach (var (oldIndex, newIndex) in LongestAscending(pairs))
        {
            keptOld.Add(oldIndex);
            keptNew.Add(newIndex);
        }

        return old.Where((_, index) => !keptOld.Contains(index)).Concat(@new.Where((_, index) => !keptNew.Contains(index)));
    }

    /// <summary>By patience: piles whose tops ascend, each card with the top of the pile before it.</summary>
    private static Stack<(int Old, int New)> LongestAscending(List<(int Old, int New)> pairs)
    {
        var tops = new List<int>();
        var before = new int[pairs.Count];
        for (var index = 0; index < pairs.Count; index++)
        {
            var (low, high) = (0, tops.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = pairs[tops[middle]].New < pairs[index].New ? (middle + 1, high) : (low, middle);
            }

            before[index] = low == 0 ? -1 : tops[low - 1];
            if (low == tops.Count)
            {
                tops.Add(index);
            }
            else
            {
                tops[low] = index;
            }
        }

        var longest = new Stack<(int Old, int New)>();
        for (var index = tops.Count == 0 ? -1 : tops[^1]; index >= 0; index = before[index])
        {
            longest.Push(pairs[index]);
        }

        return longest;
    }

    private static DecidedSide Side(DecisionList list, int possible, Outcome outcome)
    {
        var entries = list.Decide(possible).Select(part => part.Decision.Entry).OfType<DecisionEntry>().ToList();
        return new(
            outcome,
            [.. entries.Select(entry => entry.Rule).OfType<Rule>().Distinct<Rule>(ReferenceEqualityComparer.Instance)],
            [.. entries.Where(entry => entry.Rule is null).Select(entry => entry.Policy)]);
    }

    private static ChangeKind Change(Outcome was, Outcome becomes) => (was.Verdict, becomes.Verdict) switch
    {
        (Verdict.Allow, Verdict.Allow) when Holds(was, becomes) => ChangeKind.Narrowed,
        (Verdict.Allow, Verdict.Allow) when Holds(becomes, was) => ChangeKind.Widened,
        (Verdict.Allow, not Verdict.Allow) => ChangeKind.Narrowed,
        (not Verdict.Allow, Verdict.Allow) => ChangeKind.Widened,
        _ => ChangeKind.Other,
    };

    /// <summary>Lets the one through all that the other does? Two limits have no order.</summary>
    private static bool Holds(Outcome wider, Outcome narrower) =>
        (wider.Limit is null || wider.Limit == narrower.Limit)
        && (wider.Inspection is not { } passing || (narrower.Inspection is { } others && passing.Holds(others)));
}
