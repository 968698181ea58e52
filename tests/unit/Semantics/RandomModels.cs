using System.Collections.Immutable;
using CsCheck;
using Netpol.Model;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics;

/// <summary>
/// Small models over few words, so that everything they can tell apart can be enumerated: namespaces n (declared with
/// env=prod), m and two more, label a with value x, the prefixes of <see cref="Cidrs"/>, ports 80 and 81, name http.
/// </summary>
internal static class RandomModels
{
    private static readonly ImmutableArray<string> Cidrs =
        ["10.0.0.0/24", "10.0.0.0/25", "192.0.2.0/24", "2001:db8::/32", "0.0.0.0/0", "::/0", "224.0.0.0/4"];

    private static readonly Gen<LabelPredicate> Predicate = OneOf<LabelPredicate>(
        new LabelPredicate.Equal("a", "x"), new LabelPredicate.NotEqual("a", "x"), new LabelPredicate.Has("a"),
        new LabelPredicate.Not(new LabelPredicate.Has("a")), new LabelPredicate.In("a", ["x"]), new LabelPredicate.NotIn("a", ["x"]),
        new LabelPredicate.And([new LabelPredicate.Has("a"), new LabelPredicate.NotEqual("a", "x")]),
        new LabelPredicate.Or([new LabelPredicate.Equal("a", "x"), new LabelPredicate.Not(new LabelPredicate.Has("a"))]));

    private static readonly Gen<NamespaceScope> Scope = OneOf<NamespaceScope>(
        new NamespaceScope.One("n"), new NamespaceScope.One("m"), new NamespaceScope.Any(),
        new NamespaceScope.Matching(new LabelPredicate.Equal("env", "prod")),
        new NamespaceScope.Matching(new LabelPredicate.NotEqual("env", "prod")),
        new NamespaceScope.Matching(new LabelPredicate.Equal("kubernetes.io/metadata.name", "m")));

    private static readonly Gen<AddressSet> PodsSet =
        Gen.Select(Scope, Predicate.Null(), (scope, where) => (AddressSet)new AddressSet.Pods(scope, where));

    private static readonly Gen<AddressSet> SamePods =
        Predicate.Null().Select(where => (AddressSet)new AddressSet.Pods(new NamespaceScope.Same(), where));

    private static readonly Gen<AddressSet> CidrSet = Gen.Select(
        OneOf([.. Cidrs]), OneOf([.. Cidrs]).Null(), (include, except) => Cidr(include, except ?? ""));

    private static readonly Gen<AddressSet> Word = OneOf(Any, World, Host, Nodes);

    /// <summary>What an endpoint can be selected by.</summary>
    public static Gen<AddressSet> EndpointSet { get; } = Gen.Frequency(
        (1, Gen.Const(Any)),
        (4, PodsSet),
        (1, Gen.Select(PodsSet, PodsSet, (left, right) => Union(left, right))),
        (1, Gen.Select(PodsSet, PodsSet, (left, right) => Minus(left, right))));

    public static Gen<AddressSet> Peer { get; } = Tree(Gen.Frequency((3, PodsSet), (1, SamePods), (2, CidrSet), (2, Word)));

    private static readonly Gen<AddressSet> EgressPeer = Gen.Frequency(
        (4, Peer),
        (1, Gen.Const(ServiceSet("s"))),
        (1, Peer.Select(peer => Union(peer, ServiceSet("s")))));

    private static readonly Gen<AddressSet> SideSet = Tree(Gen.Frequency((4, PodsSet), (2, CidrSet), (2, Word)));

    private static readonly Gen<ImmutableArray<PortMatch>> Ports = Gen.Frequency(
        (2, Gen.Const(ImmutableArray<PortMatch>.Empty)),
        (5, OneOf(
            Tcp(80), Tcp(81), Tcp(80, 81), Tcp(0, 65535), Udp(80), Named("http"), Named("http", Protocol.Tcp), Named("http", Protocol.Udp),
            Icmp(IpFamily.V4), Icmp(IpFamily.V6, 128), Icmp(IpFamily.V4, 8), Icmp(IpFamily.V4, 3)).Array[1, 2].Select(ports => ports.ToImmutableArray())));

    public static Gen<NetworkModel> Model { get; } = Gen.Select(
        Gen.Select(Gen.Select(EndpointSet, BlockOf(Direction.Ingress).Array[0, 1], BlockOf(Direction.Egress).Array[0, 1]).Array[0, 3], ServiceGen.Array[0, 1]),
        OneOf(
            Cluster.Undeclared,
            Cluster.Undeclared with { PodRanges = Prefixes("10.0.0.0/24"), NodeRanges = Prefixes("192.0.2.0/24") }),
        (parts, cluster) => Build.ModelOf([.. parts.Item1.Select((policy, index) => Policy($"p{index}", policy.Item1, [.. policy.Item2, .. policy.Item3]))]) with
        {
            Cluster = cluster,
            Services = [.. parts.Item2],
            Namespaces = [Namespace("n", "env=prod")],
        });

    public static Gen<TestLine> Line { get; } = Gen.Select(
        Side, Gen.Frequency((4, Side), (1, Gen.Const<TestSide>(new TestSide.Service("s")))), Ports, OneOf(RuleAction.Allow, RuleAction.Deny),
        (from, to, ports, expected) => new TestLine(from, to, ports, expected, Place(100, "line")));

    private static Gen<TestSide> Side => Gen.Frequency(
        (4, SideSet.Select(set => (TestSide)new TestSide.Set(set))),
        (1, Gen.Select(OneOf("n", "m", "o"), OneOf("", "a=x", "a=y", "a=x,b=y"), (name, labels) =>
            (TestSide)new TestSide.Pod(name, ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, Labels(labels))))));

    // Only endpoints name the ports that `-> port http` asks for.
    private static Gen<Service> ServiceGen => Gen.Select(
        OneOf("198.18.0.10", "198.18.0.10,fd99::10"),
        Gen.OneOf(
            Gen.Select(PodsSet.Select(set => Backends(set)), Gen.OneOf(NumberedPort, Gen.Const(PortTo(80, "http")))),
            Gen.Select(OneOf(Backends(("10.0.0.2", 1), ("192.0.2.2", 0)), Backends(("2001:db8::2", 2), ("10.0.0.201", 1))), NumberedPort)),
        (addresses, served) => Build.Service("s", addresses, served.Item1, served.Item2));

    private static Gen<ServicePort> NumberedPort => OneOf(Port(8080, 80, "web"), Port(80, 81), Port(80, 80, "dns", Protocol.Udp));

    private static Gen<PolicyBlock> BlockOf(Direction direction) =>
        Gen.Select(OneOf(RuleAction.Allow, RuleAction.Deny), direction == Direction.Egress ? EgressPeer : Peer, Ports).Array[0, 3].Select(rules =>
        {
            Rule[] made = [.. rules.Select(rule => rule.Item1 == RuleAction.Allow ? Allow(rule.Item2, [.. rule.Item3]) : Deny(rule.Item2, [.. rule.Item3]))];
            return direction == Direction.Egress ? Egress(made) : Ingress(made);
        });

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static Gen<AddressSet> Tree(Gen<AddressSet> leaf) => Gen.Frequency(
        (4, leaf),
        (1, Gen.Select(leaf, leaf, (left, right) => Union(left, right))),
        (1, Gen.Select(leaf, leaf, (left, right) => Both(left, right))),
        (1, Gen.Select(leaf, leaf, (left, right) => Minus(left, right))));
}
