using System.Diagnostics;
using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>Services whose backends' own policies let nobody in, or nobody of a policy that lets its endpoints out to the service.</summary>
internal sealed class ServiceReview(JudgementSpace space, NetworkModel model, DirectionReview ingress)
{
    private DecisionDiagram Diagram => space.Diagram;

    public IEnumerable<ShutService> Shut()
    {
        var clients = (from policy in model.Policies
                       from rule in policy.RulesOf(Direction.Egress)
                       where rule.Action == RuleAction.Allow
                       from service in Asked(rule.Peer)
                       select (Service: service, Policy: policy, Rule: rule)).ToLookup(client => client.Service);
        foreach (var service in model.Services.Where(service => service.Backends is BackendSource.Endpoints))
        {
            // The node's probes are no clients.
            var all = Reaching(service, service.Ports, Diagram.Not(space.Peer.Is(PartyKind.Host)));
            if (Shutting(all) is { } cause)
            {
                yield return new(service, null, cause.Policy, cause.Rule);
                continue;
            }

            foreach (var (_, policy, rule) in clients[service.Name])
            {
                var asked = service.Ports.Where(port => PortMatching.MatchService(rule.Ports, port));
                var peers = Diagram.And(space.Peer.Is(PartyKind.Endpoint), space.PeerSets[0].Contains(policy.For));
                if (Shutting(Reaching(service, asked, peers)) is { } closing)
                {
                    yield return new(service, rule, closing.Policy, closing.Rule);
                }
            }
        }
    }

    /// <summary>Connections to a backend, as its ingress rules see them.</summary>
    private int Reaching(Service service, IEnumerable<ServicePort> ports, int peers)
    {
        var carried = ports.Aggregate(DecisionDiagram.False, (result, port) => Diagram.Or(result, port.Target switch
        {
            TargetPort.Number number => space.Words.Classes.Matching(space.Traffic, new PortMatch.Range(port.Protocol, number.Port, number.Port)),
            TargetPort.Named named => Diagram.And(space.PortNames[named.Name].Is(1), space.OfProtocol(port.Protocol)),
            _ => throw new UnreachableException(),
        }));
        var backends = service.Backends is BackendSource.Endpoints endpoints ? space.SelfSets[0].Contains(endpoints.Set) : DecisionDiagram.False;
        return ingress.Constraints.Possible(ingress.Constraints.Valid(Diagram.And(backends, peers, carried)));
    }

    /// <summary>Who denies all of some connections; null where some are allowed, or there are none.</summary>
    private DecisionEntry? Shutting(int connections) => connections == DecisionDiagram.False || ingress.CanBeAllowed(connections)
        ? null
        : ingress.List.Decide(connections).Select(part => part.Decision.Entry).OfType<DecisionEntry>().FirstOrDefault();

    private static IEnumerable<string> Asked(AddressSet set) => set switch
    {
        AddressSet.Service service => [service.Name],
        AddressSet.Named named => Asked(named.Set),
        AddressSet.Union union => union.Parts.SelectMany(Asked),
        _ => [],
    };
}
