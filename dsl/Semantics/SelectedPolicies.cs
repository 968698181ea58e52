using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>A rule and the policy it stands in.</summary>
internal readonly record struct PolicyRule(Rule Rule, Policy Policy)
{
    /// <summary>For people: <c>policy `p`, tier admin 10: deny to any</c>.</summary>
    public override string ToString() =>
        $"policy `{Policy.Name}`{(Policy.Tier.IsOrdered ? $", {Policy.Tier}" : "")}: {Rule.Origin.Text}";
}

/// <summary>What one tier has for an endpoint in one direction.</summary>
/// <param name="Policies">Those that select it and have a block of the direction; in an ordered tier in the order of the tier.</param>
/// <param name="Closed">Of these, the ones that isolate it.</param>
/// <param name="Rules">In the order of <paramref name="Policies"/>, and in each as they are written.</param>
internal sealed record TierSelection(ImmutableArray<Policy> Policies, ImmutableArray<Policy> Closed, ImmutableArray<PolicyRule> Rules);

/// <summary>
/// The policies that select an endpoint, by tier and direction. They do not depend on the flow, and ten thousand flows ask for the
/// same few endpoints.
/// </summary>
internal sealed class SelectedPolicies(NetworkModel model, Members members)
{
    private readonly ConditionalWeakTable<Endpoint, Dictionary<(TierKind Tier, Direction Direction), TierSelection>> _known = [];

    public TierSelection Of(Endpoint endpoint, TierKind tier, Direction direction) => _known.GetValue(endpoint, Select)[(tier, direction)];

    private Dictionary<(TierKind Tier, Direction Direction), TierSelection> Select(Endpoint endpoint)
    {
        // Policies select endpoints whole, never by address, so any address will do.
        var party = Party.Of(endpoint, endpoint.Addresses.FirstOrDefault());
        var policies = model.Policies.Where(policy => members.Contains(policy.For, party, endpoint)).ToList();
        return (from tier in Enum.GetValues<TierKind>()
                from direction in Enum.GetValues<Direction>()
                select (Key: (tier, direction), Value: Select(policies, tier, direction))).ToDictionary(pair => pair.Key, pair => pair.Value);
    }

    private static TierSelection Select(IEnumerable<Policy> policies, TierKind tier, Direction direction)
    {
        ImmutableArray<Policy> ofTier = [.. policies
            .Where(policy => policy.Tier.Kind == tier && policy.Blocks.Any(block => block.Direction == direction))
            .OrderBy(policy => policy.Tier.Order)];
        return new(
            ofTier,
            [.. ofTier.Where(policy => policy.Blocks.Any(block => block.Direction == direction && !block.IsOpen))],
            [.. ofTier.SelectMany(policy => policy.RulesOf(direction), (policy, rule) => new PolicyRule(rule, policy))]);
    }
}
