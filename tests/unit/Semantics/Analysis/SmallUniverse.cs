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

    /// <summary>Of <see cref="TinyModels"/>: some 3,000, which are all that these can tell apart.</summary>
    public static UniverseWords Tiny { get; } = new(
        ["10.0.0.2", "10.0.0.201", "192.0.2.2", "203.0.113.2", "198.51.100.2"],
        [("n", ""), ("o", ""), ("q", "")],
        ["", "a=x", "a=y"],
        ["", "http=80/tcp", "http=9/tcp", "http=9/udp", "http=9/sctp"],
        family => [Traffic.Tcp(80), Traffic.Tcp(9), Traffic.Udp(9), Traffic.Sctp(9), Traffic.Icmp(family, 8), Traffic.Other(47)],
        ["224.0.0.1"],
        "10.0.0.77");
}

/// <summary>
/// Every judgement that models of <see cref="RandomModels"/> or <see cref="TinyModels"/> could tell apart, as concrete endpoints, peers and
/// packets. It shares nothing with the analysis.
/// </summary>
internal sealed class SmallUniverse(UniverseWords words, params NetworkModel[] models)
{
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
            var universe = new Universe(
                other.Endpoint is null ? [judged] : [judged, other.Endpoint],
                other.Kind switch { EndKind.OwnNode => [new Node("", [other.Address])], EndKind.OtherNode => [new Node("another", [other.Address])], _ => [] });
            var packets = words.Packets(family);
            foreach (var traffic in random is null ? packets : (ImmutableArray<Traffic>)[packets[random.Next(packets.Length)], packets[random.Next(packets.Length)]])
            {
                var flow = isEgress
                    ? new Flow(selfAddress, other.Address, traffic)
                    : new Flow(other.Address, selfAddress, traffic, IsFromNodeSocket: other.Kind == EndKind.OwnNode);
                yield return new(judged, other, universe, flow, null, traffic, isEgress ? other.Endpoint : judged, TrafficSet.Direct);
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

    /// <summary>Connections that go to the peer through a service that every model has alike.</summary>
    private IEnumerable<Judged> Translated(Endpoint judged, AddressedEnd other, Universe universe)
    {
        if (models.Any(model => model.Services.IsEmpty))
        {
            yield break;
        }

        foreach (var port in models[0].Services[0].Ports)
        {
            foreach (var frontend in models[0].Services[0].Addresses.Where(address => address.Family == other.Address.Family
                && models.All(model => model.Services[0].Addresses.Contains(address) && model.Services[0].Ports.Any(own => own.Protocol == port.Protocol && own.Port == port.Port))))
            {
                var source = judged.Addresses.First(address => address.Family == frontend.Family);
                var flow = new Flow(source, frontend, Traffic.To(port.Protocol, port.Port));
                var targets = models.Select(model => new Evaluator(model).JudgeAll(universe, flow).Select(judgement => judgement.Translation).OfType<Translation>()
                    .Where(translation => translation.Backend == other.Address).Select(translation => translation.BackendPort).ToHashSet()).ToList();
                foreach (var target in targets[0].Where(target => targets.TrueForAll(ports => ports.Contains(target))))
                {
                    var way = $"service {models[0].Services[0].Name} {Traffic.To(port.Protocol, port.Port)}";
                    yield return new(judged, other, universe, flow, target, Traffic.To(port.Protocol, target), other.Endpoint, way);
                }
            }
        }
    }

    private static Endpoint Answered(Endpoint self, AddressedEnd peer) => peer.Names.IsEmpty ? self
        : new(self.Namespace, self.NamespaceLabels, self.Labels, self.Addresses, self.Ports) { Resolved = [.. peer.Names.Select(name => new ResolvedName(name, peer.Address))] };

    private static Endpoint? Named(Endpoint? endpoint, string ports) => endpoint is null ? null : new(
        endpoint.Namespace, endpoint.NamespaceLabels, endpoint.Labels, endpoint.Addresses, Pod("n", "", "", ports).Ports);

    private IEnumerable<Endpoint> Endpoints(string address) =>
        from space in words.Namespaces
        from labels in words.Labels
        select Pod(space.Name, labels, address.Length == 0 ? words.SelfAddresses : address, namespaceLabels: space.Labels);

    private IEnumerable<AddressedEnd> Peers(Direction direction)
    {
        foreach (var address in words.Addresses.Select(Address.Parse))
        {
            if (models.Any(model => CanBe(address, model.Cluster.PodRanges)))
            {
                foreach (var endpoint in Endpoints(address.ToString()))
                {
                    yield return new(EndKind.Endpoint, endpoint, address);
                }
            }

            if (models.Any(model => CanBe(address, model.Cluster.NodeRanges)))
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
            foreach (var address in words.Multicast)
            {
                yield return new(EndKind.Address, null, Address.Parse(address));
            }
        }
    }

    /// <summary>Names for which an address was answered, in all combinations that the patterns could tell apart.</summary>
    private static readonly ImmutableArray<ImmutableArray<string>> Answers = [["a.example"], ["b.example"], ["a.b.example"], ["other.test"]];

    private static bool AsksNames(Policy policy) => policy.RulesOf(Direction.Egress).Any(rule => rule.Peer is AddressSet.Union union && union.Parts.Any(part => part is AddressSet.Dns));

    private static bool CanBe(Address address, ImmutableArray<Prefix> ranges) =>
        ranges.IsEmpty || address.Family == IpFamily.V6 || ranges.Any(range => range.Contains(address));

    /// <summary>A namespace has the same labels for all in it, and those that are declared.</summary>
    private static bool CanBePair(Endpoint self, AddressedEnd peer) => peer.Endpoint is not { } other || self.Namespace != other.Namespace || self.Namespace == "n"
        || self.NamespaceLabels.GetValueOrDefault("env") == other.NamespaceLabels.GetValueOrDefault("env");

    /// <param name="BackendPort">Where a service translates.</param>
    /// <param name="Traffic">At the receiver.</param>
    public sealed record Judged(
        Endpoint Self, AddressedEnd Peer, Universe Universe, Flow Flow, ushort? BackendPort, Traffic Traffic, Endpoint? Receiver, string Way)
    {
        public DirectionJudgement Verdict(Evaluator evaluator, Direction direction, Func<Bucket, bool>? isSpent = null) => direction == Direction.Egress
            ? Whole(evaluator, isSpent).Egress
            : Whole(evaluator, isSpent).Ingress;

        public Judgement Whole(Evaluator evaluator, Func<Bucket, bool>? isSpent = null) => evaluator.JudgeAll(Universe, Flow, isSpent).First(judgement => BackendPort is null
            || (judgement.Translation?.Backend == Peer.Address && judgement.Translation?.BackendPort == BackendPort));

        public override string ToString() => $"{Self} <-> {Peer} on {Traffic} by {Way}, names {string.Join(' ', Receiver?.Ports ?? [])}";
    }
}
