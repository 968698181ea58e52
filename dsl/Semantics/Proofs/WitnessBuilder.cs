using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>Turns an assignment of the variables into things that exist: endpoints with labels and addresses, and a flow.</summary>
internal sealed class WitnessBuilder(SymbolicWorld world, Evaluator evaluator)
{
    private const string OwnNode = "";
    private const string AnotherNode = "another node";
    private const string AskedNode = "the node that is asked";

    public Witness Build(TestLine line, bool[] assignment)
    {
        var traffic = world.Classes[world.Traffic.Value(assignment)].Example;
        var way = world.Via.Value(assignment);
        var (sourceNamespace, destinationNamespace) = NamespaceNames(assignment);

        var source = world.Regions.Example(world.Source.Region.Value(assignment));
        var destination = world.Regions.Example(world.Destination.Region.Value(assignment), taken: source);
        var names = from name in world.PortNames
                    where name.Value.Value(assignment) == 1
                    select new NamedPort(name.Key, (Protocol)traffic.Protocol, traffic.Port);

        var universe = UniverseOf(
            (world.Source, source, sourceNamespace, [], line.From),
            (world.Destination, destination, destinationNamespace, [.. names], line.To),
            assignment);
        var isFromNode = KindOf(world.Source, assignment) == PartyKind.Host;
        var flow = new Flow(source, destination, traffic, IsFromNodeSocket: isFromNode);
        if (world.OutsideWayOf(assignment) is { } outside)
        {
            flow = world.Clients.FlowOf(
                outside, source, AnotherNode, destination, line.From is TestSide.Set from ? from.Addresses : null, byAddresses: line.Expected != RuleAction.Allow);
        }
        else if (way > 0)
        {
            (universe, flow) = Asking(world.Ways[way - 1], universe, flow);
        }

        var judgement = evaluator.JudgeAll(universe, flow).First(candidate =>
            candidate.Translation is null || (candidate.Translation.Backend == destination && candidate.Translation.BackendPort == traffic.Port));
        return new(universe, flow, judgement);
    }

    /// <summary>A flow to a port that the service of a line does not have, or to one that no backend serves.</summary>
    public Witness BuildRejected(TestLine line, bool[] assignment, Service service, Traffic traffic)
    {
        var address = world.Regions.Example(world.Source.Region.Value(assignment));
        var frontend = service.Addresses.First(candidate => candidate.Family == address.Family);
        var universe = UniverseOf(
            (world.Source, address, NamespaceNames(assignment).Source, [], line.From), null, assignment);
        var flow = new Flow(address, frontend, traffic);
        var judgement = evaluator.Judge(universe, flow);
        return judgement.Verdict == Verdict.Reject
            ? new(universe, flow, judgement)
            : throw new InvalidOperationException($"proof and evaluator disagree on {flow} of `{line.Origin.Text}` ({line.Origin})");
    }

    /// <summary>By an address of the service, else of a load balancer that is for the source, else by the port of a node.</summary>
    private (Universe Universe, Flow Flow) Asking((Service Service, ServicePort Port) way, Universe universe, Flow direct)
    {
        var (service, port) = way;
        var source = evaluator.Members.At(universe, direct.Source, direct.IsFromNodeSocket);
        var addresses = service.Addresses.Concat(service.LoadBalancers.Where(balancer => balancer.From is null || evaluator.Members.Contains(balancer.From, source))
            .SelectMany(balancer => balancer.Addresses)).Where(address => address.Family == direct.Family).Take(1).ToList();
        if (addresses.Count > 0)
        {
            return (universe, direct with { Destination = addresses[0], Traffic = Traffic.To(port.Protocol, port.Port) });
        }

        var number = OutsideWay.NodePortOf(service, port) ?? throw new UnreachableException();
        var node = world.Regions.Free(direct.Family, world.CanBeNode, [direct.Source, direct.Destination]);
        return (
            new(universe.Endpoints, [.. universe.Nodes, new(AskedNode, [node])]),
            direct with { Destination = node, Traffic = Traffic.To(port.Protocol, number) });
    }

    private static PartyKind KindOf(SymbolicParty party, bool[] assignment) => (PartyKind)party.Kind.Value(assignment);

    private Universe UniverseOf(
        (SymbolicParty Party, Address Address, string Namespace, ImmutableArray<NamedPort> Ports, TestSide Side) source,
        (SymbolicParty Party, Address Address, string Namespace, ImmutableArray<NamedPort> Ports, TestSide Side)? destination,
        bool[] assignment)
    {
        var endpoints = ImmutableArray.CreateBuilder<Endpoint>();
        var nodes = ImmutableArray.CreateBuilder<Node>();
        foreach (var (party, address, @namespace, ports, side) in destination is { } other ? [source, other] : new[] { source })
        {
            switch (KindOf(party, assignment))
            {
                case PartyKind.Endpoint:
                    IReadOnlyDictionary<string, string> labels = side is TestSide.Pod pod ? pod.Labels : LabelWords.ExamplesOf(party.Labels, world.Vocabulary.Labels, assignment);
                    var namespaceLabels = LabelWords.ExamplesOf(party.NamespaceLabels, world.Vocabulary.NamespaceLabels, assignment);
                    endpoints.Add(new(@namespace, namespaceLabels, labels, [address], ports, node: OwnNode)
                    {
                        Resolved = destination is { Address: var answered } && ReferenceEquals(party, world.Source)
                            ? world.Words.DnsNames.Answers(world.Destination.Answered, assignment, answered)
                            : [],
                    });
                    break;
                case PartyKind.Host:
                    nodes.Add(new(OwnNode, [address]));
                    break;
                case PartyKind.OtherNode:
                    nodes.Add(new(AnotherNode, [address]));
                    break;
                case PartyKind.Bare:
                    break;
                default:
                    throw new UnreachableException();
            }
        }

        return new(endpoints.ToImmutable(), nodes.ToImmutable());
    }

    private (string Source, string Destination) NamespaceNames(bool[] assignment)
    {
        var (source, destination) = (world.Source.Namespace.Value(assignment), world.Destination.Namespace.Value(assignment));
        var elsewhere = LabelWords.Fresh("elsewhere", world.Vocabulary.Namespaces.Contains);
        var another = LabelWords.Fresh("elsewhere", name => name == elsewhere || world.Vocabulary.Namespaces.Contains(name));
        return (
            source < world.Namespaces.Length ? world.Namespaces[source] : elsewhere,
            destination < world.Namespaces.Length ? world.Namespaces[destination]
            : source == destination && world.IsOneNamespace(assignment) ? elsewhere
            : another);
    }
}
