using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>
/// The rules of one model and direction in the order in which they decide, so that the first that matches is the deciding one:
/// <code>
/// admin       by number, as written; pass goes to the ordinary tier
/// node        ingress: the node's own sockets are let in
/// ordinary    deny, reject, allow, allow with a limit; each by place
/// isolation   closed policies deny what is left
/// baseline    by number, as written; pass allows
/// </code>
/// </summary>
internal sealed class DecisionList
{
    private readonly RuleQuestions _questions;
    private readonly Dictionary<Rule, ImmutableArray<DecisionPart>> _parts = new(ReferenceEqualityComparer.Instance);

    public DecisionList(NetworkModel model, RuleQuestions questions)
    {
        _questions = questions;
        var policies = model.Policies.Where(policy => policy.Blocks.Any(block => block.Direction == questions.Direction)).ToList();
        Admin = Ordered(policies, TierKind.Admin);
        Baseline = Ordered(policies, TierKind.Baseline);
        var ordinary = policies.Where(policy => policy.Tier.Kind == TierKind.Ordinary).ToList();
        Ordinary = [.. ordinary.SelectMany(Entries).OrderBy(Rank).ThenBy(entry => entry.Rule?.Origin)];
        Isolation = [.. ordinary.Where(policy => policy.Blocks.Any(block => block.Direction == questions.Direction && !block.IsOpen))
            .OrderBy(policy => policy.Origin).Select(policy => new DecisionEntry(SelfOf(policy), [new(DecisionDiagram.True, DecisionDiagram.True)], Outcome.Deny, policy, null))];
    }

    public ImmutableArray<DecisionEntry> Admin { get; }

    public ImmutableArray<DecisionEntry> Ordinary { get; }

    public ImmutableArray<DecisionEntry> Isolation { get; }

    public ImmutableArray<DecisionEntry> Baseline { get; }

    public IEnumerable<DecisionEntry> All => Admin.Concat(Ordinary).Concat(Isolation).Concat(Baseline);

    private DecisionDiagram Diagram => _questions.Diagram;

    /// <summary>Deny before reject before allow before allow with a limit: where an entry of the ordinary tier stands.</summary>
    public static int Rank(DecisionEntry entry) => entry.Rule switch
    {
        { Action: RuleAction.Deny } => 0,
        { Action: RuleAction.Reject } => 1,
        { Limit: null } => 2,
        _ => 3,
    };

    /// <summary>Who decides what of some judgements: disjoint parts that together are all of them.</summary>
    public IEnumerable<(Decision Decision, int Part)> Decide(int judgements)
    {
        var relevant = new RelevantEntries(_questions, judgements);
        var (rest, passed) = (judgements, DecisionDiagram.False);
        foreach (var entry in relevant.Of(Admin))
        {
            var part = Take(entry, ref rest);
            if (entry.Outcome is null)
            {
                passed = Diagram.Or(passed, part);
            }
            else if (part != DecisionDiagram.False)
            {
                yield return (new(entry.Outcome, entry), part);
            }
        }

        rest = Diagram.Or(rest, passed);
        if (_questions.Direction == Direction.Ingress && Diagram.And(rest, _questions.PeerIsOwnNode) is var ofNode and not DecisionDiagram.False)
        {
            rest = Diagram.Minus(rest, ofNode);
            yield return (Decision.Nothing, ofNode);
        }

        foreach (var entry in relevant.Of(Ordinary).Concat(relevant.Of(Isolation)).Concat(relevant.Of(Baseline)))
        {
            if (rest == DecisionDiagram.False)
            {
                yield break;
            }

            if (Take(entry, ref rest) is var part and not DecisionDiagram.False)
            {
                foreach (var (outcome, inspected) in Inspected(entry, part))
                {
                    yield return (new(outcome, entry), inspected);
                }
            }
        }

        if (rest != DecisionDiagram.False)
        {
            yield return (Decision.Nothing, rest);
        }
    }

    /// <summary>Some judgements by what becomes of them.</summary>
    public IReadOnlyDictionary<Outcome, int> Outcomes(int judgements)
    {
        var outcomes = new Dictionary<Outcome, int>();
        foreach (var (decision, part) in Decide(judgements))
        {
            outcomes[decision.Outcome] = Diagram.Or(outcomes.GetValueOrDefault(decision.Outcome), part);
        }

        return outcomes;
    }

    /// <summary>
    /// What an entry decides, by the requests that pass: every rule that allows a connection without a limit has a say in that, wherever it stands, and
    /// one that names no requests lets all of them through.
    /// </summary>
    private IEnumerable<(Outcome Outcome, int Part)> Inspected(DecisionEntry entry, int part)
    {
        if (entry.Outcome is not { Limit: null, Inspection: { } own })
        {
            return [(entry.Outcome ?? Outcome.Allow, part)];
        }

        var parts = new List<(Inspection? Passing, int Part)> { (own, part) };
        foreach (var other in Ordinary.Where(other => other != entry && other.Outcome is { Verdict: Verdict.Allow, Limit: null }))
        {
            var function = Diagram.And(part, other.Function(Diagram));
            if (function != DecisionDiagram.False)
            {
                parts = [.. parts.SelectMany(known => new[]
                {
                    (other.Outcome?.Inspection is { } passing ? known.Passing?.With(passing) : null, Diagram.And(known.Part, function)),
                    (known.Passing, Diagram.Minus(known.Part, function)),
                }).Where(known => known.Item2 != DecisionDiagram.False)];
            }
        }

        return parts.GroupBy(known => known.Passing, known => known.Part)
            .Select(same => (Outcome.Allow with { Inspection = same.Key }, same.Aggregate(DecisionDiagram.False, (all, function) => Diagram.Or(all, function))));
    }

    private int Take(DecisionEntry entry, ref int rest)
    {
        var taken = DecisionDiagram.False;
        var ofSelf = Diagram.And(rest, entry.Self);
        if (ofSelf == DecisionDiagram.False)
        {
            return taken;
        }

        foreach (var part in entry.Parts)
        {
            taken = Diagram.Or(taken, Diagram.And(ofSelf, part.Peer, part.Traffic));
        }

        rest = Diagram.Minus(rest, taken);
        return taken;
    }

    private ImmutableArray<DecisionEntry> Ordered(IEnumerable<Policy> policies, TierKind tier) =>
        [.. policies.Where(policy => policy.Tier.Kind == tier).OrderBy(policy => policy.Tier.Order).SelectMany(Entries)];

    private IEnumerable<DecisionEntry> Entries(Policy policy)
    {
        var self = SelfOf(policy);
        return policy.RulesOf(_questions.Direction).Select(rule => new DecisionEntry(self, PartsOf(rule), OutcomeOf(rule), policy, rule));
    }

    private int SelfOf(Policy policy) => _questions.Self(policy.For);

    private static Outcome? OutcomeOf(Rule rule) => rule.Action switch
    {
        RuleAction.Allow => rule.Limit is null && rule.Http is null ? Outcome.Allow : new(Verdict.Allow, rule.Limit, rule.Http is { } http ? Inspection.Of(http) : null),
        RuleAction.Deny => Outcome.Deny,
        RuleAction.Reject => Outcome.Reject,
        RuleAction.Pass => null,
        _ => throw new UnreachableException(),
    };

    private ImmutableArray<DecisionPart> PartsOf(Rule rule)
    {
        if (!_parts.TryGetValue(rule, out var parts))
        {
            _parts.Add(rule, parts = [.. PartsOf(rule.Peer, rule)]);
        }

        return parts;
    }

    /// <summary><c>on</c> after <c>service S</c> names the service's ports: see <see cref="RuleMatching"/>.</summary>
    private IEnumerable<DecisionPart> PartsOf(AddressSet peer, Rule rule)
    {
        var services = new List<DecisionPart>();
        var others = Others(peer, rule, services);
        if (others != DecisionDiagram.False && _questions.OnPorts(rule.Ports) is var traffic and not DecisionDiagram.False)
        {
            yield return new(others, traffic);
        }

        foreach (var service in services)
        {
            yield return service;
        }
    }

    private int Others(AddressSet peer, Rule rule, List<DecisionPart> services)
    {
        switch (peer)
        {
            case AddressSet.Named { Set: var set } named:
                return HoldsService(set) ? Others(set, rule, services) : _questions.Peer(named);
            case AddressSet.Union union when HoldsService(union):
                return union.Parts.Aggregate(DecisionDiagram.False, (result, part) => Diagram.Or(result, Others(part, rule, services)));
            case AddressSet.Service service:
                if (_questions.Direction == Direction.Egress && _questions.Through(service.Name, rule.Ports) is var ways and not DecisionDiagram.False)
                {
                    services.Add(new(DecisionDiagram.True, ways));
                }

                return DecisionDiagram.False;
            default:
                return _questions.Peer(peer);
        }
    }

    private static bool HoldsService(AddressSet set) => set switch
    {
        AddressSet.Service => true,
        AddressSet.Named named => HoldsService(named.Set),
        AddressSet.Union union => union.Parts.Any(HoldsService),
        _ => false,
    };

    /// <summary>Entries whose policies select someone that some judgements are about; policies that select alike are looked at once.</summary>
    private sealed class RelevantEntries(RuleQuestions questions, int judgements)
    {
        private readonly Dictionary<int, bool> _known = [];
        private readonly int _selves = questions.Selves(judgements);

        public IEnumerable<DecisionEntry> Of(ImmutableArray<DecisionEntry> entries) => entries.Where(entry =>
            _known.TryGetValue(entry.Self, out var isRelevant) ? isRelevant : _known[entry.Self] = questions.Diagram.Meet(_selves, entry.Self));
    }
}
