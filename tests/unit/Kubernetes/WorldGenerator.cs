using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>
/// Random worlds, small enough that rules meet: every field of NetworkPolicy v1, absent, empty or given, with values that are
/// valid and unusual.
/// </summary>
internal sealed class WorldGenerator(int seed)
{
    private static readonly ImmutableArray<string> NamespaceNames = ["shop", "data", "y", "kube-system", "1st", "any", "in-8"];
    private static readonly ImmutableArray<string> Keys = ["app", "pod", "example.com/role", "Tier_1", "in", "9th"];
    private static readonly ImmutableArray<string> Values = ["web", "a", "", "true", "1", "no", "0x1F", "A.b_c", "null"];
    private static readonly ImmutableArray<string> PortNames = ["http", "dns", "a1", "log"];
    private static readonly ImmutableArray<ushort> Numbers = [80, 81, 443, 5353, 8080, 65535];

    private static readonly ImmutableArray<string> Prefixes =
    [
        "10.0.0.0/24", "10.0.0.0/28", "10.0.0.7/8", "10.0.1.3/32", "0.0.0.0/0", "0.0.0.0/1", "192.0.2.0/24", "fd00::/64", "fd00::1:3/112", "::/0", "2001:db8::/32",
    ];

    private readonly Random _random = new(seed);

    public World Next()
    {
        var namespaces = Some(NamespaceNames, 2, 4).ToImmutableDictionary(name => name, _ => Labels());
        ImmutableArray<string> names = [.. namespaces.Keys.Order(StringComparer.Ordinal)];
        ImmutableArray<WorldPod> pods = [.. Enumerable.Range(0, _random.Next(3, 7)).Select(index => Pod(index, One(names)))];
        ImmutableArray<WorldPolicy> policies =
        [
            // Names come again in other namespaces, where they are other policies.
            .. Enumerable.Range(0, _random.Next(0, 6)).Select(index => Policy(index, One(names))).DistinctBy(policy => (policy.Namespace, policy.Name)),
        ];
        return new World(namespaces, pods, policies, ClusterPolicies());
    }

    /// <summary>Priorities meet now and then; a BaselineAdminNetworkPolicy has but one name.</summary>
    private ImmutableArray<WorldClusterPolicy> ClusterPolicies() =>
        [.. Enumerable.Range(0, Often() ? _random.Next(0, 5) : 0).Select(ClusterPolicy).DistinctBy(policy => (policy.Kind, policy.Name))];

    private WorldClusterPolicy ClusterPolicy(int index)
    {
        var kind = One<string>(["ClusterNetworkPolicy", "ClusterNetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy"]);
        var isBaseline = kind switch { "ClusterNetworkPolicy" => _random.Next(2) == 0, "AdminNetworkPolicy" => false, _ => true };
        return new WorldClusterPolicy(
            kind, kind == "BaselineAdminNetworkPolicy" ? "default" : One<string>([$"cluster-{index}", $"{(char)('z' - index)}.y", "default"]),
            isBaseline ? "Baseline" : "Admin", kind == "BaselineAdminNetworkPolicy" ? null : One<int>([0, 7, 7, 999, 1000, 1000, _random.Next(1001)]),
            PodsOrNamespaces(kind), Maybe(() => ClusterRules(kind, isEgress: false)), Maybe(() => ClusterRules(kind, isEgress: true)));
    }

    private ImmutableArray<WorldClusterRule> ClusterRules(string kind, bool isEgress) => Many(0, 4, () => ClusterRule(kind, isEgress));

    private WorldClusterRule ClusterRule(string kind, bool isEgress)
    {
        var peers = Many(1, 3, () => isEgress && !Often() ? NetworksOrNodes() : PodsOrNamespaces(kind));
        var mayName = peers.All(peer => peer.Networks is null && !peer.IsNodes);
        return new WorldClusterRule(
            Maybe(() => $"rule {_random.Next(9)}: \"any\" / all"), One<string>(kind == "BaselineAdminNetworkPolicy" ? ["Allow", "Deny"] : ["Allow", "Deny", "Pass"]),
            peers, Often() ? Many(1, 3, () => ClusterPort(mayName)) : null);
    }

    private WorldClusterPeer PodsOrNamespaces(string kind) => Often()
        ? new WorldClusterPeer(IsPods: true, kind == "ClusterNetworkPolicy" && !Often() ? null : AnyNamespaces(), Selector(), null)
        : new WorldClusterPeer(IsPods: false, AnyNamespaces(), null, null);

    private WorldSelector AnyNamespaces() => _random.Next(4) switch
    {
        0 => NamespaceByName(),
        1 => new WorldSelector(null, null),
        _ => Selector(),
    };

    private WorldClusterPeer NetworksOrNodes() =>
        new(IsPods: false, null, null, Often() ? [.. Many(1, 3, () => One(Prefixes)).Distinct()] : null);

    private WorldClusterPort ClusterPort(bool mayName)
    {
        if (mayName && !Often())
        {
            return new WorldClusterPort(null, 0, 0, One(PortNames));
        }

        var first = One(Numbers);
        return new WorldClusterPort(
            AnyProtocol().ToString().ToUpperInvariant(), first, Often() || first == ushort.MaxValue ? first : _random.Next(first + 1, 65536), null);
    }

    private WorldPod Pod(int index, string @namespace)
    {
        var addresses = ImmutableArray.Create(Address.Parse($"10.0.{_random.Next(2)}.{index + 1}"));
        return new WorldPod(
            @namespace, $"pod-{index}", Labels(),
            Often() ? addresses : addresses.Add(Address.Parse($"fd00::{_random.Next(2)}:{index + 1}")),
            [.. Enumerable.Range(0, _random.Next(4)).Select(_ => new WorldPodPort(One(PortNames), AnyProtocol(), One(Numbers)))]);
    }

    private WorldPolicy Policy(int index, string @namespace) => new(
        @namespace, Often() ? $"policy-{index}" : "deny.0", Selector(),
        Maybe(() => One<ImmutableArray<string>>([["Ingress"], ["Egress"], ["Ingress", "Egress"], ["Egress", "Ingress"], ["Ingress", "Ingress"], []])),
        Maybe(Rules), Maybe(Rules));

    private ImmutableArray<WorldRule> Rules() => Many(0, 3, () => new WorldRule(Maybe(() => Many(0, 3, Peer)), Maybe(() => Many(0, 3, Port))));

    private WorldPeer Peer() => _random.Next(5) switch
    {
        0 => new WorldPeer(Selector(), null, null),
        1 => new WorldPeer(null, Selector(), null),
        2 => new WorldPeer(Selector(), Selector(), null),
        3 => new WorldPeer(Maybe(Selector), NamespaceByName(), null),
        _ => new WorldPeer(null, null, Block()),
    };

    private WorldSelector NamespaceByName() =>
        new(ImmutableDictionary<string, string>.Empty.Add("kubernetes.io/metadata.name", One(NamespaceNames)), null);

    private WorldBlock Block()
    {
        var cidr = One(Prefixes);
        var inside = Prefixes.Where(prefix => Prefix.Parse(cidr).Contains(Prefix.Parse(prefix))
            && Prefix.Parse(prefix).Length > Prefix.Parse(cidr).Length).ToImmutableArray();
        return new WorldBlock(cidr, inside.IsEmpty ? null : Maybe(() => Many(0, 3, () => One(inside))));
    }

    private WorldPort Port()
    {
        string? protocol = Often() ? null : AnyProtocol().ToString().ToUpperInvariant();
        if (_random.Next(3) == 0)
        {
            return new WorldPort(protocol, Often() ? One(PortNames) : null, null);
        }

        var first = One(Numbers);
        return new WorldPort(protocol, first.ToString(), Often() ? null : _random.Next(first, 65536));
    }

    private WorldSelector Selector() => new(
        Often() ? (ImmutableDictionary<string, string>?)null : Labels(),
        Often() ? null : Many(0, 2, Expression));

    private WorldExpression Expression()
    {
        var word = One<string>(["In", "NotIn", "Exists", "DoesNotExist"]);
        return new WorldExpression(One(Keys), word, word is "In" or "NotIn" ? Many(1, 3, () => One(Values)) : []);
    }

    private ImmutableDictionary<string, string> Labels() =>
        Some(Keys, 0, 3).ToImmutableDictionary(key => key, _ => One(Values));

    private Protocol AnyProtocol() => One<Protocol>([Protocol.Tcp, Protocol.Udp, Protocol.Sctp]);

    private bool Often() => _random.Next(3) > 0;

    private T? Maybe<T>(Func<T> make)
        where T : class => _random.Next(4) == 0 ? null : make();

    private ImmutableArray<T>? Maybe<T>(Func<ImmutableArray<T>> make) => _random.Next(4) == 0 ? (ImmutableArray<T>?)null : make();

    private ImmutableArray<T> Many<T>(int least, int most, Func<T> make) => [.. Enumerable.Range(0, _random.Next(least, most + 1)).Select(_ => make())];

    private ImmutableArray<T> Some<T>(ImmutableArray<T> from, int least, int most) =>
        [.. from.OrderBy(_ => _random.Next()).Take(_random.Next(least, most + 1))];

    private T One<T>(ImmutableArray<T> from) => from[_random.Next(from.Length)];
}
