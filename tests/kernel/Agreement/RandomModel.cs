using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Tests.Kernel.Agreement;

/// <summary>Models as wide as the language: every set, port and service form, nested at random; half of them with tiers, reject and limits.</summary>
internal sealed class RandomModel(Random random)
{
    internal static readonly ImmutableArray<string> Namespaces = ["shop", "data", "other"];
    internal static readonly ImmutableArray<string> Apps = ["web", "api", "db"];
    internal static readonly ImmutableArray<string> Tiers = ["front", "back"];
    internal static readonly ImmutableArray<string> PortNames = ["http", "dns", "admin"];
    internal static readonly ImmutableArray<ushort> Ports = [22, 53, 80, 443, 8000, 8080, 8099, 9000, 65535];

    private static readonly ImmutableArray<string> Prefixes =
    [
        "0.0.0.0/0", "10.0.0.0/8", "10.244.0.0/16", "10.244.0.0/29", "10.244.0.2/32", "10.96.0.0/24", "192.168.0.0/24", "192.168.0.1/32",
        "192.0.2.0/24", "192.0.2.0/28", "198.51.100.0/24", "203.0.113.250/32", "224.0.0.0/4", "169.254.0.0/16",
        "::/0", "fd00::/8", "fd00:10::/56", "fd00:10::/126", "fd00:96::/112", "fd00:1::/64", "2001:db8::/32", "2001:db8:2::/48", "ff00::/8",
    ];

    private int _line;
    private int _services;
    private bool _hasTiers;

    /// <param name="hasTiers">With tiers, reject and limits; null: as chance has it.</param>
    internal NetworkModel Next(bool? hasTiers = null)
    {
        _services = random.Next(0, 3);
        _hasTiers = hasTiers ?? random.Next(2) == 0;
        return Draw();
    }

    private NetworkModel Draw() => new(
        new Cluster(
            random.Next(3) == 0 ? [] : [Prefix.Parse("10.244.0.0/16"), Prefix.Parse("fd00:10::/56")],
            [Prefix.Parse("192.168.0.0/24"), Prefix.Parse("fd00:1::/64")],
            random.Next(2) == 0 ? [] : [Prefix.Parse("10.96.0.0/24"), Prefix.Parse("fd00:96::/112")],
            HasV4: random.Next(15) != 0, HasV6: true),
        random.Next(2) == 0 ? [] : [Declaration("data", "prod"), Declaration("shop", "test")],
        [],
        [.. Enumerable.Range(0, random.Next(1, 6)).Select(Policy)],
        [.. Enumerable.Range(0, _services).Select(Service)],
        [],
        []);

    private T Pick<T>(ImmutableArray<T> all) => all[random.Next(all.Length)];

    private Origin Here(string text) => new("random.netpol", ++_line, 1, text);

    private NamespaceDeclaration Declaration(string name, string env) => new(
        name,
        ImmutableSortedDictionary<string, string>.Empty.Add("env", env).Add("kubernetes.io/metadata.name", name),
        Here($"namespace {name}"));

    private Policy Policy(int index)
    {
        var tier = Tier(index);
        return new(
            $"policy-{index}", Selected(2), [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Block(tier))], Here($"policy policy-{index}"), null)
        {
            Tier = tier,
        };
    }

    // No two policies of one tier have one order.
    private Tier Tier(int index) => !_hasTiers ? Model.Tier.Ordinary : random.Next(5) switch
    {
        0 or 1 => new(TierKind.Admin, (index * 37 % 11) + 0.5m),
        2 => new(TierKind.Baseline, index * 37 % 11),
        _ => Model.Tier.Ordinary,
    };

    private PolicyBlock Block(Tier tier)
    {
        var direction = random.Next(2) == 0 ? Direction.Egress : Direction.Ingress;
        var origin = Here(direction.ToString());
        return new(direction, [.. Enumerable.Range(0, random.Next(0, 6)).Select(_ => Rule(direction, tier))], origin)
        {
            IsOpen = _hasTiers && !tier.IsOrdered && random.Next(2) == 0,
        };
    }

    private Rule Rule(Direction direction, Tier tier)
    {
        var action = Action(tier);
        var peer = Peer(random.Next(3), direction);
        var isLimited = _hasTiers && !tier.IsOrdered && action == RuleAction.Allow && random.Next(4) != 0;
        return new(action, peer, [.. Enumerable.Range(0, random.Next(0, 3)).Select(_ => Port())], random.Next(4) == 0, Here($"{action} {peer}"), null)
        {
            // So slow that no token comes while a test runs.
            Limit = isLimited ? new RateLimit(1, 3600, random.Next(1, 4), random.Next(2) == 0) : null,
        };
    }

    private RuleAction Action(Tier tier) => random.Next(!_hasTiers ? 3 : tier.IsOrdered ? 5 : 4) switch
    {
        0 => RuleAction.Deny,
        1 or 2 => RuleAction.Allow,
        3 => RuleAction.Reject,
        _ => RuleAction.Pass,
    };

    /// <summary>What <c>for</c> takes: endpoints only.</summary>
    private AddressSet Selected(int depth) => random.Next(depth == 0 ? 5 : 8) switch
    {
        0 => new AddressSet.Any(),
        < 5 => Pods(isPeer: false),
        5 => new AddressSet.Union([Selected(depth - 1), Selected(depth - 1)]),
        6 => new AddressSet.Difference(Selected(depth - 1), Selected(depth - 1)),
        _ => new AddressSet.Intersection([Selected(depth - 1), Selected(depth - 1)]),
    };

    private AddressSet Peer(int depth, Direction direction) => random.Next(depth == 0 ? 9 : 13) switch
    {
        0 => new AddressSet.Any(),
        1 => new AddressSet.World(),
        2 => random.Next(2) == 0 ? new AddressSet.Host() : new AddressSet.Nodes(),
        3 or 4 => Cidr(),
        5 when direction == Direction.Egress && _services > 0 => new AddressSet.Service($"service-{random.Next(_services)}"),
        < 9 => Pods(isPeer: true),
        9 or 10 => new AddressSet.Union([Peer(depth - 1, direction), Peer(depth - 1, direction)]),
        11 => new AddressSet.Difference(Peer(depth - 1, direction), Peer(depth - 1, direction)),
        _ => new AddressSet.Intersection([Peer(depth - 1, direction), Peer(depth - 1, direction)]),
    };

    private AddressSet.Cidr Cidr()
    {
        ImmutableArray<Prefix> include = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Prefix.Parse(Pick(Prefixes)))];
        return new(include, [.. Prefixes.Select(Prefix.Parse).Where(prefix =>
            random.Next(4) == 0 && include.Any(outer => outer.Contains(prefix) && outer != prefix))]);
    }

    private AddressSet.Pods Pods(bool isPeer) => new(
        random.Next(isPeer ? 5 : 4) switch
        {
            0 => new NamespaceScope.Any(),
            1 => new NamespaceScope.Matching(new LabelPredicate.Equal("env", random.Next(2) == 0 ? "prod" : "test")),
            < 4 => new NamespaceScope.One(Pick(Namespaces)),
            _ => new NamespaceScope.Same(),
        },
        random.Next(4) == 0 ? null : Predicate(2));

    private LabelPredicate Predicate(int depth) => random.Next(depth == 0 ? 5 : 8) switch
    {
        0 => new LabelPredicate.Equal("app", Pick(Apps)),
        1 => new LabelPredicate.NotEqual("tier", Pick(Tiers)),
        2 => new LabelPredicate.In("app", [Pick(Apps), Pick(Apps)]),
        3 => new LabelPredicate.NotIn("app", [Pick(Apps)]),
        4 => new LabelPredicate.Has("tier"),
        5 => new LabelPredicate.Not(Predicate(depth - 1)),
        6 => new LabelPredicate.And([Predicate(depth - 1), Predicate(depth - 1)]),
        _ => new LabelPredicate.Or([Predicate(depth - 1), Predicate(depth - 1)]),
    };

    private PortMatch Port()
    {
        var protocol = Pick<Protocol>([Protocol.Tcp, Protocol.Udp, Protocol.Sctp]);
        switch (random.Next(7))
        {
            case 0:
                return new PortMatch.Range(protocol, 0, ushort.MaxValue);
            case 1:
                return new PortMatch.Range(protocol, 8000, 8099);
            case 2:
                return new PortMatch.Icmp(
                    random.Next(2) == 0 ? IpFamily.V4 : IpFamily.V6, Pick<byte?>([null, 1, 3, 8, 13, 128, 139]), Pick<byte?>([null, null, 0, 1]));
            case 3:
                return new PortMatch.Named(Pick(PortNames), random.Next(2) == 0 ? null : protocol);
            default:
                var port = Pick(Ports);
                return new PortMatch.Range(protocol, port, port);
        }
    }

    /// <summary>Whom a load balancer lets in: addresses, whoever has them.</summary>
    private AddressSet Sources() => random.Next(4) switch
    {
        0 => new AddressSet.Named("group", new AddressSet.Union([Cidr(), Cidr()])),
        1 => new AddressSet.Difference(new AddressSet.Any(), Cidr()),
        2 => new AddressSet.Intersection([Cidr(), Cidr()]),
        _ => Cidr(),
    };

    private Service Service(int index)
    {
        var isLiteral = random.Next(2) == 0;
        BackendSource backends = isLiteral
            ? new BackendSource.Literal([.. Enumerable.Range(0, random.Next(0, 4)).Select(_ =>
                new LiteralBackend(Address.Parse(Pick<string>(["10.244.0.1", "10.244.0.2", "fd00:10::1", "fd00:10::3", "192.0.2.7", "2001:db8:2::7"])), random.Next(0, 4))).DistinctBy(backend => backend.Address)])
            : new BackendSource.Endpoints(Selected(1));
        ImmutableArray<(Protocol Protocol, ushort Port)> ports = [.. Enumerable.Range(0, random.Next(1, 4))
            .Select(_ => (Pick<Protocol>([Protocol.Tcp, Protocol.Udp, Protocol.Sctp]), Pick(Ports))).Distinct()];
        ImmutableArray<ServicePort> written = [.. ports.Select(port => new ServicePort(
            null, port.Protocol, port.Port,
            isLiteral || random.Next(2) == 0 ? new TargetPort.Number(Pick(Ports)) : new TargetPort.Named(Pick(PortNames)),
            Here($"port {port}")))];
        return new(
            $"service-{index}",
            [Address.Parse($"10.96.0.{10 + index}"), Address.Parse($"fd00:96::{10 + index}")],
            written,
            backends,
            Here($"service service-{index}"),
            null)
        {
            Balance = Pick<BalanceAlgorithm>([BalanceAlgorithm.Random, BalanceAlgorithm.Maglev, BalanceAlgorithm.Maglev, BalanceAlgorithm.LeastConnections]),
            Affinity = random.Next(3) == 0 ? TimeSpan.FromHours(1) : null,
            NodePorts = random.Next(2) == 0 ? [] : [.. written.Select((port, at) => new NodePort(port, (ushort)(30_000 + (10 * index) + at), Here("nodeport")))],
            LoadBalancers = random.Next(3) == 0
                ? []
                : [new([Address.Parse($"203.0.113.{10 + index}"), Address.Parse($"2001:db8:3::{10 + index}")], random.Next(4) == 0 ? null : Sources(), Here("loadbalancer"))],
            Outside = random.Next(3) == 0 ? TrafficScope.Local : TrafficScope.Cluster,
            Inside = random.Next(5) == 0 ? TrafficScope.Local : TrafficScope.Cluster,
            Locality = Pick<ImmutableArray<Locality>>([[], [], [Locality.Node], [Locality.Zone], [Locality.Node, Locality.Zone]]),
            Drain = random.Next(3) == 0 ? TimeSpan.FromMinutes(1) : null,
        };
    }
}
