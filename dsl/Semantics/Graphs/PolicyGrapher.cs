using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;
using Netpol.Semantics.Analysis;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Graphs;

/// <summary>
/// Makes the graph of a model. Between two parties there may be connections that all of their members may open, and such that some may;
/// of the latter only what the former, between whomever, do not already say. Parties whose edges are the same are one node.
/// </summary>
public static class PolicyGrapher
{
    /// <exception cref="AnalysisTooLargeException">The model says more than memory has room for.</exception>
    public static PolicyGraph Of(NetworkModel model)
    {
        try
        {
            return new Graphing(model).Graph();
        }
        catch (ProofTooLargeException)
        {
            throw new AnalysisTooLargeException();
        }
    }

    private sealed class Graphing
    {
        private readonly ImmutableArray<GraphParty> _parties;
        private readonly GraphMeaning _meaning;
        private readonly GraphPorts _ports;
        private readonly Dictionary<(int From, int To), Link> _links = [];

        /// <summary>Connections of links that all may open.</summary>
        private int _explained = DecisionDiagram.False;

        public Graphing(NetworkModel model)
        {
            var parties = GraphParties.Of(model);
            _meaning = new GraphMeaning(model, parties.Select(party => party.Addresses).OfType<AddressSet>());
            _ports = new GraphPorts(_meaning.World);
            // Whoever writes `pods in any namespace` means everyone, as by `any`; whoever names it wants to see it.
            _parties = [.. parties.Where(party => _meaning.CanHoldAnyone(party) && (party.Sets[0].Origin is not null || !_meaning.IsEveryEndpoint(party))).GroupBy(party => (party.Service, _meaning.Members(party)))
                .Select(same => same.First() with { Sets = [.. same.SelectMany(party => party.Sets)] })];
        }

        private DecisionDiagram Diagram => _meaning.World.Diagram;

        public PolicyGraph Graph()
        {
            FindLinks();
            LeaveOutExplained();
            var nodes = Alike();
            return new(
                [.. nodes.Select((node, index) => new GraphNode($"n{index + 1}", _parties[node[0]].Kind, [.. node.SelectMany(party => _parties[party].Sets)]))],
                [.. from source in Enumerable.Range(0, nodes.Length)
                    from target in Enumerable.Range(0, nodes.Length)
                    from edge in Edges(source, nodes[source], target, nodes[target])
                    select edge]);
        }

        private void FindLinks()
        {
            for (var source = 0; source < _parties.Length; source++)
            {
                var from = _meaning.From(_parties[source]);
                var refused = Diagram.Minus(from.Possible, from.Allowed);
                for (var target = 0; target < _parties.Length; target++)
                {
                    var to = _meaning.To(_parties[target]);
                    var allowed = Diagram.And(from.Allowed, to);
                    if (allowed == DecisionDiagram.False)
                    {
                        continue;
                    }

                    var (carried, never) = (_meaning.Carried(allowed), _meaning.WithFewerNames(_meaning.Carried(Diagram.And(refused, to))));
                    var whole = Diagram.Minus(carried, never);
                    _links[(source, target)] = new(whole, Diagram.And(carried, never), _meaning.Carried(Diagram.And(from.Possible, to)));
                    _explained = Diagram.Or(_explained, Diagram.And(allowed, whole));
                }
            }
        }

        private void LeaveOutExplained()
        {
            foreach (var ((source, target), link) in _links.Where(link => link.Value.Partly != DecisionDiagram.False).ToList())
            {
                var some = Diagram.And(_meaning.From(_parties[source]).Allowed, _meaning.To(_parties[target]), link.Partly);
                var left = link with { Partly = _meaning.Carried(Diagram.Minus(some, _explained)) };
                if (left is { Whole: DecisionDiagram.False, Partly: DecisionDiagram.False })
                {
                    _links.Remove((source, target));
                }
                else
                {
                    _links[(source, target)] = left;
                }
            }
        }

        /// <summary>The parties by their edges; places in <see cref="_parties"/>, in order.</summary>
        private ImmutableArray<ImmutableArray<int>> Alike()
        {
            var all = Enumerable.Range(0, _parties.Length).ToList();
            return [.. all.GroupBy(party => string.Join(' ', all.Select(other => $"{KeyOf(party, other)}|{KeyOf(other, party)}").Prepend($"{_parties[party].Kind} {Backends(party)}")))
                .Select(node => node.ToImmutableArray())];

            string KeyOf(int source, int target) => _links.TryGetValue((source, target), out var link) ? link.Key : "";

            string Backends(int party) => string.Join(' ', all.Where(other => IsBackend(party, other) || IsBackend(other, party)));
        }

        private IEnumerable<GraphEdge> Edges(int source, ImmutableArray<int> from, int target, ImmutableArray<int> to)
        {
            // All of the node have the same; a member stands for them but in what lets the connections through.
            if (_links.TryGetValue((from[0], to[0]), out var link))
            {
                var allowed = Diagram.And(
                    Any(from, party => _meaning.From(_parties[party]).Allowed), Any(to, party => _meaning.To(_parties[party])));
                if (link.Whole != DecisionDiagram.False)
                {
                    yield return Edge(Diagram.And(allowed, link.Whole), Ports(to[0], link.Whole, link.Possible), isWhole: true);
                }

                if (link.Partly != DecisionDiagram.False)
                {
                    yield return Edge(Diagram.Minus(Diagram.And(allowed, link.Partly), _explained), Ports(to[0], link.Partly, link.Possible), isWhole: false);
                }
            }

            if (IsBackend(from[0], to[0]) && _parties[from[0]].Service is { } service)
            {
                yield return new(source, target, GraphEdgeKind.Backends, [.. service.Ports.Select(TargetOf).Distinct()], true, null, null);
            }

            GraphEdge Edge(int connections, ImmutableArray<GraphPort> ports, bool isWhole) => new(
                source, target, GraphEdgeKind.Allowed, ports, isWhole, _meaning.Cause(Direction.Egress, connections), _meaning.Cause(Direction.Ingress, connections));
        }

        private int Any(ImmutableArray<int> parties, Func<int, int> function) =>
            parties.Aggregate(DecisionDiagram.False, (all, party) => Diagram.Or(all, function(party)));

        /// <summary>Of a service its own ports; empty where it is all that could be carried.</summary>
        private ImmutableArray<GraphPort> Ports(int target, int carried, int possible) => _parties[target].Service is not { } service
            ? carried == possible ? [] : _ports.Of(Diagram.Exists(carried, 0, _meaning.World.TrafficStart))
            : [.. _meaning.World.Ways.Select((way, index) => (way.Service, way.Port, Number: index + 1))
                .Where(way => ReferenceEquals(way.Service, service) && Diagram.Meet(carried, _meaning.World.Via.Is(way.Number)))
                .Select(way => Port(way.Port.Protocol, way.Port.Port))];

        private static GraphPort TargetOf(ServicePort port) => port.Target switch
        {
            TargetPort.Number number => Port(port.Protocol, number.Port),
            TargetPort.Named named => new([named.Name], new TrafficTerm.Ports(port.Protocol, 0, ushort.MaxValue)),
            _ => throw new UnreachableException(),
        };

        private static GraphPort Port(Protocol protocol, ushort port) => new([], new TrafficTerm.Ports(protocol, port, port));

        private bool IsBackend(int source, int target) => _parties[source].Service is { } service && _parties[target].Service is null
            && GraphParties.BackendsOf(service.Backends).Any(backends => _parties[target].Sets.Any(known => known.Text == SetText.Of(backends)));

        /// <summary>What members of one party may carry to members of another, over ways, traffic and names.</summary>
        /// <param name="Whole">Every member may, to every other.</param>
        /// <param name="Partly">Some may.</param>
        /// <param name="Possible">Some could, whatever the rules say.</param>
        private sealed record Link(int Whole, int Partly, int Possible)
        {
            // What is everything depends on the families of the ends, which are no difference that anybody wants to see.
            public string Key => $"{Part(Whole)},{Part(Partly)}";

            private string Part(int carried) => carried == Possible ? "everything" : $"{carried}";
        }
    }
}
