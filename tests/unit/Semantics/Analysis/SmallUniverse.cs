using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Semantics.Analysis;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics.Analysis;

/// <summary>What is in a <see cref="SmallUniverse"/>.</summary>
/// <param name="Namespaces">By name, with the labels that they may have.</param>
/// <param name="Ports">What receivers may call their ports.</param>
internal sealed record UniverseWords(
    ImmutableArray<string> Addresses,
    ImmutableArray<(string Name, string Labels)> Namespaces,
    ImmutableArray<string> Labels,
    ImmutableArray<string> Ports,
    Func<IpFamily, ImmutableArray<Traffic>> Packets,
    ImmutableArray<string> Multicast,
    string SelfAddresses)
{
    /// <summary>From where else an endpoint may open a connection, so that who receives it can tell.</summary>
    public ImmutableArray<string> AlsoFrom { get; init; } = [];

    /// <summary>Of <see cref="RandomModels"/>: some 200,000 judgements.</summary>
    public static UniverseWords Large { get; } = new(
        ["10.0.0.2", "10.0.0.201", "192.0.2.2", "203.0.113.2", "2001:db8::2", "2002::2"],
        [("n", ""), ("n", "env=prod"), ("m", ""), ("m", "env=prod"), ("o", ""), ("o", "env=prod"), ("q", "")],
        ["", "a=x", "a=y"],
        ["", "http=80/tcp", "http=81/tcp", "http=9/tcp", "http=80/udp", "http=9/udp", "http=80/sctp"],
        family =>
        [
            Traffic.Tcp(80), Traffic.Tcp(81), Traffic.Tcp(9), Traffic.Udp(80), Traffic.Udp(9), Traffic.Sctp(80), Traffic.Other(47),
            Traffic.Icmp(family, 8), Traffic.Icmp(family, 128), Traffic.Icmp(family, 13), Traffic.Icmp(family, 3),
        ],
        ["224.0.0.1", "255.255.255.255", "ff02::1"],
        "10.0.0.77,2001:db8::77");

    /// <summary>Some 3,000 judgements a direction.</summary>
    public static UniverseWords Tiny { get; } = new(
        ["10.0.0.2", "10.0.0.201", "192.0.2.2", "203.0.113.2", "198.51.100.2"],
        [("n", ""), ("o", ""), ("q", "")],
        ["", "a=x", "a=y"],
        ["", "http=80/tcp", "http=9/tcp", "http=9/udp", "http=9/sctp"],
        family => [Traffic.Tcp(80), Traffic.Tcp(9), Traffic.Udp(9), Traffic.Sctp(9), Traffic.Icmp(family, 8), Traffic.Other(47)],
        ["224.0.0.1"],
        "10.0.0.77")
    {
        AlsoFrom = ["10.0.0.177"],
    };
}

/// <summary>
/// Every judgement that models of <see cref="RandomModels"/> or of a <see cref="SmallTheme"/> could tell apart, as concrete endpoints, peers and
/// packets. It shares nothing with the analysis.
/// </summary>
internal sealed class SmallUniverse(UniverseWords words, params NetworkModel[] models)
{
    /// <summary>By whose ports services are reached; no end of any other connection.</summary>
    private static readonly Node Entered = new("entered", [Address.Parse("192.0.2.99"), Address.Parse("2002::99")]);

    private readonly ImmutableArray<Members> _members = [.. models.Select(model => new Members(model))];

    public SmallUniverse(params NetworkModel[] models)
        : this(UniverseWords.Large, models)
    {
    }

    /// <summary>All of a direction, or so many at random.</summary>
    public IEnumerable<Judged> Judgements(Direction direction, Random? random = null, int most = int.MaxValue)
    {
        var peers = Peers(direction).ToList();
        var selves = Endpoints("").ToList();
        var total = (long)selves.Count * peers.Count;
        var count = random is null ? total : Math.Min(total, most);
        for (var index = 0L; index < count; index++)
        {
            var number = random is null ? index : random.NextInt64(total);
            var (self, peer) = (selves[(int)(number / peers.Count)], peers[(int)(number % peers.Count)]);
            if (CanBePair(self, peer))
            {
                foreach (var judged in Of(direction, self, peer, random))
                {
                    yield return judged;
                }
            }
        }
    }

    private IEnumerable<Judged> Of(Direction direction, Endpoint self, AddressedEnd peer, Random? random)
    {
        var isEgress = direction == Direction.Egress;
        var receiver = isEgress ? peer.Endpoint : self;
        ImmutableArray<string> names = receiver is null ? [""] : words.Ports;
        foreach (var ports in random is null ? names : [names[random.Next(names.Length)]])
        {
            var named = Named(receiver, ports);
            var judged = isEgress ? Answered(self, peer) : named ?? self;
            var other = isEgress ? peer with { Endpoint = named } : peer;
            var family = peer.Address.Family;
            var selfAddress = judged.Addresses.First(address => address.Family == family);
            if (selfAddress == other.Address)
            {
                yield break;
            }

            var universe = new Universe(
                other.Endpoint is null ? [judged] : [judged, other.Endpoint],
                other.Kind switch { EndKind.OwnNode => [new Node("", [other.Address])], EndKind.OtherNode => [new Node("another", [other.Address])], _ => [] });
            var packets = words.Packets(family);
            foreach (var traffic in random is null ? packets : (ImmutableArray<Traffic>)[packets[random.Next(packets.Length)], packets[random.Next(packets.Length)]])
            {
                var flow = isEgress
                    ? new Flow(selfAddress, other.Address, traffic)
                    : new Flow(other.Address, selfAddress, traffic, IsFromNodeSocket: other.Kind == EndKind.OwnNode);
                yield return new(judged, other, universe, flow, null, traffic, isEgress ? other.Endpoint : judged, TrafficSet.Direct, flow.Destination);
            }

            if (isEgress)
            {
                foreach (var translated in Translated(judged, other, universe))
                {
                    yield return translated;
                }
            }
        }
    }

    /// <summary>Connections that go to the peer through a service that every model has alike, by any of its addresses or node ports.</summary>
    private IEnumerable<Judged> Translated(Endpoint judged, AddressedEnd other, Universe universe)
    {
        if (models.Any(model => model.Services.IsEmpty))
        {
            yield break;
        }

        var service = models[0].Services[0];
        var reached = new Universe(universe.Endpoints, [.. universe.Nodes, Entered]);
        foreach (var port in service.Ports.Where(port => models.All(model => model.Services[0].Ports.Any(own => own.Protocol == port.Protocol && own.Port == port.Port))))
        {
            foreach (var (frontend, traffic) in Frontends(port, other.Address.Family))
            {
                var flow = new Flow(judged.Addresses.First(address => address.Family == frontend.Family), frontend, traffic);
                var targets = models.Select(model => new Evaluator(model).JudgeAll(reached, flow).Select(judgement => judgement.Translation).OfType<Translation>()
                    .Where(translation => translation.Backend == other.Address).Select(translation => translation.BackendPort).ToHashSet()).ToList();
                foreach (var target in targets[0].Where(target => targets.TrueForAll(ports => ports.Contains(target))))
                {
                    var way = $"service {service.Name} {Traffic.To(port.Protocol, port.Port)}";
                    yield return new(judged, other, reached, flow, target, Traffic.To(port.Protocol, target), other.Endpoint, way, other.Address);
                }
            }
        }
    }

    /// <summary>By which all models know a port of the service.</summary>
    private IEnumerable<(Address Address, Traffic Traffic)> Frontends(ServicePort port, IpFamily family)
    {
        var ways = models.Select(model => model.Services[0]).Select(service => service.AllAddresses.Select(address => (address, Traffic.To(port.Protocol, port.Port)))
            .Concat(service.NodePorts.Where(node => node.Port.Port == port.Port && node.Port.Protocol == port.Protocol)
                .SelectMany(node => Entered.Addresses.Select(address => (address, Traffic.To(port.Protocol, node.Number))))).ToList()).ToList();
        return ways[0].Where(way => way.address.Family == family && ways.TrueForAll(known => known.Contains(way)));
    }

    /// <summary>
    /// What comes from outside by any address or node port of a service to an endpoint of another node than the one on which it enters: whom the endpoint
    /// sees is the evaluator's to say. Of one model.
    /// </summary>
    public IEnumerable<Judged> FromOutside() =>
        from service in models[0].Services
        from port in service.Ports
        from self in Endpoints("")
        from names in words.Ports
        let receiver = Named(self, names)
        from client in words.Addresses.Select(Address.Parse)
        let universe = new Universe([receiver], [Entered])
        from way in Frontends(port, client.Family)
        let flow = new Flow(client, way.Address, way.Traffic) { EntersOn = Entered.Name }
        from judgement in new Evaluator(models[0]).JudgeAll(universe, flow)
        where judgement.Translation is not null
        let translation = judgement.Translation
        select new Judged(
            receiver, new(EndKind.Address, null, client), universe, flow, translation.BackendPort, Traffic.To(port.Protocol, translation.BackendPort), receiver,
            "outside", translation.Backend);

    private static Endpoint Answered(Endpoint self, AddressedEnd peer) => peer.Names.IsEmpty ? self
        : new(self.Namespace, self.NamespaceLabels, self.Labels, self.Addresses, self.Ports) { Resolved = [.. peer.Names.Select(name => new ResolvedName(name, peer.Address))] };

    private static Endpoint? Named(Endpoint? endpoint, string ports) => endpoint is null ? null : new(
        endpoint.Namespace, endpoint.NamespaceLabels, endpoint.Labels, endpoint.Addresses, Pod("n", "", "", ports).Ports);

    private IEnumerable<Endpoint> Endpoints(string address) =>
        from space in words.Namespaces
        from labels in words.Labels
        where address.Length > 0 || words.SelfAddresses.Split(',').Select(Address.Parse).All(own => models.Any(model => CanBe(own, model, model.Cluster.PodRanges, AddressKind.UnknownPod)))
        let endpoint = Pod(space.Name, labels, address.Length == 0 ? words.SelfAddresses : address, namespaceLabels: space.Labels)
        where !models.Zip(_members).All(model => model.First.Assumptions.Any(assumption => model.Second.Contains(assumption.Endpoints, Party.Of(endpoint, endpoint.Addresses[0]), endpoint)))
        select endpoint;

    private bool IsJudged(IpFamily family) => models.All(model => family == IpFamily.V4 ? model.Cluster.HasV4 : model.Cluster.HasV6);

    private IEnumerable<AddressedEnd> Peers(Direction direction)
    {
        foreach (var address in words.Addresses.Select(Address.Parse).Where(address => IsJudged(address.Family)))
        {
            if (models.Any(model => CanBe(address, model, model.Cluster.PodRanges, AddressKind.UnknownPod)))
            {
                foreach (var endpoint in Endpoints(address.ToString()))
                {
                    yield return new(EndKind.Endpoint, endpoint, address);
                }
            }

            if (models.Any(model => CanBe(address, model, model.Cluster.NodeRanges, AddressKind.Node)))
            {
                yield return new(EndKind.OwnNode, null, address);
                yield return new(EndKind.OtherNode, null, address);
            }

            yield return new(EndKind.Address, null, address);
            foreach (var names in direction == Direction.Egress && models.Any(model => model.Policies.Any(AsksNames))
                && models.Any(model => new AddressKinds(model).Of(address) == AddressKind.World) ? Answers : [])
            {
                yield return new(EndKind.Address, null, address) { Names = names };
            }
        }

        if (direction == Direction.Egress)
        {
            foreach (var address in words.Multicast.Select(Address.Parse).Where(address => IsJudged(address.Family)))
            {
                yield return new(EndKind.Address, null, address);
            }
        }
    }

    /// <summary>Names for which an address was answered, in all combinations that the patterns could tell apart.</summary>
    private static readonly ImmutableArray<ImmutableArray<string>> Answers = [["a.example"], ["b.example"], ["a.b.example"], ["other.test"]];

    private static bool AsksNames(Policy policy) => policy.RulesOf(Direction.Egress)
        .Any(rule => rule.Peer is AddressSet.Dns || (rule.Peer is AddressSet.Union union && union.Parts.Any(part => part is AddressSet.Dns)));

    /// <summary>Of the range that is declared for the family; where none is, an address that is declared to be nothing else.</summary>
    private static bool CanBe(Address address, NetworkModel model, ImmutableArray<Prefix> ranges, AddressKind kind) =>
        new AddressKinds(model).Of(address) == (ranges.Any(range => range.Family == address.Family) ? kind : AddressKind.World);

    /// <summary>A namespace has the same labels for all in it, and those that are declared.</summary>
    private static bool CanBePair(Endpoint self, AddressedEnd peer) => peer.Endpoint is not { } other || self.Namespace != other.Namespace || self.Namespace == "n"
        || self.NamespaceLabels.GetValueOrDefault("env") == other.NamespaceLabels.GetValueOrDefault("env");

    /// <param name="BackendPort">Where a service translates.</param>
    /// <param name="Traffic">At the receiver.</param>
    /// <param name="Receiving">The address that it comes to.</param>
    public sealed record Judged(
        Endpoint Self, AddressedEnd Peer, Universe Universe, Flow Flow, ushort? BackendPort, Traffic Traffic, Endpoint? Receiver, string Way, Address Receiving)
    {
        public DirectionJudgement Verdict(Evaluator evaluator, Direction direction, Func<Bucket, bool>? isSpent = null) => direction == Direction.Egress
            ? Whole(evaluator, isSpent).Egress
            : Whole(evaluator, isSpent).Ingress;

        public Judgement Whole(Evaluator evaluator, Func<Bucket, bool>? isSpent = null) => evaluator.JudgeAll(Universe, Flow, isSpent).First(judgement => BackendPort is null
            || (judgement.Translation?.Backend == Receiving && judgement.Translation?.BackendPort == BackendPort));

        public override string ToString() => $"{Self} <-> {Peer} on {Traffic} by {Way}, names {string.Join(' ', Receiver?.Ports ?? [])}";
    }
}
