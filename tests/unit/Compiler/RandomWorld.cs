using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Tests.Unit.Compiler;

/// <summary>Small models and the endpoints to try them on, drawn from few values so that things meet.</summary>
internal sealed class RandomWorld(int seed)
{
    public const string ThisNode = "n1";

    private static readonly string[] Prefixes =
        ["10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/17", "10.1.128.0/17", "192.0.2.0/24", "192.0.2.7", "0.0.0.0/0", "224.0.0.0/3", "2001:db8::/32", "2001:db8:1::/48", "::/0", "fe80::/10"];

    private static readonly string[] Apps = ["web", "api", "db"];
    private static readonly string[] Namespaces = ["shop", "data"];
    private static readonly string[] Names = ["http", "dns"];
    private readonly Random _random = new(seed);
    private int _line;
    private bool _hasTiers;

    public NetworkModel Model()
    {
        _hasTiers = _random.Next(2) == 0;
        ImmutableArray<Service> services = [.. Enumerable.Range(0, 2).Select(n => Service($"svc{n}", n))];
        return NetworkModel.Empty with
        {
            Cluster = new Cluster(
                Some(Prefix.Parse("10.1.0.0/16")), Some(Prefix.Parse("192.0.2.0/28"), Prefix.Parse("2001:db8:1::/64")), Some(Prefix.Parse("10.96.0.0/12")), true, true),
            Services = services,
            Policies = [.. Enumerable.Range(0, _random.Next(1, 5)).Select(n => Policy($"policy{n}"))],
        };
    }

    public Universe Universe()
    {
        ImmutableArray<Endpoint> endpoints = [.. Enumerable.Range(1, 4).Select(n => new Endpoint(
            Pick(Namespaces), new Dictionary<string, string> { ["env"] = Pick("prod", "test") }, Labels(),
            [Address.Parse($"10.1.0.{n}"), Address.Parse($"2001:db8:1::{n}")],
            [new NamedPort(Pick(Names), Pick(Protocol.Tcp, Protocol.Udp), Port()), new NamedPort(Pick(Names), Protocol.Tcp, Port())], node: Pick(ThisNode, "n2")))];
        return new Universe(endpoints, [new Node(ThisNode, [Address.Parse("192.0.2.1"), Address.Parse("2001:db8:1::a1")])]);
    }

    public Flow Flow(Universe universe, NetworkModel model)
    {
        var isV4 = _random.Next(2) == 0;
        var family = isV4 ? IpFamily.V4 : IpFamily.V6;
        Address[] own = [.. universe.Endpoints.SelectMany(endpoint => endpoint.Addresses).Where(address => address.Family == family)];
        Address[] others = [.. universe.Nodes.SelectMany(node => node.Addresses)
            .Concat(model.Services.SelectMany(service => service.Addresses))
            .Concat(NearEdges()).Where(address => address.Family == family)];
        Address OneOf() => _random.Next(3) > 0 ? Pick(own) : Pick(others);
        return new Flow(OneOf(), OneOf(), Carried(family), IsFromNodeSocket: _random.Next(2) == 0);
    }

    public AddressSet Set(int depth = 2, bool isPeer = false, bool isEgress = false) => _random.Next(depth > 0 ? 11 : 7) switch
    {
        0 => new AddressSet.Any(),
        1 => new AddressSet.World(),
        2 => Pick<AddressSet>(new AddressSet.Nodes(), new AddressSet.Host()),
        3 or 4 => Cidr(),
        5 => Pods(isPeer),
        6 when isEgress => new AddressSet.Service(Pick("svc0", "svc1")),
        6 => Pods(isPeer),
        7 => new AddressSet.Named("named" + _random.Next(3), Set(depth - 1, isPeer)),
        8 => new AddressSet.Union([Set(depth - 1, isPeer, isEgress), Set(depth - 1, isPeer, isEgress)]),
        9 => new AddressSet.Intersection([Set(depth - 1, isPeer), Set(depth - 1, isPeer)]),
        _ => new AddressSet.Difference(Set(depth - 1, isPeer), Set(depth - 1, isPeer)),
    };

    /// <summary>First and last addresses of the prefixes in use, and their neighbours outside.</summary>
    public static IEnumerable<Address> NearEdges()
    {
        foreach (var prefix in Prefixes.Select(Prefix.Parse).Concat(WellKnown.All).Append(Prefix.Parse("10.96.0.0/12")).Append(Prefix.Parse("192.0.2.0/28")))
        {
            yield return prefix.Network;
            yield return prefix.Last;
            if (prefix.Length > 0 && prefix.Network.Bits > 0)
            {
                yield return new Address(prefix.Family, prefix.Network.Bits - 1);
            }
        }
    }

    private Policy Policy(string name)
    {
        var origin = Next();
        var tier = Tier();
        ImmutableArray<PolicyBlock> blocks = [.. new[] { Direction.Ingress, Direction.Egress }.Where(_ => _random.Next(4) > 0)
            .Select(direction => new PolicyBlock(direction, [.. Enumerable.Range(0, _random.Next(5)).Select(_ => Rule(direction, tier))], Next())
            {
                IsOpen = _hasTiers && !tier.IsOrdered && _random.Next(2) == 0,
            })];
        return new Policy(name, Selected(), blocks, origin, null) { Tier = tier };
    }

    /// <summary>Limited rules that have no token left.</summary>
    public IReadOnlySet<Origin> Spent(NetworkModel model) => model.Policies.SelectMany(policy => policy.Blocks).SelectMany(block => block.Rules)
        .Where(rule => rule.Limit is not null && _random.Next(2) == 0).Select(rule => rule.Origin).ToHashSet();

    private Tier Tier() => !_hasTiers ? Netpol.Model.Tier.Ordinary : _random.Next(4) switch
    {
        0 => new Tier(TierKind.Admin, ++_line / 2m),
        1 => new Tier(TierKind.Admin, 1000m / ++_line),
        2 => new Tier(TierKind.Baseline, 1000m / ++_line),
        _ => Netpol.Model.Tier.Ordinary,
    };

    private RuleAction Action(Tier tier) => _random.Next(!_hasTiers ? 3 : tier.IsOrdered ? 6 : 5) switch
    {
        0 => RuleAction.Deny,
        < 3 => RuleAction.Allow,
        3 => RuleAction.Reject,
        4 => tier.IsOrdered ? RuleAction.Pass : RuleAction.Allow,
        _ => RuleAction.Pass,
    };

    private AddressSet Selected() => _random.Next(4) switch
    {
        0 => new AddressSet.Any(),
        1 => new AddressSet.Difference(new AddressSet.Any(), Pods(false)),
        _ => Pods(false),
    };

    private Rule Rule(Direction direction, Tier tier)
    {
        var action = Action(tier);
        var isLimited = _hasTiers && !tier.IsOrdered && action == RuleAction.Allow && _random.Next(3) == 0;
        return new(
            action,
            Set(2, isPeer: true, isEgress: direction == Direction.Egress),
            [.. Enumerable.Range(0, _random.Next(4)).Select(_ => PortMatch())],
            _random.Next(4) == 0, Next(), null)
        {
            Limit = isLimited ? new(1, 1, 1, _random.Next(2) == 0) : null,
        };
    }

    private Service Service(string name, int n) => new(
        name, [Address.Parse($"10.96.0.{n}"), Address.Parse($"2001:db8:96::{n}")],
        [new ServicePort("http", Protocol.Tcp, 80, new TargetPort.Number(8080), Next()), new ServicePort("dns", Protocol.Udp, 53, new TargetPort.Named("dns"), Next())],
        new BackendSource.Endpoints(Pods(false)), Next(), null);

    private AddressSet Cidr()
    {
        ImmutableArray<Prefix> include = [.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => Prefix.Parse(Pick(Prefixes)))];
        return new AddressSet.Cidr(include, _random.Next(3) == 0 ? [Prefix.Parse(Pick(Prefixes))] : []);
    }

    private AddressSet Pods(bool isPeer) => new AddressSet.Pods(
        _random.Next(isPeer ? 4 : 3) switch
        {
            0 => new NamespaceScope.One(Pick(Namespaces)),
            1 => new NamespaceScope.Any(),
            2 => new NamespaceScope.Matching(new LabelPredicate.Equal("env", "prod")),
            _ => new NamespaceScope.Same(),
        },
        _random.Next(3) switch
        {
            0 => null,
            1 => new LabelPredicate.NotIn("app", [Pick(Apps), Pick(Apps)]),
            _ => new LabelPredicate.Equal("app", Pick(Apps)),
        });

    private PortMatch PortMatch()
    {
        var first = Port();
        return _random.Next(5) switch
        {
            0 => new PortMatch.Range(Pick(Protocol.Tcp, Protocol.Udp, Protocol.Sctp), 0, ushort.MaxValue),
            1 => new PortMatch.Icmp(Pick(IpFamily.V4, IpFamily.V6), _random.Next(2) == 0 ? null : (byte)8, null),
            2 => new PortMatch.Named(Pick(Names), _random.Next(2) == 0 ? null : Protocol.Tcp),
            3 => new PortMatch.Range(Protocol.Tcp, first, first),
            _ => new PortMatch.Range(Pick(Protocol.Tcp, Protocol.Udp), first, (ushort)Math.Min(ushort.MaxValue, first + 40)),
        };
    }

    private Traffic Carried(IpFamily family) => _random.Next(5) switch
    {
        0 => Traffic.Icmp(family, Pick<byte>(0, 8, 128)),
        1 => Traffic.Other(47),
        2 => Traffic.Udp(Port()),
        3 => Traffic.Sctp(Port()),
        _ => Traffic.Tcp(Port()),
    };

    private Dictionary<string, string> Labels() =>
        _random.Next(4) == 0 ? [] : new Dictionary<string, string> { ["app"] = Pick(Apps) };

    private ushort Port() => Pick<ushort>(53, 80, 81, 100, 8080, 0, 65535);

    private ImmutableArray<Prefix> Some(params Prefix[] prefixes) => [.. prefixes.Where(_ => _random.Next(2) == 0)];

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];

    private Origin Next() => new("random.netpol", ++_line, 1, "");
}
