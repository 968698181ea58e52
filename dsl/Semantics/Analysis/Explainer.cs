using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Analysis;

/// <summary>Explains what the evaluator makes of a flow: the walk through the tiers, the nearest misses of a denial, and what would allow it.</summary>
public sealed class Explainer
{
    /// <summary>So many rules that come close are shown.</summary>
    private const int MostMisses = 5;

    private readonly NetworkModel _model;
    private readonly Evaluator _evaluator;
    private readonly SelectedPolicies _selected;

    public Explainer(NetworkModel model)
    {
        (_model, _evaluator) = (model, new Evaluator(model));
        _selected = new SelectedPolicies(model, _evaluator.Members);
    }

    private Members Members => _evaluator.Members;

    public Explanation Explain(Universe universe, Flow flow)
    {
        var judgement = _evaluator.Judge(universe, flow);
        if (!IsByPolicy(judgement))
        {
            return new(judgement, [], null);
        }

        var ends = FlowEnds.Of(Members, universe, flow, judgement);
        ImmutableArray<DirectionWalk> walks =
        [
            .. ends.Source.Endpoint is null ? [] : new[] { Walk(Direction.Egress, ends, judgement.Egress) },
            .. ends.Destination.Endpoint is null ? [] : new[] { Walk(Direction.Ingress, ends, judgement.Ingress) },
        ];
        return new(judgement, walks, judgement.Verdict == Verdict.Allow ? null : Remedies.Find(_model, universe, flow, judgement.Translation?.Backend ?? flow.Destination));
    }

    /// <summary>Every rule that could allow the connection but for something it asks, the closest first.</summary>
    internal ImmutableArray<NearMiss> Misses(Direction direction, FlowEnds ends) =>
    [
        .. from policy in _model.Policies
           where policy.Tier.Kind == TierKind.Ordinary
           from rule in policy.RulesOf(direction)
           where rule.Action == RuleAction.Allow
           let failed = Failed(policy, rule, direction, ends)
           where !failed.IsEmpty
           orderby failed.Length, failed.Any(predicate => predicate.Word == "for"), rule.Origin
           select new NearMiss(rule, policy, failed),
    ];

    /// <summary>Discovery, another's address, a port that a service lacks: no policy is asked.</summary>
    private static bool IsByPolicy(Judgement judgement) => judgement.Ingress.Reason != JudgementReason.NotAsked
        && judgement.Egress.Reason is not (JudgementReason.SameEndpoint or JudgementReason.Neighbour);

    private DirectionWalk Walk(Direction direction, FlowEnds ends, DirectionJudgement judgement) => new(
        direction,
        judgement,
        [.. Steps(direction, ends.Connection(direction), judgement)],
        judgement.Verdict == Verdict.Allow ? [] : [.. Misses(direction, ends).Take(MostMisses)]);

    private IEnumerable<WalkStep> Steps(Direction direction, Connection connection, DirectionJudgement judgement)
    {
        foreach (var tier in Enum.GetValues<TierKind>())
        {
            var selection = _selected.Of(connection.Self, tier, direction);
            var matching = selection.Rules.Where(rule => RuleMatching.Matches(Members, rule.Rule, connection)).ToList();
            if (tier == TierKind.Ordinary && judgement.Reason == JudgementReason.Host)
            {
                yield return new(null, judgement.Text, null);
                yield break;
            }

            if (selection.Policies.IsEmpty)
            {
                yield return new(tier, "no policy selects the endpoint", null);
                continue;
            }

            foreach (var rule in tier == TierKind.Ordinary ? matching : matching.Take(1))
            {
                yield return new(tier, rule.ToString(), rule.Rule);
            }

            if (matching.Count == 0 && selection.Closed.IsEmpty)
            {
                var names = string.Join(", ", selection.Policies.Select(policy => $"`{policy.Name}`"));
                yield return new(tier, $"{names} {(selection.Policies.Length == 1 ? "selects" : "select")} the endpoint, and no rule matches", null);
            }

            if (judgement.Rule is { } deciding && matching.Exists(rule => ReferenceEquals(rule.Rule, deciding)))
            {
                yield break;
            }

            if (tier == TierKind.Ordinary && !selection.Closed.IsEmpty)
            {
                yield return new(tier, judgement.Text, null);
                yield break;
            }
        }

        yield return new(null, judgement.Text, null);
    }

    private ImmutableArray<FailedPredicate> Failed(Policy policy, Rule rule, Direction direction, FlowEnds ends)
    {
        var connection = ends.Connection(direction);
        var failed = ImmutableArray.CreateBuilder<FailedPredicate>();
        var self = Party.Of(connection.Self, connection.Self.Addresses.FirstOrDefault());
        if (!Members.Contains(policy.For, self, connection.Self))
        {
            failed.Add(new("for", MissReasons.Of(Members, policy.For, self, connection.Self)));
        }

        // Part by part: what `on` means depends on whether the peer is a service.
        if (!RuleMatching.Matches(Members, rule, connection))
        {
            if (!RuleMatching.Matches(Members, rule with { Ports = [] }, connection))
            {
                failed.Add(new(direction == Direction.Ingress ? "from" : "to", MissReasons.Of(Members, rule.Peer, connection.Peer, connection.Self)));
            }

            if (!RuleMatching.Matches(Members, rule with { Peer = new AddressSet.Any() }, connection) || failed.All(predicate => predicate.Word == "for"))
            {
                failed.Add(new("on", $"{connection.Traffic} is not in `{RuleText.Of(rule.Ports)}`{NamesOf(rule, connection)}"));
            }
        }

        return failed.ToImmutable();
    }

    private static string NamesOf(Rule rule, in Connection connection) => !rule.Ports.Any(port => port is PortMatch.Named) ? ""
        : connection.Receiver is { Ports.IsEmpty: false } receiver ? $": the receiver names {string.Join(", ", receiver.Ports.Select(port => $"`{port.Name}` {Traffic.To(port.Protocol, port.Port)}"))}"
        : ": the receiver names no ports";
}
