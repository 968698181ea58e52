using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>Turns an assignment of the variables into things that exist: endpoints with labels and addresses, and a flow.</summary>
internal sealed class ExampleFlows
{
    private const string OwnNode = "";
    private const string AnotherNode = "another node";
    private const string AskedNode = "the node that is asked";

    private static readonly ImmutableArray<Address> Usual =
        [.. new[] { "10.0.0.1", "10.1.0.1", "10.244.0.1", "172.16.0.1", "fd00::1", "fd00:10::1" }.Select(Address.Parse)];

    private readonly JudgementSpace _space;
    private readonly Direction _direction;
    private readonly ImmutableArray<AddressPossibilities> _addresses;

    public ExampleFlows(JudgementSpace space, Direction direction)
    {
        (_space, _direction) = (space, direction);
        _addresses = [.. space.Models.Zip(space.Kinds, (model, kinds) => new AddressPossibilities(model, kinds))];
    }

    private AddressRegions Regions => _space.Words.Regions;

    /// <param name="selfRegion">Where the judged endpoint is to have its address; null: anywhere.</param>
    public ExampleFlow Build(bool[] assignment, int? selfRegion = null)
    {
        var region = _space.Peer.Region.Value(assignment);
        var peerAddress = Regions.Example(region);
        var selfAddress = selfRegion is { } known ? Regions.Example(known, taken: Regions.IsSingle(region) ? peerAddress : null) : AddressOfSelf(peerAddress);
        if (selfAddress == peerAddress)
        {
            peerAddress = Regions.Example(region, taken: selfAddress);
        }

        var traffic = _space.Words.Classes[_space.Traffic.Value(assignment)].Example;
        var kind = (PartyKind)_space.Peer.Kind.Value(assignment);
        ImmutableArray<NamedPort> names = [.. _space.PortNames.Where(name => name.Value.Value(assignment) == 1)
            .Select(name => new NamedPort(name.Key, (Protocol)traffic.Protocol, traffic.Port))];
        var (selfNamespace, peerNamespace) = Namespaces(assignment);
        var isEgress = _direction == Direction.Egress;
        var self = EndpointOf(_space.Self, selfNamespace, selfAddress, isEgress ? [] : names, assignment,
            isEgress ? _space.Words.DnsNames.Answers(_space.Peer.Answered, assignment, peerAddress) : []);
        ImmutableArray<Endpoint> endpoints = kind == PartyKind.Endpoint
            ? [self, EndpointOf(_space.Peer, peerNamespace, peerAddress, isEgress ? names : [], assignment, [])]
            : [self];
        ImmutableArray<Node> nodes = kind switch
        {
            PartyKind.Host => [new(OwnNode, [peerAddress])],
            PartyKind.OtherNode => [new(AnotherNode, [peerAddress])],
            PartyKind.Endpoint or PartyKind.Bare => [],
            _ => throw new UnreachableException(),
        };

        var (source, destination) = isEgress ? (selfAddress, peerAddress) : (peerAddress, selfAddress);
        var flow = new Flow(source, destination, traffic, IsFromNodeSocket: !isEgress && kind == PartyKind.Host);
        if (_space.Via.Value(assignment) is var way and > 0)
        {
            var via = _space.Ways[way - 1];
            if (via.NodePort is { } number && !via.Addresses.Any(address => address.Family == destination.Family))
            {
                var node = Regions.Free(destination.Family, address => _addresses.All(addresses => addresses.CanBeNode(address)), [source, destination]);
                nodes = nodes.Add(new(AskedNode, [node]));
                flow = flow with { Destination = node, Traffic = Traffic.To(via.Protocol, number) };
            }
            else
            {
                flow = flow with { Destination = via.Addresses.First(address => address.Family == destination.Family), Traffic = Traffic.To(via.Protocol, via.Port) };
            }
        }

        return new(new Universe(endpoints, nodes), flow, destination, traffic);
    }

    private Endpoint EndpointOf(SymbolicParty party, string @namespace, Address address, ImmutableArray<NamedPort> ports, bool[] assignment, ImmutableArray<ResolvedName> resolved) => new(
        @namespace,
        LabelWords.ExamplesOf(party.NamespaceLabels, _space.Words.Vocabulary.NamespaceLabels, assignment),
        LabelWords.ExamplesOf(party.Labels, _space.Words.Vocabulary.Labels, assignment),
        [address],
        ports,
        node: OwnNode)
    {
        Resolved = resolved,
    };

    /// <summary>An address that an endpoint could have, as people would expect it, and not its peer's.</summary>
    private Address AddressOfSelf(Address peer)
    {
        var usual = Usual.Where(address => address.Family == peer.Family && address != peer && CanBeEndpoint(Regions.Of(address))).ToList();
        if (usual.Count > 0)
        {
            return usual[0];
        }

        var region = Enumerable.Range(0, Regions.Count)
            .Where(region => Regions.First(region).Family == peer.Family && CanBeEndpoint(region) && (Regions.First(region) != peer || !Regions.IsSingle(region)))
            .MaxBy(region => Regions.Last(region).Bits - Regions.First(region).Bits);
        return Regions.Example(region, taken: peer);
    }

    private bool CanBeEndpoint(int region) => _addresses.Any(addresses => addresses.CanBeEndpoint(Regions.First(region)))
        && !_space.Kinds.Any(kinds => kinds.IsServiceAddress(Regions.First(region)));

    private (string Self, string Peer) Namespaces(bool[] assignment)
    {
        var (self, peer) = (_space.Self.Namespace.Value(assignment), _space.Peer.Namespace.Value(assignment));
        var known = _space.Words.Namespaces;
        var elsewhere = LabelWords.Fresh("elsewhere", known.Contains);
        var another = LabelWords.Fresh("elsewhere", name => name == elsewhere || known.Contains(name));
        return (
            self < known.Length ? known[self] : elsewhere,
            peer < known.Length ? known[peer] : self == peer && _space.Relation.Value(assignment) == 1 ? elsewhere : another);
    }
}

/// <summary>A flow among things that exist, and what it becomes after translation.</summary>
/// <param name="Receiver">The address that it comes to.</param>
/// <param name="Traffic">What it carries there.</param>
internal sealed record ExampleFlow(Universe Universe, Flow Flow, Address Receiver, Traffic Traffic)
{
    /// <summary>The judgement of it, by the backend that is meant.</summary>
    public Judgement JudgedBy(Evaluator evaluator) => evaluator.JudgeAll(Universe, Flow).First(judgement =>
        judgement.Translation is null || (judgement.Translation.Backend == Receiver && judgement.Translation.BackendPort == Traffic.Port));
}
