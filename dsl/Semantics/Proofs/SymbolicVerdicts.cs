using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>
/// The connections that policy allows, as a function of the variables. Only policies that can select an end of the
/// connections asked for are looked at, which keeps the graph of one test line small in a large model.
/// </summary>
internal sealed class SymbolicVerdicts
{
    private readonly SymbolicWorld _world;
    private readonly DecisionList _egress;
    private readonly DecisionList _ingress;

    public SymbolicVerdicts(NetworkModel model, SymbolicWorld world)
    {
        _world = world;
        _egress = new DecisionList(model, QuestionsOf(Direction.Egress));
        _ingress = new DecisionList(model, QuestionsOf(Direction.Ingress));
    }

    private DecisionDiagram Diagram => _world.Diagram;

    /// <summary>Those of <paramref name="connections"/> that are allowed at both ends, while no limit is spent.</summary>
    /// <param name="request">Where given: those on which this request passes too.</param>
    public int Allowed(int connections, HttpRequest? request = null) =>
        Allowed(_ingress, _world.Destination, Allowed(_egress, _world.Source, connections, request), request);

    /// <summary>The rules that decide some of <paramref name="connections"/>, at either end.</summary>
    public IEnumerable<Rule> Deciding(int connections) => Decisions(Direction.Egress, connections)
        .Concat(Decisions(Direction.Ingress, Allowed(_egress, _world.Source, connections)))
        .Select(decision => decision.Entry?.Rule).OfType<Rule>().Distinct();

    /// <summary>What decides some of <paramref name="connections"/> at one end; nothing where that is no endpoint.</summary>
    public IEnumerable<Decision> Decisions(Direction direction, int connections)
    {
        var (list, self) = direction == Direction.Egress ? (_egress, _world.Source) : (_ingress, _world.Destination);
        return list.Decide(Diagram.And(connections, self.Is(PartyKind.Endpoint))).Select(part => part.Decision);
    }

    /// <summary>The connections that <c>on</c> means at their receiver.</summary>
    public int OnPorts(ImmutableArray<PortMatch> ports)
    {
        if (ports.IsEmpty)
        {
            return DecisionDiagram.True;
        }

        var result = DecisionDiagram.False;
        foreach (var port in ports)
        {
            var matching = port is PortMatch.Named named
                ? Diagram.And(_world.PortNames[named.Name].Is(1), named.Protocol is { } protocol ? _world.IsProtocol(protocol) : DecisionDiagram.True)
                : _world.Classes.Matching(_world.Traffic, port);
            result = Diagram.Or(result, matching);
        }

        return result;
    }

    /// <summary>Who is no endpoint has no policy.</summary>
    private int Allowed(DecisionList list, SymbolicParty self, int connections, HttpRequest? request = null)
    {
        var judged = Diagram.And(connections, self.Is(PartyKind.Endpoint));
        return list.Outcomes(judged)
            .Where(outcome => outcome.Key.Verdict == Verdict.Allow && (request is null || outcome.Key.Inspection?.Lets(request) != false))
            .Aggregate(Diagram.Minus(connections, judged), (allowed, outcome) => Diagram.Or(allowed, outcome.Value));
    }

    private RuleQuestions QuestionsOf(Direction direction)
    {
        var (self, peer) = direction == Direction.Egress ? (_world.Source, _world.Destination) : (_world.Destination, _world.Source);
        return new(
            direction,
            Diagram,
            set => _world.Contains(set, self),
            set => _world.Contains(set, peer),
            OnPorts,
            (service, ports) => _world.Through((owner, port) => owner.Name == service && PortMatching.MatchService(ports, port)),
            peer.Is(PartyKind.Host),
            connections => connections);
    }
}
