using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>The verdict of the ordinary tier for one endpoint in one direction: rules are a set, deny beats allow.</summary>
internal sealed class OrdinaryTier(NetworkModel model, Members members)
{
    // An endpoint's policies do not depend on the flow; ten thousand flows ask for the same few endpoints.
    private readonly ConditionalWeakTable<Endpoint, Selection> _selections = [];

    /// <param name="peer">The other end; the receiver of the connection where <paramref name="direction"/> is egress.</param>
    /// <param name="traffic">After translation.</param>
    public DirectionJudgement Judge(Direction direction, Endpoint self, in Party peer, Traffic traffic, Translation? translation)
    {
        var selected = _selections.GetValue(self, Select)[direction];
        if (selected.Policies.IsEmpty)
        {
            return new(Verdict.Allow, JudgementReason.NotIsolated, null, $"no policy selects the endpoint for {Word(direction)}", false);
        }

        var connection = new Connection(
            self, peer, traffic, direction == Direction.Egress ? peer.Endpoint : self, translation);
        return Decide(RuleAction.Deny, selected, connection)
            ?? Decide(RuleAction.Allow, selected, connection)
            ?? new(Verdict.Deny, JudgementReason.DefaultDeny, null, DefaultDenyText(direction, selected), false);
    }

    private DirectionJudgement? Decide(RuleAction action, Selected selected, in Connection connection)
    {
        (Rule Rule, Policy Policy)? first = null;
        var isLogged = false;
        foreach (var candidate in selected.Rules)
        {
            if (candidate.Rule.Action == action && RuleMatching.Matches(members, candidate.Rule, connection))
            {
                isLogged |= candidate.Rule.IsLogged;
                first = first is null || candidate.Rule.Origin.CompareTo(first.Value.Rule.Origin) < 0 ? candidate : first;
            }
        }

        return first is not var (rule, policy) ? null : new(
            action == RuleAction.Allow ? Verdict.Allow : Verdict.Deny,
            JudgementReason.Rule,
            rule,
            $"policy `{policy.Name}`: {rule.Origin.Text}",
            isLogged);
    }

    private Selection Select(Endpoint endpoint)
    {
        // Policies select endpoints whole, never by address, so any address will do.
        var party = Party.Of(endpoint, endpoint.Addresses.FirstOrDefault());
        var policies = model.Policies.Where(policy => members.Contains(policy.For, party, endpoint)).ToImmutableArray();
        return new(Of(Direction.Egress), Of(Direction.Ingress));

        Selected Of(Direction direction)
        {
            var blocks = policies.SelectMany(policy => policy.Blocks, (policy, block) => (Policy: policy, Block: block))
                .Where(pair => pair.Block.Direction == direction).ToList();
            return new(
                [.. blocks.Select(pair => pair.Policy).Distinct(ReferenceEqualityComparer.Instance).Cast<Policy>()],
                [.. blocks.SelectMany(pair => pair.Block.Rules, (pair, rule) => (rule, pair.Policy))]);
        }
    }

    private static string DefaultDenyText(Direction direction, Selected selected)
    {
        var names = string.Join(", ", selected.Policies.Select(policy => $"`{policy.Name}`"));
        return selected.Policies.Length == 1
            ? $"policy {names} selects the endpoint for {Word(direction)} and no rule of it matches"
            : $"policies {names} select the endpoint for {Word(direction)} and no rule of theirs matches";
    }

    private static string Word(Direction direction) => direction == Direction.Egress ? "egress" : "ingress";

    /// <summary>What counts for an endpoint in one direction.</summary>
    private sealed record Selected(ImmutableArray<Policy> Policies, ImmutableArray<(Rule Rule, Policy Policy)> Rules);

    private sealed record Selection(Selected Egress, Selected Ingress)
    {
        public Selected this[Direction direction] => direction == Direction.Egress ? Egress : Ingress;
    }
}
