using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>Turns an assignment of the variables into things that exist: endpoints with labels and addresses, and a flow.</summary>
internal sealed class WitnessBuilder(SymbolicWorld world, Evaluator evaluator)
{
    private const string OwnNode = "";
    private const string AnotherNode = "another node";

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
        var flow = way == 0
            ? new Flow(source, destination, traffic, IsFromNodeSocket: isFromNode)
            : new Flow(source, Frontend(way, destination.Family), FrontendTraffic(way), IsFromNodeSocket: isFromNode);

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

    private Address Frontend(int way, IpFamily family) =>
        world.Ways[way - 1].Service.Addresses.First(address => address.Family == family);

    private Traffic FrontendTraffic(int way) => Traffic.To(world.Ways[way - 1].Port.Protocol, world.Ways[way - 1].Port.Port);

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
                    throw new System.Diagnostics.UnreachableException();
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
