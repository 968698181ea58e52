using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>
/// The connections that policy allows, as a function of the variables. Only policies that can select an end of the
/// connections asked for are looked at, which keeps the graph of one test line small in a large model.
/// </summary>
internal sealed class SymbolicVerdicts(NetworkModel model, SymbolicWorld world)
{
    private readonly Dictionary<Rule, int> _matches = new(ReferenceEqualityComparer.Instance);

    private DecisionDiagram Diagram => world.Diagram;

    /// <summary>Those of <paramref name="connections"/> that are allowed at both ends.</summary>
    /// <param name="nodeHasItsRight">The node reaches its own endpoints whatever rules say.</param>
    public int Allowed(int connections, bool nodeHasItsRight)
    {
        var egress = Allowed(Direction.Egress, connections);
        var ingress = Allowed(Direction.Ingress, egress);
        return nodeHasItsRight
            ? Diagram.Or(ingress, Diagram.And(egress, world.Source.Is(PartyKind.Host)))
            : ingress;
    }

    private int Allowed(Direction direction, int connections)
    {
        var self = direction == Direction.Egress ? world.Source : world.Destination;
        var judged = Diagram.And(connections, self.Is(PartyKind.Endpoint));
        var (isolated, denied, allowed) = (DecisionDiagram.False, DecisionDiagram.False, DecisionDiagram.False);
        foreach (var policy in model.Policies)
        {
            var blocks = policy.Blocks.Where(block => block.Direction == direction).ToList();
            var selected = blocks.Count == 0 ? DecisionDiagram.False : Diagram.And(judged, world.Contains(policy.For, self));
            if (selected == DecisionDiagram.False)
            {
                continue;
            }

            isolated = Diagram.Or(isolated, selected);
            foreach (var rule in blocks.SelectMany(block => block.Rules))
            {
                var matching = Diagram.And(selected, Matches(rule, direction));
                (denied, allowed) = rule.Action == RuleAction.Deny
                    ? (Diagram.Or(denied, matching), allowed)
                    : (denied, Diagram.Or(allowed, matching));
            }
        }

        var passed = Diagram.Or(allowed, Diagram.Not(isolated));
        return Diagram.And(connections, Diagram.Not(denied), passed);
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
                ? Diagram.And(world.PortNames[named.Name].Is(1), named.Protocol is { } protocol ? world.IsProtocol(protocol) : DecisionDiagram.True)
                : world.Classes.Matching(world.Traffic, port);
            result = Diagram.Or(result, matching);
        }

        return result;
    }

    private int Matches(Rule rule, Direction direction)
    {
        if (!_matches.TryGetValue(rule, out var matches))
        {
            var peer = direction == Direction.Egress ? world.Destination : world.Source;
            _matches[rule] = matches = Matches(rule.Peer, rule, peer);
        }

        return matches;
    }

    /// <summary>Part by part, because <c>on</c> after <c>service S</c> names the service's ports: see <see cref="RuleMatching"/>.</summary>
    private int Matches(AddressSet peer, Rule rule, SymbolicParty party) => peer switch
    {
        AddressSet.Named named => Matches(named.Set, rule, party),
        AddressSet.Union union => union.Parts.Aggregate(
            DecisionDiagram.False, (result, part) => Diagram.Or(result, Matches(part, rule, party))),
        AddressSet.Service service => ReferenceEquals(party, world.Destination)
            ? world.Via.Where(way => way > 0 && world.Ways[way - 1].Service.Name == service.Name
                && PortMatching.MatchService(rule.Ports, world.Ways[way - 1].Port))
            : DecisionDiagram.False,
        _ => Diagram.And(OnPorts(rule.Ports), world.Contains(peer, party)),
    };
}
