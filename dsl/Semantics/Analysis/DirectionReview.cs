using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>The part of a <see cref="ModelReview"/> that is about one direction's rules.</summary>
internal sealed class DirectionReview
{
    private const ushort DnsPort = 53;

    private readonly JudgementSpace _space;
    private readonly NetworkModel _model;
    private readonly Direction _direction;
    private readonly Dictionary<string, DecisionList> _byFile = new(StringComparer.Ordinal);

    public DirectionReview(JudgementSpace space, NetworkModel model, Direction direction)
    {
        (_space, _model, _direction) = (space, model, direction);
        Constraints = new JudgementConstraints(space, direction);
        List = new DecisionList(model, space.Questions(0, direction));
    }

    public JudgementConstraints Constraints { get; }

    public DecisionList List { get; }

    private DecisionDiagram Diagram => _space.Diagram;

    public IEnumerable<HiddenRule> Hidden() => new HiddenRules(_space, _direction, Constraints, List).Find();

    public IEnumerable<Policy> SelectingNobody() => _model.Policies.Where(policy =>
        Diagram.And(_space.SelfSets[0].Contains(policy.For), Constraints.Self) == DecisionDiagram.False);

    /// <summary>What of some judgements is allowed, and can be.</summary>
    public int Allowed(int judgements) => Constraints.Possible(List.Outcomes(judgements)
        .Where(outcome => outcome.Key.Verdict == Verdict.Allow).Aggregate(DecisionDiagram.False, (all, outcome) => Diagram.Or(all, outcome.Value)));

    /// <summary>Is anything of some judgements allowed, that can be?</summary>
    /// <param name="byOrdinary">By a rule of the ordinary tier.</param>
    public bool CanBeAllowed(int judgements, bool byOrdinary = false) => List.Decide(judgements)
        .Any(part => part.Decision.Outcome.Verdict == Verdict.Allow
            && (!byOrdinary || part.Decision.Entry is { Rule: not null, Policy.Tier.IsOrdered: false }) && Constraints.Possible(part.Part) != DecisionDiagram.False);

    /// <summary>Each policy once, by the endpoints that no earlier one of the same selection was about.</summary>
    public IEnumerable<NamelessEgress> WithoutDns()
    {
        var dns = _space.Traffic.Where(index => _space.Words.Classes[index] is TrafficClass.Ports { Protocol: Protocol.Tcp or Protocol.Udp } ports
            && ports.First <= DnsPort && DnsPort <= ports.Last);
        var known = new HashSet<int>();
        foreach (var entry in List.Isolation.Where(entry => entry.Policy.RulesOf(_direction).Any(rule => rule.Action == RuleAction.Allow)))
        {
            if (!known.Add(entry.Self))
            {
                continue;
            }

            var resolving = Diagram.Exists(Allowed(Constraints.Valid(Diagram.And(entry.Self, dns))), _space.PeerStart, Diagram.VariableCount);
            var without = Constraints.Possible(Constraints.Valid(Diagram.And(Diagram.Minus(entry.Self, resolving), dns)));
            if (without != DecisionDiagram.False)
            {
                yield return new(entry.Policy, new ExampleFlows(_space, _direction).Build(Diagram.Solve(without)).Universe.Endpoints[0]);
            }
        }
    }

    /// <summary>For each pair of a policy and one of another file that it lets more in or out of, the first rule that does.</summary>
    public IEnumerable<WidenedPolicy> Widened()
    {
        if (_model.Policies.Select(policy => policy.Origin.File).Distinct().Count() < 2)
        {
            yield break;
        }

        foreach (var closed in List.Isolation)
        {
            foreach (var widening in List.Ordinary.Where(entry => entry.Rule is { Action: RuleAction.Allow } && entry.Policy.Origin.File != closed.Policy.Origin.File)
                .GroupBy(entry => entry.Policy))
            {
                if (widening.FirstOrDefault(entry => Widens(entry, closed))?.Rule is { } rule)
                {
                    yield return new(rule, widening.Key, closed.Policy, _direction);
                }
            }
        }
    }

    /// <summary>For each rule that names requests the first that lets all of them through on some of its connections.</summary>
    public IEnumerable<OpenedInspection> Opened()
    {
        var plain = List.Ordinary.Where(entry => entry.Outcome is { Verdict: Verdict.Allow, Limit: null, Inspection: null }).ToList();
        foreach (var inspecting in List.Ordinary.Where(entry => entry.Outcome?.Inspection is not null))
        {
            var all = inspecting.Function(Diagram);
            if (plain.FirstOrDefault(entry => Diagram.And(all, entry.Function(Diagram)) is var both and not DecisionDiagram.False
                && CanBeAllowed(Constraints.Valid(both), byOrdinary: true))?.Rule is { } opening && inspecting.Rule is { } rule)
            {
                yield return new(rule, opening);
            }
        }
    }

    private bool Widens(DecisionEntry entry, DecisionEntry closed)
    {
        if (!Diagram.Meet(entry.Self, closed.Self))
        {
            return false;
        }

        var denied = FileOf(closed.Policy.Origin.File).Outcomes(Constraints.Valid(Diagram.And(entry.Function(Diagram), closed.Self)))
            .GetValueOrDefault(Outcome.Deny);
        return denied != DecisionDiagram.False && CanBeAllowed(denied);
    }

    /// <summary>The rules of one file alone.</summary>
    private DecisionList FileOf(string file)
    {
        if (!_byFile.TryGetValue(file, out var list))
        {
            _byFile.Add(file, list = new DecisionList(
                _model with { Policies = [.. _model.Policies.Where(policy => policy.Origin.File == file)] }, _space.Questions(0, _direction)));
        }

        return list;
    }
}
