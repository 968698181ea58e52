using System.Collections.Immutable;
using CsCheck;
using Netpol.Model;

namespace Netpol.Tests.Unit.Semantics.Analysis;

/// <summary>Random models whose policies stand in any tier, with open blocks, rejects and limits among them.</summary>
internal static class RandomTiers
{
    public static Gen<NetworkModel> Model { get; } =
        Gen.Select(RandomModels.Model, Gen.Int[0, 11].Array[3], Gen.Int[0, 11].Array[40], (model, tiers, choices) => model with
        {
            Policies = [.. model.Policies.Select((policy, index) => Of(policy, tiers[index], index, choices))],
        });

    /// <summary>Some rules that allow name the requests which pass.</summary>
    private static Gen<NetworkModel> Inspecting { get; } = Gen.Select(Model, Gen.Int[0, 11].Array[12], (model, choices) =>
    {
        var next = 0;
        return model with
        {
            Policies = [.. model.Policies.Select(policy => policy.Tier.IsOrdered ? policy : policy with
            {
                Blocks = [.. policy.Blocks.Select(block => block with { Rules = [.. block.Rules.Select(rule => Inspected(rule, choices[next++ % 12], block.Direction))] })],
            })],
        };
    });

    /// <summary>What rules of <see cref="Inspecting"/> ask answers for.</summary>
    private static ImmutableArray<string> DnsPatterns { get; } = ["a.example", "*.example", "**.example"];

    /// <summary>A model, and one that an edit made of it, or another one.</summary>
    public static Gen<(NetworkModel Old, NetworkModel New)> Pair { get; } =
        Gen.Select(Inspecting, Inspecting, Gen.Int[0, 5], Gen.Int[0, 99], (old, other, edit, place) => (old, edit switch
        {
            0 => other with { Cluster = old.Cluster, Services = old.Services },
            1 => other,
            2 => old with { Policies = old.Policies.IsEmpty ? other.Policies : old.Policies.RemoveAt(place % old.Policies.Length) },
            3 => old with { Policies = [.. old.Policies, .. other.Policies.Take(1)] },
            4 => old with { Policies = [.. old.Policies.Select(policy => WithoutRule(policy, place))] },
            _ => old with { Policies = [.. old.Policies.Reverse()] },
        }));

    private static Policy Of(Policy policy, int tier, int index, int[] choices)
    {
        var kind = tier switch { < 7 => TierKind.Ordinary, < 10 => TierKind.Admin, _ => TierKind.Baseline };
        return policy with
        {
            // Two of one number could be tied.
            Tier = kind == TierKind.Ordinary ? Tier.Ordinary : new(kind, index),
            Blocks = [.. policy.Blocks.Select((block, number) => block with
            {
                IsOpen = kind == TierKind.Ordinary && choices[number] < 3,
                Rules = [.. block.Rules.Select((rule, place) => Of(rule, kind, choices[10 + ((place + (number * 5)) % 30)]))],
            })],
        };
    }

    private static Rule Of(Rule rule, TierKind tier, int choice)
    {
        if (choice < 3 && tier != TierKind.Ordinary)
        {
            return rule with { Action = RuleAction.Pass };
        }

        return rule.Action == RuleAction.Deny
            ? choice < 5 ? rule with { Action = RuleAction.Reject } : rule
            : choice < 2 ? rule with { Limit = new(10, 1, 10, false) } : rule;
    }

    private static Rule Inspected(Rule rule, int choice, Direction direction) => (rule.Action, choice, direction) switch
    {
        (RuleAction.Allow, < 6, _) => rule with
        {
            Http = [.. new[] { "/a", "/b", "/c" }.Where((_, path) => ((choice + 1) >> path & 1) == 1).Select(path => new HttpMatch("GET", path, [], Build.Place(1)))],
        },
        (RuleAction.Allow, < 9, Direction.Egress) => rule with { Peer = Build.Union(rule.Peer, new AddressSet.Dns([DnsPatterns[choice - 6]])) },
        _ => rule,
    };

    private static Policy WithoutRule(Policy policy, int place) => policy with
    {
        Blocks = [.. policy.Blocks.Select(block => block.Rules.IsEmpty ? block : block with { Rules = block.Rules.RemoveAt(place % block.Rules.Length) })],
    };
}
