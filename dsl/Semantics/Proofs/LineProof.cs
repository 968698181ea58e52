using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>Decides lines of tests one after the other; what is known of the model's sets and rules is kept between them.</summary>
internal sealed class LineProof(NetworkModel model, Evaluator evaluator)
{
    private SymbolicWorld? _world;
    private SymbolicVerdicts? _verdicts;

    /// <summary>The outcome, or null where the diagram has no room left for it.</summary>
    public ProofOutcome? TryDecide(TestLine line)
    {
        try
        {
            _world ??= new SymbolicWorld(model, evaluator.Members);
            _verdicts ??= new SymbolicVerdicts(model, _world);
            return new Proof(line, _world, _verdicts, new WitnessBuilder(_world, evaluator)).Decide();
        }
        catch (ProofTooLargeException)
        {
            return null;
        }
    }

    /// <summary>The rules that decide some connection which the line means; null where the diagram has no room left for it.</summary>
    public IReadOnlyList<Rule>? TryExercise(TestLine line)
    {
        try
        {
            _world ??= new SymbolicWorld(model, evaluator.Members);
            _verdicts ??= new SymbolicVerdicts(model, _world);
            var proof = new Proof(line, _world, _verdicts, new WitnessBuilder(_world, evaluator));
            proof.Decide();
            return [.. _verdicts.Deciding(proof.Meant)];
        }
        catch (ProofTooLargeException)
        {
            return null;
        }
    }

    /// <summary>Could anyone be in the set, as a source? Null where there is no room to find out.</summary>
    public bool? TryHold(AddressSet set)
    {
        try
        {
            _world ??= new SymbolicWorld(model, evaluator.Members);
            return _world.Diagram.Meet(_world.Possible, _world.Contains(set, _world.Source));
        }
        catch (ProofTooLargeException)
        {
            return null;
        }
    }

    private sealed class Proof(TestLine line, SymbolicWorld world, SymbolicVerdicts verdicts, WitnessBuilder witnesses)
    {
        // Elsewhere the node's own sockets are left out, as if it had no right: what it forwards is `another node`.
        private readonly bool _nodeHasItsRight = line.From is TestSide.Set set && NodeMention.In(set.Addresses);

        private readonly HttpRequest? _request = line.Request is { } named ? HttpRequest.Of(named) : null;

        /// <summary>The connections that were decided about.</summary>
        public int Meant { get; private set; } = DecisionDiagram.False;

        private DecisionDiagram Diagram => world.Diagram;

        public ProofOutcome Decide()
        {
            var possible = _nodeHasItsRight
                ? world.Possible
                : Diagram.And(world.Possible, Diagram.Not(world.Source.Is(PartyKind.Host)));
            var from = Diagram.And(possible, OpenedBy(line.From));
            if (from == DecisionDiagram.False)
            {
                return new ProofOutcome.Empty("the left side can hold nothing");
            }

            if (line.To is TestSide.Service side)
            {
                var service = world.Services.First(candidate => candidate.Name == side.Name);
                var reachable = Diagram.And(from, world.HasAddressOfFamily(service));
                return reachable == DecisionDiagram.False
                    ? new ProofOutcome.Empty($"no address of the left side is of a family that service `{side.Name}` has")
                    : DecideService(reachable, service);
            }

            var to = Side(line.To, world.Destination);
            if (Diagram.And(possible, to) == DecisionDiagram.False)
            {
                return new ProofOutcome.Empty("the right side can hold nothing");
            }

            var meant = Diagram.And(from, to, verdicts.OnPorts(line.Ports));
            return meant == DecisionDiagram.False
                ? new ProofOutcome.Empty("no connection between the two sides can be on these ports")
                : Decide(meant);
        }

        private ProofOutcome Decide(int meant)
        {
            Meant = meant;
            var allowed = verdicts.Allowed(meant, _request);
            var wrong = line.Expected == RuleAction.Allow ? Diagram.And(meant, Diagram.Not(allowed)) : allowed;
            return wrong == DecisionDiagram.False
                ? new ProofOutcome.Holds()
                : new ProofOutcome.Fails(Checked(witnesses.Build(line, Diagram.Solve(wrong))));
        }

        /// <summary>
        /// Ports are the service's own here, without <c>on</c> all that it has. What it has not, and a port that nobody
        /// can ever serve, is rejected: that is not allowed.
        /// </summary>
        private ProofOutcome DecideService(int from, Service service)
        {
            var missing = line.Ports.Where(match => !service.Ports.Any(port => PortMatching.MatchService([match], port))).ToList();
            if (missing.OfType<PortMatch.Named>().FirstOrDefault() is { } named)
            {
                return new ProofOutcome.Empty($"service `{service.Name}` has no port `{named.Name}`");
            }

            var rejected = missing.Select(match => Reject(from, service, match)).OfType<ProofOutcome.Fails>().FirstOrDefault();
            var served = DecisionDiagram.False;
            for (var way = 0; way < world.Ways.Length; way++)
            {
                var (owner, port) = world.Ways[way];
                if (!ReferenceEquals(owner, service) || !PortMatching.MatchService(line.Ports, port))
                {
                    continue;
                }

                rejected ??= Unserved(from, way);
                served = Diagram.Or(served, Diagram.And(from, world.Via.Is(way + 1)));
            }

            return rejected is not null && line.Expected == RuleAction.Allow ? rejected
                : served != DecisionDiagram.False ? Decide(served)
                : rejected is not null ? new ProofOutcome.Holds()
                : new ProofOutcome.Empty($"no connection from the left side can be to service `{service.Name}` on these ports");
        }

        /// <summary>A connection of a family in which nothing can ever be a backend of the port; null where there is none.</summary>
        private ProofOutcome.Fails? Unserved(int from, int way)
        {
            var (service, port) = world.Ways[way];
            foreach (var family in AddressRegions.Families)
            {
                var ofFamily = Diagram.And(from, world.IsFamily(world.Source, family));
                if (ofFamily != DecisionDiagram.False
                    && Diagram.And(world.Possible, world.Via.Is(way + 1), world.IsFamily(world.Source, family)) == DecisionDiagram.False)
                {
                    return Rejected(ofFamily, service, Traffic.To(port.Protocol, port.Port));
                }
            }

            return null;
        }

        /// <summary>A packet that the match means and the service has no port for; null where no such packet can be.</summary>
        private ProofOutcome.Fails? Reject(int from, Service service, PortMatch match)
        {
            switch (match)
            {
                case PortMatch.Range range:
                    return Rejected(from, service, Traffic.To(range.Protocol, range.First));
                case PortMatch.Icmp icmp:
                    var ofFamily = Diagram.And(from, world.IsFamily(world.Source, icmp.Family));
                    var echoRequest = (byte)(icmp.Family == IpFamily.V4 ? 8 : 128);
                    return ofFamily == DecisionDiagram.False
                        ? null
                        : Rejected(ofFamily, service, Traffic.Icmp(icmp.Family, icmp.Type ?? echoRequest, icmp.Code ?? 0));
                default:
                    throw new UnreachableException();
            }
        }

        private ProofOutcome.Fails Rejected(int from, Service service, Traffic traffic) =>
            new(witnesses.BuildRejected(line, Diagram.Solve(from), service, traffic));

        private Witness Checked(Witness witness) =>
            (witness.Judgement.Verdict == Verdict.Allow && (_request is null || witness.Judgement.Lets(_request))) != (line.Expected == RuleAction.Allow)
                ? witness
                : throw new InvalidOperationException(
                    $"proof and evaluator disagree on {witness.Flow} of `{line.Origin.Text}` ({line.Origin})");

        /// <summary>Who opens the connection: on ways from outside not who is seen, but who came by them.</summary>
        private int OpenedBy(TestSide side)
        {
            var entering = side is TestSide.Set set ? world.Entering(set.Addresses, byAddresses: line.Expected != RuleAction.Allow) : DecisionDiagram.False;
            return Diagram.Or(Diagram.Minus(Side(side, world.Source), world.CameFromOutside), entering);
        }

        private int Side(TestSide side, SymbolicParty party) => side switch
        {
            TestSide.Set set => world.Contains(set.Addresses, party),
            TestSide.Pod pod => Diagram.And(
                party.Is(PartyKind.Endpoint),
                party.Namespace.Is(world.Words.NamespaceNumber(pod.Namespace)),
                world.HasExactly(party.Labels, world.Words.AnyLabelNumber, pod.Labels)),
            _ => throw new UnreachableException(),
        };
    }
}
