using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>A rule that never decides anything.</summary>
/// <param name="By">Rules that decide all of it, as few as were found; in the order in which they decide.</param>
/// <param name="Isolating">Closed policies that keep a baseline rule from being asked.</param>
/// <param name="IsByNode">The node's right to reach its endpoints decides some of it.</param>
public sealed record HiddenRule(
    Rule Rule, Policy Policy, Direction Direction, ImmutableArray<Rule> By, ImmutableArray<Policy> Isolating, bool IsByNode)
{
    /// <summary>There are no connections that it could match.</summary>
    public bool IsImpossible => By.IsEmpty && Isolating.IsEmpty && !IsByNode;
}

/// <summary>
/// Finds rules that never decide, over everything there could be: all that they match is decided before they are asked. Only rules of
/// policies that can select one endpoint are held against each other, and of these only ones that share peers and traffic.
/// </summary>
internal sealed class HiddenRules
{
    private readonly JudgementSpace _space;
    private readonly Direction _direction;
    private readonly JudgementConstraints _constraints;
    private readonly DecisionList _list;
    private readonly SelfOverlaps _overlaps;
    private readonly SampleJudgements _samples;

    public HiddenRules(JudgementSpace space, Direction direction, JudgementConstraints constraints, DecisionList list)
    {
        (_space, _direction, _constraints, _list) = (space, direction, constraints, list);
        _overlaps = new SelfOverlaps(space.Diagram, list.All.Select(entry => entry.Self));
        _samples = new SampleJudgements(space, constraints);
    }

    private DecisionDiagram Diagram => _space.Diagram;

    public IEnumerable<HiddenRule> Find()
    {
        var ofNode = _direction == Direction.Ingress
            ? new Hider(null, DecisionDiagram.True, [new(_space.Peer.Is(PartyKind.Host), DecisionDiagram.True)])
            : null;
        var (admin, decided) = (new Earlier(_overlaps), new Earlier(_overlaps));
        foreach (var entry in _list.Admin)
        {
            if (Check(entry, [admin]) is { } hidden)
            {
                yield return hidden;
            }

            if (entry.Outcome is not null)
            {
                decided.Add(Effective(entry, admin));
            }

            admin.Add(new Hider(entry, entry.Self, entry.Parts));
        }

        var ordinary = new Earlier(_overlaps);
        foreach (var entry in _list.Ordinary)
        {
            if (Check(entry, [decided, ordinary], ofNode) is { } hidden)
            {
                yield return hidden;
            }

            // One with a limit leaves what comes when it is spent to others.
            if (entry.Outcome?.Limit is null)
            {
                ordinary.Add(new Hider(entry, entry.Self, entry.Parts));
            }
        }

        foreach (var entry in _list.Isolation)
        {
            ordinary.Add(new Hider(entry, entry.Self, entry.Parts));
        }

        foreach (var entry in _list.Baseline)
        {
            if (Check(entry, [decided, ordinary], ofNode) is { } hidden)
            {
                yield return hidden;
            }

            ordinary.Add(new Hider(entry, entry.Self, entry.Parts));
        }
    }

    /// <summary>What an admin rule decides: not what an earlier one passes on.</summary>
    private Hider Effective(DecisionEntry entry, Earlier earlier)
    {
        var passing = earlier.Meeting(entry.Self).Where(hider => hider.Entry?.Outcome is null && Shares(entry, hider)).ToList();
        if (passing.Count == 0)
        {
            return new(entry, entry.Self, entry.Parts);
        }

        var function = entry.Function(Diagram);
        foreach (var hider in passing)
        {
            function = Minus(function, hider);
        }

        return new(entry, entry.Self, [new(function, DecisionDiagram.True)]);
    }

    private HiddenRule? Check(DecisionEntry entry, ImmutableArray<Earlier> earlier, Hider? ofNode = null)
    {
        if (entry.Rule is not { } rule)
        {
            return null;
        }

        // Of most rules one connection shows that they decide it.
        var requests = entry.Outcome?.Inspection is { } inspection ? [.. inspection.Singly()] : (ImmutableArray<Inspection?>)[null];
        if (_samples.Of(entry) is { } sample && ofNode?.Covers(Diagram, sample) != true
            && requests.Any(request => !earlier.Any(hiders => hiders.Meeting(entry.Self).Any(hider => hider.Hides(entry, request) && hider.Covers(Diagram, sample)))))
        {
            return null;
        }

        var all = _constraints.Valid(entry.Function(Diagram));
        var candidates = earlier.SelectMany(hiders => hiders.Meeting(entry.Self)).Where(hider => Shares(entry, hider)).ToList();
        if (ofNode is not null)
        {
            candidates.Insert(0, ofNode);
        }

        var hiding = new List<Hider>();
        foreach (var request in requests)
        {
            if (!IsHidden(all, candidates.Where(hider => hider.Hides(entry, request)), hiding))
            {
                return null;
            }
        }

        return Hidden(entry.Policy, rule, Fewest(all, [.. candidates.Where(hiding.Contains)], entry, requests));
    }

    /// <summary>Is nothing left that could be?</summary>
    /// <param name="hiding">Whoever took something away is added.</param>
    private bool IsHidden(int all, IEnumerable<Hider> candidates, List<Hider> hiding)
    {
        var rest = all;
        foreach (var hider in candidates.TakeWhile(_ => rest != DecisionDiagram.False))
        {
            var left = Minus(rest, hider);
            if (left != rest)
            {
                hiding.Add(hider);
                rest = left;
            }
        }

        return rest == DecisionDiagram.False || _constraints.Possible(rest) == DecisionDiagram.False;
    }

    private HiddenRule Hidden(Policy policy, Rule rule, IReadOnlyList<Hider> hiding) => new(
        rule,
        policy,
        _direction,
        [.. hiding.Select(hider => hider.Entry?.Rule).OfType<Rule>()],
        [.. hiding.Where(hider => hider.Entry is { Rule: null }).Select(hider => hider.Entry?.Policy).OfType<Policy>()],
        hiding.Any(hider => hider.Entry is null));

    /// <summary>Leaves out whom the others make superfluous, the last first; where nobody is needed nothing could ever match.</summary>
    private List<Hider> Fewest(int all, List<Hider> hiding, DecisionEntry entry, ImmutableArray<Inspection?> requests)
    {
        var kept = new List<Hider>(hiding);
        for (var index = kept.Count - 1; index >= 0; index--)
        {
            var others = kept.Where((_, other) => other != index).ToList();
            if (requests.All(request => IsHidden(all, others.Where(hider => hider.Hides(entry, request)), [])))
            {
                kept.RemoveAt(index);
            }
        }

        return kept;
    }

    private bool Shares(DecisionEntry entry, Hider hider)
    {
        foreach (var part in entry.Parts)
        {
            foreach (var other in hider.Parts)
            {
                if (Diagram.Meet(part.Traffic, other.Traffic) && (part.Peer == other.Peer || Diagram.Meet(part.Peer, other.Peer)))
                {
                    return true;
                }
            }
        }

        return entry.Parts.IsEmpty;
    }

    private int Minus(int function, Hider hider)
    {
        foreach (var part in hider.Parts)
        {
            function = Diagram.Minus(function, Diagram.And(Diagram.And(function, hider.Self), part.Peer, part.Traffic));
        }

        return function;
    }

    /// <param name="Entry">Null: the node's right.</param>
    private sealed record Hider(DecisionEntry? Entry, int Self, ImmutableArray<DecisionPart> Parts)
    {
        /// <summary>
        /// Does one that decides first leave an entry without a say? Where both allow without a limit, the requests of both pass, and those
        /// of a rule that names none are all; where both do the same without a limit, the connection is logged if either says so.
        /// </summary>
        /// <param name="request">One of those that the entry names; null: it names none.</param>
        public bool Hides(DecisionEntry entry, Inspection? request) => !LeavesLogging(entry)
            && (Entry?.Outcome is not { Verdict: Verdict.Allow, Limit: null, Inspection: { } passing }
                || entry.Policy.Tier.IsOrdered || entry.Outcome is not { Verdict: Verdict.Allow, Limit: null }
                || (request is not null && passing.Holds(request)));

        private bool LeavesLogging(DecisionEntry entry) => entry is { Rule: { IsLogged: true, Limit: null } logged, Policy.Tier.IsOrdered: false }
            && Entry is { Rule: { IsLogged: false, Limit: null } deciding, Policy.Tier.IsOrdered: false } && deciding.Action == logged.Action;

        public bool Covers(DecisionDiagram diagram, bool[] assignment)
        {
            foreach (var part in Parts)
            {
                if (diagram.Holds(part.Traffic, assignment) && diagram.Holds(part.Peer, assignment))
                {
                    return diagram.Holds(Self, assignment);
                }
            }

            return false;
        }
    }

    /// <summary>What was met so far, by whom it is about.</summary>
    private sealed class Earlier(SelfOverlaps overlaps)
    {
        private readonly Dictionary<int, List<Hider>> _bySelf = [];

        public void Add(Hider hider)
        {
            if (!_bySelf.TryGetValue(hider.Self, out var hiders))
            {
                _bySelf.Add(hider.Self, hiders = []);
            }

            hiders.Add(hider);
        }

        public IEnumerable<Hider> Meeting(int self) =>
            overlaps.Of(self).SelectMany(other => _bySelf.TryGetValue(other, out var hiders) ? hiders : (IEnumerable<Hider>)[]);
    }
}
