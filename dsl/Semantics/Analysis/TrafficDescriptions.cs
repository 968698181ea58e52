using System.Collections.Immutable;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>What connections carry, from functions over the variables to sets with words: one for each combination of port names and ways.</summary>
internal sealed class TrafficDescriptions(JudgementSpace space)
{
    private readonly int _hasPorts = space.Traffic.Where(index => space.Words.Classes[index] is TrafficClass.Ports);

    private DecisionDiagram Diagram => space.Diagram;

    /// <summary>Disjoint, and together the function, as far as it is possible. Each with its part of the function.</summary>
    public IReadOnlyList<(TrafficSet Set, int Function)> Of(int function)
    {
        var found = new Dictionary<Conditions, int>();
        foreach (var (rest, classes) in Diagram.Cut(function, space.NamesStart))
        {
            if (Diagram.And(classes, _hasPorts) is var withPorts and not DecisionDiagram.False)
            {
                foreach (var conditions in Cubes(rest, space.PortNames.Keys.ToImmutableArray(), NoNames))
                {
                    Add(found, conditions, withPorts);
                }
            }

            // Nobody calls what has no ports by a name.
            if (Diagram.Minus(classes, _hasPorts) is var withoutPorts and not DecisionDiagram.False)
            {
                var unnamed = space.PortNames.Values.Aggregate(rest, (result, name) => Diagram.And(result, name.Is(0)));
                if (unnamed != DecisionDiagram.False)
                {
                    Add(found, new(NoNames, Ways(Diagram.Exists(unnamed, space.NamesStart, space.ViaStart))), withoutPorts);
                }
            }
        }

        return [.. Joined(found).Select(part => (Set(part.Value, part.Key), Diagram.And(part.Value, Function(part.Key))))];
    }

    private ImmutableArray<TrafficTerm> Terms(int classes) => TrafficTerms.Of(space.Traffic, space.Words.Classes, classes);

    private TrafficSet Set(int classes, Conditions conditions)
    {
        var terms = Terms(classes);
        var others = terms.IsEmpty ? [] : Terms(Diagram.Minus(space.Traffic.Valid, classes));
        return new(terms, conditions.Names, [.. conditions.Ways.Select(Word)])
        {
            AllBut = others.Length + 1 < terms.Length ? others : [],
        };
    }

    private static ImmutableSortedDictionary<string, bool> NoNames { get; } = ImmutableSortedDictionary.Create<string, bool>(StringComparer.Ordinal);

    private void Add(Dictionary<Conditions, int> found, Conditions conditions, int classes) =>
        found[conditions] = Diagram.Or(found.GetValueOrDefault(conditions), classes);

    /// <summary>What has no ports may stand with what must not be called by names: it is not.</summary>
    private Dictionary<Conditions, int> Joined(Dictionary<Conditions, int> found)
    {
        foreach (var (conditions, classes) in found.ToList())
        {
            if (conditions.Names.IsEmpty && Diagram.And(classes, _hasPorts) == DecisionDiagram.False
                && found.Keys.FirstOrDefault(other => !other.Names.IsEmpty && other.Names.Values.All(isCalled => !isCalled) && other.HasWaysOf(conditions)) is { } other)
            {
                found.Remove(conditions);
                Add(found, other, classes);
            }
        }

        return found;
    }

    private IEnumerable<Conditions> Cubes(int function, ImmutableArray<string> names, ImmutableSortedDictionary<string, bool> chosen)
    {
        if (function == DecisionDiagram.False)
        {
            yield break;
        }

        if (names.IsEmpty)
        {
            yield return new(chosen, Ways(function));
            yield break;
        }

        var runs = space.PortNames[names[0]].Runs(function).ToList();
        foreach (var run in runs)
        {
            foreach (var cube in Cubes(run.Then, names.RemoveAt(0), run.First == run.Last ? chosen.Add(names[0], run.First == 1) : chosen))
            {
                yield return cube;
            }
        }
    }

    /// <summary>Empty: all of them.</summary>
    private ImmutableArray<int> Ways(int function)
    {
        var ways = space.Via.Runs(function).SelectMany(run => Enumerable.Range(run.First, run.Last - run.First + 1)).ToImmutableArray();
        return ways.Length == space.Via.Count ? [] : ways;
    }

    private int Function(Conditions conditions) => conditions.Names.Aggregate(
        conditions.Ways.IsEmpty ? DecisionDiagram.True : space.Via.Where(conditions.Ways.Contains),
        (result, name) => Diagram.And(result, space.PortNames[name.Key].Is(name.Value ? 1 : 0)));

    private string Word(int way) => way == 0 ? TrafficSet.Direct : space.Ways[way - 1].ToString();

    private sealed record Conditions(ImmutableSortedDictionary<string, bool> Names, ImmutableArray<int> Ways)
    {
        public bool HasWaysOf(Conditions other) => Ways.SequenceEqual(other.Ways);

        public bool Equals(Conditions? other) => other is not null && HasWaysOf(other) && Names.SequenceEqual(other.Names);

        public override int GetHashCode() => HashCode.Combine(Names.Count, Ways.Length, Names.FirstOrDefault());
    }
}
