using System.Collections.Immutable;
using CsCheck;
using Netpol.Model;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics.Analysis;

/// <summary>
/// Models in the few words of a <see cref="SmallTheme"/>, so that all they tell apart can be gone through. Whatever the theme, they have tiers with
/// <c>pass</c> and baseline, open blocks, rejects, limits, logs and assumptions.
/// </summary>
internal static class SmallModels
{
    private static readonly ImmutableArray<string> Paths = ["/a", "/b", "/c"];

    public static Gen<(SmallTheme Theme, NetworkModel Model)> Any { get; } = Gen.OneOf([.. SmallTheme.All.Select(theme => Of(theme).Select(model => (theme, model)))]);

    /// <summary>A model, and one that an edit made of it, or another one.</summary>
    public static Gen<(SmallTheme Theme, NetworkModel Old, NetworkModel New)> Pair { get; } = Gen.OneOf([.. SmallTheme.All.Select(theme =>
        Gen.Select(Of(theme), Of(theme), Gen.Int[0, 5]).Select((old, other, edit) => (theme, old, Edited(old, other, edit))))]);

    /// <summary>About connections to endpoints: who is none has no policy.</summary>
    public static Gen<(SmallTheme Theme, NetworkModel Model, Assertion Assertion)> Asserting { get; } = Gen.OneOf([.. SmallTheme.All.Select(theme => Gen.Select(
        Of(theme), Gen.OneOf(theme.Selected, theme.Absolute), theme.Selected, Ports(theme), Gen.Bool).Select((model, from, to, ports, isOnly) =>
            (theme, model, new Assertion("a", isOnly ? AssertionKind.Only : AssertionKind.Never, new TestSide.Set(from), new TestSide.Set(to), ports, Place(200, "line")))))]);

    private static NetworkModel Edited(NetworkModel old, NetworkModel other, int edit) => edit switch
    {
        0 => other,
        1 => other with { Cluster = old.Cluster, Services = old.Services, Namespaces = old.Namespaces, Assumptions = old.Assumptions },
        2 => old with { Policies = old.Policies.RemoveAt(0) },
        3 => old with { Policies = [.. old.Policies, .. other.Policies.Where(policy => !policy.Tier.IsOrdered).Take(1)] },
        4 => old with { Cluster = other.Cluster, Services = other.Services, Namespaces = other.Namespaces, Assumptions = other.Assumptions },
        _ => old with { Policies = [.. old.Policies.Select(policy => policy with { Blocks = [.. policy.Blocks.Select(block => block with { Rules = [.. block.Rules.Skip(1)] })] })] },
    };

    private static Gen<NetworkModel> Of(SmallTheme theme) => Gen.Select(
        Gen.Select(Gen.OneOf(theme.Selected, Gen.Const(Build.Any)), Gen.Int[0, 9], Block(theme).Array[1, 2]).Array[1, 3],
        theme.Ground,
        Gen.Select(theme.Selected, Gen.Int[0, 3], (set, choice) => choice == 0 ? [new Assumption(Both(set, PodsAnywhere("a=x")), Place(98))] : ImmutableArray<Assumption>.Empty),
        (parts, ground, assumptions) => Placed(ground with
        {
            Assumptions = assumptions,
            Policies = [.. parts.Select((part, index) => Of(index, part.Item1, part.Item2, part.Item3))],
        }));

    private static Gen<ImmutableArray<PortMatch>> Ports(SmallTheme theme) => Gen.Frequency(
        (2, Gen.Const(ImmutableArray<PortMatch>.Empty)),
        (5, theme.On.Array[1, 2].Select(ports => ports.ToImmutableArray())));

    private static Gen<PolicyBlock> Block(SmallTheme theme) => Gen.Select(Gen.Bool, Gen.Int[0, 5]).SelectMany((isEgress, open) => AnyRule(theme, isEgress).Array[0, 3]
        .Select(rules => (isEgress ? Egress(rules) : Ingress(rules)) with { IsOpen = open == 0 }));

    private static Gen<Rule> AnyRule(SmallTheme theme, bool isEgress) => Gen.Select(
        Gen.Int[0, 9], isEgress ? theme.EgressPeer : theme.Peer, Ports(theme), Gen.Int[0, 7], Gen.Int[0, 7]).Select((kind, peer, ports, log, extra) =>
        {
            var rule = kind switch
            {
                < 5 => Inspected(theme, Allow(peer, [.. ports]), extra),
                5 => Inspected(theme, Allow(peer, [.. ports]) with { Limit = new(10, 1, 10, extra % 2 == 0) }, extra),
                < 8 => Deny(Unanswered(peer), [.. ports]),
                8 => Reject(Unanswered(peer), [.. ports]),
                _ => Pass(Unanswered(peer), [.. ports]),
            };
            return rule with { IsLogged = log == 0 };
        });

    private static Rule Inspected(SmallTheme theme, Rule rule, int choice) => !theme.HasRequests || choice > 4 ? rule : rule with
    {
        Http = [.. Paths.Where((_, path) => ((choice + 1) >> path & 1) == 1).Select(path => new HttpMatch("GET", path, [], Place(1)))],
    };

    /// <summary><c>dns</c> stands with <c>allow</c> alone.</summary>
    private static AddressSet Unanswered(AddressSet peer) => peer switch
    {
        AddressSet.Dns => World,
        AddressSet.Union union => union with { Parts = [.. union.Parts.Select(Unanswered)] },
        _ => peer,
    };

    private static Policy Of(int index, AddressSet @for, int tier, PolicyBlock[] blocks)
    {
        var kind = tier switch { < 6 => TierKind.Ordinary, < 8 => TierKind.Admin, _ => TierKind.Baseline };
        return Policy($"p{index}", @for, [.. blocks.Select(block => block with
        {
            IsOpen = block.IsOpen && kind == TierKind.Ordinary,
            Rules = [.. block.Rules.Select(rule => Of(rule, kind))],
        })]) with
        {
            // Two of one number could be tied.
            Tier = kind == TierKind.Ordinary ? Tier.Ordinary : new(kind, index),
        };
    }

    private static Rule Of(Rule rule, TierKind tier) => tier == TierKind.Ordinary
        ? rule.Action == RuleAction.Pass ? rule with { Action = RuleAction.Allow } : rule
        : rule with { Limit = null, Http = null };

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
}
