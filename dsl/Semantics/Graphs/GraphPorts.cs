using System.Collections.Immutable;
using Netpol.Semantics.Analysis;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Graphs;

/// <summary>Functions over what connections carry, in the words of <c>on</c>: what can be carried at all, whatever else is asked of a receiver.</summary>
internal sealed class GraphPorts(SymbolicWorld world)
{
    private readonly Dictionary<int, ImmutableArray<GraphPort>> _known = [];

    private DecisionDiagram Diagram => world.Diagram;

    /// <param name="carried">Over <see cref="SymbolicWorld.Traffic"/> and <see cref="SymbolicWorld.PortNames"/>.</param>
    public ImmutableArray<GraphPort> Of(int carried) => _known.TryGetValue(carried, out var known) ? known : _known[carried] = [.. Words(carried)];

    private IEnumerable<GraphPort> Words(int carried)
    {
        var found = new List<(ImmutableArray<string> Names, int Classes)>();
        for (var rest = carried; rest != DecisionDiagram.False;)
        {
            var names = FewestNames(rest);
            var classes = Classes(rest, names);
            found.Add((names, classes));

            // Who needs no name for its ports is not asked for one.
            var everywhere = names.Aggregate(classes, (result, name) => Diagram.And(result, world.PortNames[name].Is(1)));
            rest = Diagram.Minus(rest, everywhere);
        }

        return from part in found.OrderBy(part => part.Names.Length).ThenBy(part => string.Join(' ', part.Names), StringComparer.Ordinal)
               from word in Words(part.Names, part.Classes)
               select word;
    }

    private IEnumerable<GraphPort> Words(ImmutableArray<string> names, int classes)
    {
        var terms = TrafficTerms.Of(world.Traffic, world.Classes, classes);
        return !names.IsEmpty && terms.Length == NamedProtocols && terms.All(term => term is TrafficTerm.Ports { First: 0, Last: ushort.MaxValue })
            ? [new(names, null)]
            : terms.Select(term => new GraphPort(names, term));
    }

    /// <summary>TCP, UDP and SCTP: whose ports may have names.</summary>
    private static int NamedProtocols => 3;

    /// <summary>Names for the port such that something is carried with these and no others, and not with fewer of them.</summary>
    private ImmutableArray<string> FewestNames(int rest)
    {
        var assignment = Diagram.Solve(rest);
        var names = world.PortNames.Where(name => name.Value.Value(assignment) == 1).Select(name => name.Key).Order(StringComparer.Ordinal).ToImmutableArray();
        foreach (var name in names)
        {
            if (Classes(rest, names.Remove(name)) != DecisionDiagram.False)
            {
                names = names.Remove(name);
            }
        }

        return names;
    }

    private int Classes(int rest, ImmutableArray<string> names)
    {
        var named = world.PortNames.Aggregate(rest, (result, name) => Diagram.And(result, name.Value.Is(names.Contains(name.Key) ? 1 : 0)));
        return Diagram.Exists(named, world.NamesStart, Diagram.VariableCount);
    }
}
