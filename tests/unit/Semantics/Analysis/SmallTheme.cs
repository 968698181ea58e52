using System.Collections.Immutable;
using CsCheck;
using Netpol.Model;
using Netpol.Semantics;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics.Analysis;

/// <summary>
/// A part of the language in as few words as it can be said in, and everything that models in these words can tell apart. Together the themes have every
/// feature that decides a verdict; each alone is small enough to ask the evaluator about all of it.
/// </summary>
/// <param name="Selected">What can stand after <c>for</c>.</param>
/// <param name="Absolute">What can be the left side of an assertion, but for sets of endpoints.</param>
/// <param name="Ground">All of a model but policies and assumptions.</param>
internal sealed record SmallTheme(
    string Name, UniverseWords Words, Gen<AddressSet> Selected, Gen<AddressSet> Absolute, Gen<AddressSet> Peer, Gen<AddressSet> EgressPeer, Gen<PortMatch> On, Gen<NetworkModel> Ground)
{
    private static readonly Cluster OnlyV4 = Cluster.Undeclared with { HasV6 = false };

    private static readonly Cluster Declared = OnlyV4 with { PodRanges = Prefixes("10.0.0.0/24"), NodeRanges = Prefixes("192.0.2.0/24") };

    private static readonly LabelPredicate IsX = new LabelPredicate.Equal("a", "x");

    private static readonly LabelPredicate HasA = new LabelPredicate.Has("a");

    /// <summary>Some rules that allow name the requests which pass.</summary>
    public bool HasRequests { get; init; }

    public static ImmutableArray<SmallTheme> All { get; } = [Tiers(), Packets(), Names(), Answers(), Spaces(), Clusters(), Services(), Entries()];

    public override string ToString() => Name;

    /// <summary>Sets, and who is asked: labels, nodes, the world, one namespace or all; IPv4.</summary>
    private static SmallTheme Tiers()
    {
        var pods = OneOf(
            Pods("n"), Pods("n", "a=x"), PodsAnywhere("a=x"), PodsAnywhere(), PodsMatching(HasA), PodsMatching(new LabelPredicate.NotEqual("a", "x")));
        var word = OneOf(
            Any, World, Host, Nodes, Cidr("10.0.0.0/25"), Cidr("203.0.113.0/24"), Cidr("0.0.0.0/0", "203.0.113.0/24"), PodsInSame(), PodsInSame("a=x"));
        var peer = PeerOf(pods, word);
        return new(
            "tiers", UniverseWords.Tiny, pods, OneOf(Any, World, Nodes, Cidr("10.0.0.0/25"), Cidr("203.0.113.0/24")), peer, peer,
            OneOf<PortMatch>(Tcp(80), Tcp(0, 65535), Udp(0, 65535), Named("http"), Named("http", Protocol.Tcp), Icmp(IpFamily.V4)),
            Gen.Const(NetworkModel.Empty with { Cluster = Declared }));
    }

    /// <summary>Both families, either left out now and then; ICMP by type and code, ranges of ports, protocols without a name.</summary>
    private static SmallTheme Packets()
    {
        var pods = OneOf(PodsAnywhere(), PodsAnywhere("a=x"), Pods("n"));
        var word = OneOf(Any, World, Cidr("2001:db8::/32"), Cidr("::/0", "2001:db8::/32"), Cidr("0.0.0.0/0"), Cidr("224.0.0.0/4"));
        var peer = PeerOf(pods, word);
        var words = new UniverseWords(
            ["10.0.0.2", "203.0.113.2", "2001:db8::2", "2002::2"],
            [("n", ""), ("q", "")],
            ["", "a=x"],
            [""],
            family =>
            [
                Traffic.Tcp(80), Traffic.Tcp(81), Traffic.Tcp(9), Traffic.Udp(80), Traffic.Sctp(80), Traffic.Other(47),
                Traffic.Icmp(family, 8), Traffic.Icmp(family, 3), Traffic.Icmp(family, 3, 4), Traffic.Icmp(family, 128), Traffic.Icmp(family, 1),
            ],
            ["224.0.0.1", "255.255.255.255", "ff02::1"],
            "10.0.0.77,2001:db8::77")
        {
            AlsoFrom = ["203.0.113.77,2002::77"],
        };
        return new(
            "packets", words, pods, word, peer, peer,
            OneOf<PortMatch>(Tcp(80), Tcp(80, 81), Tcp(0, 65535), Udp(80), Icmp(IpFamily.V4), Icmp(IpFamily.V4, 8), Icmp(IpFamily.V4, 3, 4), Icmp(IpFamily.V6),
                Icmp(IpFamily.V6, 128), new PortMatch.Range(Protocol.Sctp, 0, 65535)),
            Gen.Frequency((6, Gen.Const(Cluster.Undeclared)), (1, Gen.Const(Cluster.Undeclared with { HasV4 = false })), (1, Gen.Const(Cluster.Undeclared with { HasV6 = false })))
                .Select(cluster => NetworkModel.Empty with { Cluster = cluster }));
    }

    /// <summary>Ports by the names that receivers give them: none, one, several, one for two ports.</summary>
    private static SmallTheme Names()
    {
        var pods = OneOf(PodsAnywhere(), PodsAnywhere("a=x"));
        var peer = PeerOf(pods, OneOf(Any, World));
        var words = new UniverseWords(
            ["10.0.0.2", "203.0.113.2"],
            [("n", "")],
            ["", "a=x"],
            [.. Called("http", "dns", "80/tcp", "9/tcp", "80/udp", "9/udp", "80/sctp"), "http=80/tcp", "http=9/tcp,dns=9/udp"],
            family => [Traffic.Tcp(80), Traffic.Tcp(9), Traffic.Udp(80), Traffic.Udp(9), Traffic.Sctp(80), Traffic.Icmp(family, 8)],
            [],
            "10.0.0.77");
        return new("names", words, pods, OneOf(Any, World), peer, peer,
            OneOf<PortMatch>(Tcp(80), Tcp(0, 65535), Named("http"), Named("http", Protocol.Tcp), Named("http", Protocol.Udp), Named("dns"), Named("dns", Protocol.Udp)),
            Gen.Const(NetworkModel.Empty with { Cluster = Declared }));
    }

    /// <summary><c>dns</c> and <c>http</c>.</summary>
    private static SmallTheme Answers()
    {
        var pods = OneOf(PodsAnywhere(), PodsAnywhere("a=x"));
        var word = OneOf(Any, World, Cidr("203.0.113.0/24"));
        var dns = OneOf<AddressSet>(new AddressSet.Dns(["a.example"]), new AddressSet.Dns(["*.example"]), new AddressSet.Dns(["**.example"]),
            new AddressSet.Dns(["a.example", "*.b.example"]));
        var peer = PeerOf(pods, word);
        var words = new UniverseWords(
            ["10.0.0.2", "203.0.113.2", "198.51.100.2"],
            [("n", "")],
            ["", "a=x"],
            ["", "http=80/tcp"],
            _ => [Traffic.Tcp(80), Traffic.Tcp(9), Traffic.Tcp(7), Traffic.Udp(9)],
            ["224.0.0.1"],
            "10.0.0.77");
        return new("answers", words, pods, word, peer, Gen.Frequency((3, peer), (2, dns), (1, Gen.Select(word, dns, (left, right) => Union(left, right)))),
            OneOf<PortMatch>(Tcp(80), Tcp(0, 65535), Tcp(9)), Gen.Const(NetworkModel.Empty with { Cluster = Declared }))
        {
            HasRequests = true,
        };
    }

    /// <summary>Namespaces, declared or not, their labels, every form of condition, and sets in two levels.</summary>
    private static SmallTheme Spaces()
    {
        var predicate = OneOf<LabelPredicate>(
            IsX, HasA, new LabelPredicate.NotEqual("a", "x"), new LabelPredicate.Not(HasA), new LabelPredicate.In("a", ["x", "z"]), new LabelPredicate.NotIn("a", ["x"]),
            new LabelPredicate.And([HasA, new LabelPredicate.NotEqual("a", "x")]), new LabelPredicate.Or([IsX, new LabelPredicate.Not(HasA)]));
        var space = OneOf<NamespaceScope>(
            new NamespaceScope.One("n"), new NamespaceScope.One("m"), new NamespaceScope.Any(), new NamespaceScope.Matching(new LabelPredicate.Equal("env", "prod")),
            new NamespaceScope.Matching(new LabelPredicate.NotEqual("env", "prod")), new NamespaceScope.Matching(new LabelPredicate.Equal(Endpoint.MetadataName, "m")));
        var one = Gen.Select(space, predicate.Null(), (scope, where) => (AddressSet)new AddressSet.Pods(scope, where));
        var pods = Gen.Frequency((3, one), (1, Gen.Select(one, one, (left, right) => Union(left, right))), (1, Gen.Select(one, one, (left, right) => Minus(left, right))));
        var word = Gen.Frequency((3, pods), (1, predicate.Null().Select(where => (AddressSet)new AddressSet.Pods(new NamespaceScope.Same(), where))), (1, OneOf(Any, Cidr("10.0.0.0/25"))));
        var words = new UniverseWords(
            ["10.0.0.2", "10.0.0.201"],
            [("n", ""), ("m", ""), ("m", "env=prod"), ("o", ""), ("o", "env=prod"), ("q", "")],
            ["", "a=x", "a=y", "a=z"],
            [""],
            _ => [Traffic.Tcp(80), Traffic.Tcp(9), Traffic.Udp(9)],
            [],
            "10.0.0.77")
        {
            AlsoFrom = ["10.0.0.177"],
        };
        var peer = PeerOf(pods, word);
        return new("spaces", words, pods, OneOf(Any, Cidr("10.0.0.0/25")), peer, peer, OneOf<PortMatch>(Tcp(80), Tcp(0, 65535)),
            OneOf("", "env=prod", "env=test").Select(labels => NetworkModel.Empty with { Cluster = Declared, Namespaces = [Namespace("n", labels)] }));
    }

    /// <summary>What a cluster declares, or does not: pods, nodes and services; prefixes inside each other, with exceptions.</summary>
    private static SmallTheme Clusters()
    {
        var pods = OneOf(PodsAnywhere(), PodsAnywhere("a=x"));
        var cidr = Gen.Select(
            OneOf("10.0.0.0/24", "10.0.0.0/25", "192.0.2.0/24", "198.18.0.0/16", "0.0.0.0/0"), OneOf("10.0.0.128/25", "192.0.2.0/24", "203.0.113.2/32").Null(),
            (include, except) => Cidr(include, except ?? ""));
        var word = Gen.Frequency((2, cidr), (2, OneOf(Any, World, Host, Nodes)));
        var peer = PeerOf(pods, word);
        var words = new UniverseWords(
            ["10.0.0.2", "10.0.0.201", "192.0.2.2", "192.0.2.202", "203.0.113.2", "203.0.113.3", "198.18.0.2", "198.18.1.2"],
            [("n", "")],
            ["", "a=x"],
            [""],
            family => [Traffic.Tcp(80), Traffic.Udp(9), Traffic.Icmp(family, 8)],
            ["224.0.0.1", "255.255.255.255"],
            "10.0.0.77")
        {
            AlsoFrom = ["10.0.0.177", "192.0.2.77", "192.0.2.177", "203.0.113.2", "203.0.113.77", "198.18.0.77", "198.18.1.77"],
        };
        return new("clusters", words, pods, word, peer, peer, OneOf<PortMatch>(Tcp(80), Icmp(IpFamily.V4)), OneOf(
            OnlyV4, Declared, Declared with { ServiceRanges = Prefixes("198.18.0.0/16") }, OnlyV4 with { PodRanges = Prefixes("10.0.0.0/25") },
            OnlyV4 with { NodeRanges = Prefixes("192.0.2.0/25,203.0.113.2/32") }, OnlyV4 with { ServiceRanges = Prefixes("198.18.0.0/24") })
                .Select(cluster => NetworkModel.Empty with { Cluster = cluster }));
    }

    /// <summary>A service by its own addresses, of one family or both, to backends by set or by address.</summary>
    private static SmallTheme Services() => OfServices("services", Gen.Select(
        OneOf("198.18.0.10", "198.18.0.10,fd99::10"),
        Gen.OneOf(
            Gen.Select(OneOf(PodsAnywhere(), PodsAnywhere("a=x")).Select(set => Backends(set)), OneOf(Port(8080, 80, "web"), Port(80, 9), PortTo(80, "http"), Port(9, 9, null, Protocol.Udp))),
            Gen.Select(OneOf(Backends(("10.0.0.2", 1), ("10.0.0.201", 0)), Backends(("203.0.113.2", 2))), OneOf(Port(8080, 80, "web"), Port(80, 9)))),
        (addresses, served) => Service("s", addresses, served.Item1, served.Item2)));

    /// <summary>A service by node ports and load balancers' addresses too, with whom these are for, and which backends clients from outside are given.</summary>
    private static SmallTheme Entries() => OfServices("entries", Gen.Select(
        OneOf(PodsAnywhere(), PodsAnywhere("a=x")), OneOf(Port(8080, 80, "web"), PortTo(80, "http", "web")), OneOf(TrafficScope.Cluster, TrafficScope.Local), Gen.Bool,
        OneOf<AddressSet?>(null, Cidr("203.0.113.0/24"), Cidr("0.0.0.0/0", "203.0.113.0/24")), Gen.Int[0, 3]).Select((backends, port, outside, isDual, from, ways) =>
            Service("s", "198.18.0.10", Backends(backends), port) with
            {
                NodePorts = ways is 1 or 3 ? [new(port, 30080, Place(1))] : [],
                LoadBalancers = ways is 2 or 3 ? [new([.. (isDual ? "198.18.0.20,fd99::20" : "198.18.0.20").Split(',').Select(Address.Parse)], isDual ? null : from, Place(1))] : [],
                Outside = outside,
            }));

    private static SmallTheme OfServices(string name, Gen<Service> service)
    {
        var pods = OneOf(PodsAnywhere(), PodsAnywhere("a=x"));
        var word = OneOf(Any, World, Nodes, Host, Cidr("203.0.113.0/24"));
        var peer = PeerOf(pods, word);
        var words = new UniverseWords(
            ["10.0.0.2", "10.0.0.201", "192.0.2.2", "203.0.113.2", "198.51.100.2", "2001:db8::2"],
            [("n", "")],
            ["", "a=x"],
            // A service's target is the first port of the name.
            [
                .. Called("http", "web", "80/tcp", "8080/tcp", "9/tcp", "9/udp"), "http=8080/tcp", "http=8080/tcp,web=8080/tcp", "http=9/tcp", "http=9/tcp,web=9/tcp",
            ],
            _ => [Traffic.Tcp(80), Traffic.Tcp(8080), Traffic.Tcp(9), Traffic.Udp(9)],
            [],
            "10.0.0.77,2001:db8::77");
        return new(name, words, pods, word, peer, Gen.Frequency((3, peer), (3, Gen.Const(ServiceSet("s"))), (1, peer.Select(other => Union(other, ServiceSet("s"))))),
            OneOf<PortMatch>(Tcp(80), Tcp(8080), Tcp(0, 65535), Named("web"), Named("http")), service.Select(made => NetworkModel.Empty with { Cluster = Declared with { HasV6 = true }, Services = [made] }));
    }

    /// <summary>All ports by neither name, by one, by the other, by both: each packet asks only what its own is called.</summary>
    private static ImmutableArray<string> Called(string one, string other, params string[] ports) =>
    [
        "",
        string.Join(',', ports.Select(port => $"{one}={port}")),
        string.Join(',', ports.Select(port => $"{other}={port}")),
        string.Join(',', ports.Select(port => $"{one}={port},{other}={port}")),
    ];

    private static Gen<AddressSet> PeerOf(Gen<AddressSet> pods, Gen<AddressSet> word) => Gen.Frequency(
        (4, pods),
        (4, word),
        (1, pods.Select(set => (AddressSet)new AddressSet.Named("g", set))),
        (1, Gen.Select(pods, word, (left, right) => Union(left, right))),
        (1, Gen.Select(word, pods, (left, right) => Minus(left, right))),
        (1, Gen.Select(word, word, (left, right) => Both(left, right))));

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
