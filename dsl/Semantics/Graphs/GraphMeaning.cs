using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Graphs;

/// <summary>The connections between parties, as functions over one symbolic world.</summary>
internal sealed class GraphMeaning
{
    private readonly SymbolicVerdicts _verdicts;
    private readonly Dictionary<GraphParty, GraphSource> _sources = new(ReferenceEqualityComparer.Instance);

    public GraphMeaning(NetworkModel model, IEnumerable<AddressSet> sets)
    {
        // What is in the lines of tests has its words known; the graph asks about its parties as tests would.
        var nowhere = new Origin("", 0, 0, "");
        var lines = sets.Select(set => new TestLine(new TestSide.Set(set), new TestSide.Set(set), [], RuleAction.Allow, nowhere));
        var asked = model with { Tests = [new TestCase("", [.. lines], nowhere)], Assertions = [] };
        World = new SymbolicWorld(asked, new Members(asked));
        _verdicts = new SymbolicVerdicts(asked, World);
    }

    public SymbolicWorld World { get; }

    private DecisionDiagram Diagram => World.Diagram;

    public int Direct => World.Via.Is(0);

    public int Through(Service service) => World.Through((owner, _) => ReferenceEquals(owner, service));

    /// <summary>Everything that members of the party could open, and of that what is allowed.</summary>
    public GraphSource From(GraphParty party)
    {
        if (_sources.TryGetValue(party, out var known))
        {
            return known;
        }

        if (party.Addresses is not { } set)
        {
            return _sources[party] = new(DecisionDiagram.False, DecisionDiagram.False);
        }

        // Where no end is an endpoint nobody is asked.
        var possible = Diagram.And(
            World.Possible, World.Contains(set, World.Source), Diagram.Or(World.Source.Is(PartyKind.Endpoint), World.Destination.Is(PartyKind.Endpoint)));
        if (!NodeMention.In(set))
        {
            possible = Diagram.Minus(possible, World.Source.Is(PartyKind.Host));
        }

        return _sources[party] = new(possible, _verdicts.Allowed(possible));
    }

    /// <summary>Connections to members of the party, or by way of the service.</summary>
    public int To(GraphParty party) => party.Addresses is { } set
        ? Diagram.And(Direct, World.Contains(set, World.Destination))
        : party.Service is { } service ? Through(service) : DecisionDiagram.False;

    /// <summary>Every endpoint that there could be, and nobody else.</summary>
    public bool IsEveryEndpoint(GraphParty party) => party.Addresses is { } set
        && Diagram.And(World.Possible, World.Contains(set, World.Source)) == Diagram.And(World.Possible, World.Source.Is(PartyKind.Endpoint));

    public bool CanHoldAnyone(GraphParty party) => party.Addresses is not { } set
        || Diagram.Meet(World.Possible, World.Contains(set, World.Source)) || Diagram.Meet(World.Possible, World.Contains(set, World.Destination));

    /// <summary>The same members as another party's exactly if this is the same.</summary>
    public (int, int) Members(GraphParty party) => party.Addresses is { } set
        ? (Diagram.And(World.Possible, World.Contains(set, World.Source)), Diagram.And(World.Possible, World.Contains(set, World.Destination)))
        : (DecisionDiagram.False, DecisionDiagram.False);

    /// <summary>What is carried: over ways, traffic and names of ports.</summary>
    public int Carried(int connections) => Diagram.Exists(connections, 0, World.ViaStart);

    /// <summary>
    /// What is carried, and the same where the receiver gives the port fewer names: who says `81/tcp` means it by whatever name, so what is refused by
    /// one name is not said of the port.
    /// </summary>
    public int WithFewerNames(int carried)
    {
        foreach (var name in World.PortNames.Values)
        {
            var called = Diagram.Exists(Diagram.And(carried, name.Is(1)), name.Bits[0], name.Bits[0] + 1);
            carried = Diagram.Or(carried, Diagram.And(called, name.Is(0)));
        }

        return carried;
    }

    public GraphCause? Cause(Direction direction, int connections)
    {
        var decisions = _verdicts.Decisions(direction, connections).ToList();
        return decisions.Count == 0 ? null : new(
            [.. decisions.Select(decision => decision.Entry?.Rule).OfType<Rule>().Distinct().OrderBy(rule => rule.Origin)],
            decisions.Exists(decision => decision.Entry is null));
    }
}

/// <param name="Possible">Connections that could be opened.</param>
/// <param name="Allowed">Those that both ends allow.</param>
internal readonly record struct GraphSource(int Possible, int Allowed);
