using System.Collections.Immutable;
using CsCheck;
using Netpol.Model;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics.Analysis;

/// <summary>
/// Models over so few words that all they tell apart can be gone through in milliseconds: namespace n, label a with value x, two prefixes, port 80, name
/// http, IPv4. They have tiers, <c>pass</c>, open blocks, rejects and limits.
/// </summary>
internal static class TinyModels
{
    private static readonly Gen<AddressSet> PodsSet = OneOf(
        Pods("n"), Pods("n", "a=x"), PodsAnywhere("a=x"), PodsAnywhere(), new AddressSet.Pods(new NamespaceScope.Any(), new LabelPredicate.Has("a")),
        new AddressSet.Pods(new NamespaceScope.Any(), new LabelPredicate.NotEqual("a", "x")));

    private static readonly Gen<AddressSet> Word = OneOf(
        Any, World, Host, Nodes, Cidr("10.0.0.0/25"), Cidr("203.0.113.0/24"), Cidr("0.0.0.0/0", "203.0.113.0/24"), PodsInSame(), PodsInSame("a=x"));

    private static readonly Gen<AddressSet> Peer = Gen.Frequency(
        (4, PodsSet),
        (4, Word),
        (1, Gen.Select(PodsSet, Word, (left, right) => Union(left, right))),
        (1, Gen.Select(Word, PodsSet, (left, right) => Minus(left, right))),
        (1, Gen.Select(Word, Word, (left, right) => Both(left, right))));

    private static readonly Gen<ImmutableArray<PortMatch>> Ports = Gen.Frequency(
        (2, Gen.Const(ImmutableArray<PortMatch>.Empty)),
        (5, OneOf<PortMatch>(Tcp(80), Tcp(0, 65535), Udp(0, 65535), Named("http"), Named("http", Protocol.Tcp), Icmp(IpFamily.V4)).Array[1, 2].Select(ports => ports.ToImmutableArray())));

    private static readonly Gen<Rule> AnyRule = Gen.Select(Gen.Int[0, 9], Peer, Ports, (kind, peer, ports) => kind switch
    {
        < 5 => Allow(peer, [.. ports]),
        5 => Allow(peer, [.. ports]) with { Limit = new(10, 1, 10, false) },
        < 8 => Deny(peer, [.. ports]),
        8 => Reject(peer, [.. ports]),
        _ => Pass(peer, [.. ports]),
    });

    public static Gen<NetworkModel> Model { get; } = Gen.Select(
        Gen.Select(Gen.OneOf(PodsSet, Gen.Const(Any)), Gen.Int[0, 9], Block.Array[1, 2]).Array[1, 3],
        parts => Placed(NetworkModel.Empty with
        {
            Cluster = new([Prefix.Parse("10.0.0.0/24")], [Prefix.Parse("192.0.2.0/24")], [], true, false),
            Policies = [.. parts.Select((part, index) => Of(index, part.Item1, part.Item2, part.Item3))],
        }));

    /// <summary>A model, and one that an edit made of it, or another one.</summary>
    public static Gen<(NetworkModel Old, NetworkModel New)> Pair { get; } = Gen.Select(Model, Model, Gen.Int[0, 3], (old, other, edit) => (old, edit switch
    {
        0 => other,
        1 => old with { Policies = old.Policies.RemoveAt(0) },
        2 => old with { Policies = [.. old.Policies, .. other.Policies.Where(policy => !policy.Tier.IsOrdered).Take(1)] },
        _ => old with { Policies = [.. old.Policies.Select(policy => policy with { Blocks = [.. policy.Blocks.Select(block => block with { Rules = [.. block.Rules.Skip(1)] })] })] },
    }));

    /// <summary>About connections to endpoints: who is none has no policy.</summary>
    public static Gen<Assertion> Assertion { get; } = Gen.Select(Gen.OneOf(PodsSet, Absolute), PodsSet, Ports, Gen.Bool, (from, to, ports, isOnly) => new Assertion(
        "a", isOnly ? AssertionKind.Only : AssertionKind.Never, new TestSide.Set(from), new TestSide.Set(to), ports, Place(200, "line")));

    private static Gen<AddressSet> Absolute => OneOf(Any, World, Nodes, Cidr("10.0.0.0/25"), Cidr("203.0.113.0/24"));

    private static Gen<PolicyBlock> Block => Gen.Select(Gen.Bool, AnyRule.Array[0, 3], Gen.Int[0, 5], (isEgress, rules, open) =>
        (isEgress ? Egress(rules) : Ingress(rules)) with { IsOpen = open == 0 });

    private static Policy Of(int index, AddressSet @for, int tier, PolicyBlock[] blocks)
    {
        var kind = tier switch { < 6 => TierKind.Ordinary, < 8 => TierKind.Admin, _ => TierKind.Baseline };
        return Policy($"p{index}", @for, [.. blocks.Select(block => block with
        {
            IsOpen = block.IsOpen && kind == TierKind.Ordinary,
            Rules = [.. block.Rules.Select(rule => Of(rule, kind))],
        })]) with
        {
            Tier = kind == TierKind.Ordinary ? Tier.Ordinary : new(kind, index),
        };
    }

    private static Rule Of(Rule rule, TierKind tier) => tier == TierKind.Ordinary
        ? rule.Action == RuleAction.Pass ? rule with { Action = RuleAction.Allow } : rule
        : rule with { Limit = null };

    /// <summary>Rules tell each other apart by their places.</summary>
    private static NetworkModel Placed(NetworkModel model)
    {
        var line = 0;
        return model with
        {
            Policies = [.. model.Policies.Select(policy => policy with
            {
                Blocks = [.. policy.Blocks.Select(block => block with { Rules = [.. block.Rules.Select(rule => rule with { Origin = Place(++line) })] })],
            })],
        };
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
