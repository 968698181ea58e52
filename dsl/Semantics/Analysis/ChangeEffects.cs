using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>
/// What a change at one end makes of whole connections: the verdict of the other end, under both models, of the same connections seen
/// from there. It also finds the example, and holds it against both evaluators.
/// </summary>
internal sealed class ChangeEffects
{
    private readonly JudgementSpace _space;
    private readonly Evaluator _old;
    private readonly Evaluator _new;
    private readonly Dictionary<Direction, Side> _sides;
    private readonly int _usual;
    private readonly int _singles;

    public ChangeEffects(JudgementSpace space, NetworkModel old, NetworkModel @new)
    {
        (_space, _old, _new) = (space, new Evaluator(old), new Evaluator(@new));
        _usual = space.Peer.Region.Where(space.Words.Regions.IsUsual);
        _singles = space.Peer.Region.Where(space.Words.Regions.IsSingle);
        _sides = Enum.GetValues<Direction>().ToDictionary(direction => direction, direction => new Side(
            new JudgementConstraints(space, direction), new DecisionList(old, space.Questions(0, direction)), new DecisionList(@new, space.Questions(1, direction)), new ExampleFlows(space, direction)));
    }

    private DecisionDiagram Diagram => _space.Diagram;

    public JudgementConstraints ConstraintsOf(Direction direction) => _sides[direction].Constraints;

    public (DecisionList Old, DecisionList New) Lists(Direction direction) => (_sides[direction].Old, _sides[direction].New);

    /// <param name="possible">The judgements of the region that can be.</param>
    public (ChangeEffect Effect, ComparedFlow Example) Of(Direction direction, JudgementRegion region, int possible, Outcome was, Outcome becomes)
    {
        var other = direction == Direction.Egress ? Direction.Ingress : Direction.Egress;
        var peers = Diagram.And(region.Peer, _space.Peer.Is(PartyKind.Endpoint));
        var seen = Seen(region, peers, other);
        var (changed, unchanged) = Ends(_sides[other], seen, was, becomes, other);

        // Whoever is no endpoint has no verdict of its own: such a connection always changes.
        var ofOthers = Diagram.Minus(possible, _space.Peer.Is(PartyKind.Endpoint));
        var ofEndpoints = Matching(possible, changed);
        var effect = ofOthers == DecisionDiagram.False && ofEndpoints == DecisionDiagram.False ? ChangeEffect.None
            : Matching(possible, unchanged) == DecisionDiagram.False ? ChangeEffect.All
            : ChangeEffect.Some;
        var examples = new[] { ofEndpoints, OfKind(ofOthers, PartyKind.Bare), OfKind(ofOthers, PartyKind.OtherNode), ofOthers, possible };
        var assignment = Diagram.Solve(Usual(examples.First(function => function != DecisionDiagram.False)));
        return (effect, Example(direction, assignment, changed, was, becomes));
    }

    /// <summary>Those with peers at addresses that people would expect, where there are any.</summary>
    private int Usual(int judgements) => Diagram.And(judgements, _usual) is var usual and not DecisionDiagram.False ? usual : judgements;

    private int OfKind(int judgements, PartyKind kind) => Diagram.And(judgements, _space.Peer.Is(kind));

    /// <summary>The same connections, as the other end judges them; between endpoints alone.</summary>
    private int Seen(JudgementRegion region, int peers, Direction other)
    {
        var seen = DecisionDiagram.False;
        foreach (var family in AddressRegions.Families)
        {
            var judged = Diagram.Rename(WithoutAddress(Diagram.And(peers, _space.IsFamily(family))), ToSelf());
            var ofFamily = region with
            {
                Self = judged,
                Peer = Diagram.And(Diagram.Rename(region.Self, ToPeer()), _space.Peer.Is(PartyKind.Endpoint), _space.IsFamily(family)),
                Traffic = WithoutWay(region.Traffic),
            };
            seen = Diagram.Or(seen, ofFamily.Function(_space));
        }

        return _sides[other].Constraints.Possible(_sides[other].Constraints.Valid(seen));
    }

    /// <summary>Those of <paramref name="seen"/> whose whole verdict changes, and those whose does not.</summary>
    private (int Changed, int Unchanged) Ends(Side side, int seen, Outcome was, Outcome becomes, Direction other)
    {
        var (changed, unchanged) = (DecisionDiagram.False, DecisionDiagram.False);
        foreach (var (before, part) in side.Old.Outcomes(seen))
        {
            foreach (var (after, both) in side.New.Outcomes(part))
            {
                var isChanged = Whole(was, before, other) != Whole(becomes, after, other);
                (changed, unchanged) = isChanged ? (Diagram.Or(changed, both), unchanged) : (changed, Diagram.Or(unchanged, both));
            }
        }

        return (changed, unchanged);
    }

    /// <summary>An egress verdict other than allow is the answer; else ingress' is.</summary>
    private static (Verdict Verdict, Outcome? Egress, Outcome? Ingress) Whole(Outcome here, Outcome there, Direction other)
    {
        var (egress, ingress) = other == Direction.Ingress ? (here, there) : (there, here);
        return egress.Verdict != Verdict.Allow ? (egress.Verdict, null, null)
            : ingress.Verdict != Verdict.Allow ? (ingress.Verdict, null, null)
            : (Verdict.Allow, egress, ingress);
    }

    /// <summary>
    /// Those of some judgements that are, seen from the other end, among these. Two endpoints do not have one address: where a region is one, it can't be
    /// that of both ends.
    /// </summary>
    private int Matching(int judgements, int seen)
    {
        var apart = MatchingAnywhere(judgements, Diagram.Minus(seen, _singles));
        if (!Diagram.Meet(seen, _singles) || MatchingAnywhere(judgements, seen) == apart)
        {
            return apart;
        }

        var regions = _space.Words.Regions;
        var result = MatchingAnywhere(Diagram.Minus(judgements, _singles), seen);
        foreach (var region in Enumerable.Range(0, regions.Count).Where(regions.IsSingle).Select(_space.Peer.Region.Is).Where(region => Diagram.Meet(judgements, region)))
        {
            result = Diagram.Or(result, MatchingAnywhere(Diagram.And(judgements, region), Diagram.Minus(seen, region)));
        }

        return result;
    }

    private int MatchingAnywhere(int judgements, int seen)
    {
        if (seen == DecisionDiagram.False)
        {
            return DecisionDiagram.False;
        }

        // One end after the other: which endpoints are judged there, each with who is their peer.
        var result = DecisionDiagram.False;
        foreach (var (ofPeer, judgedThere) in Diagram.Cut(seen, _space.PeerStart))
        {
            foreach (var (rest, peersThere) in Diagram.Cut(ofPeer, _space.RelationStart))
            {
                foreach (var family in AddressRegions.Families)
                {
                    var selves = Diagram.Rename(WithoutAddress(Diagram.And(peersThere, _space.IsFamily(family))), ToSelf());
                    var peers = Diagram.And(Diagram.Rename(judgedThere, ToPeer()), _space.Peer.Is(PartyKind.Endpoint), _space.IsFamily(family));
                    result = Diagram.Or(result, Diagram.And(judgements, selves, peers, WithoutWay(rest)));
                }
            }
        }

        return result;
    }

    /// <summary>What endpoints among some peers are, apart from where.</summary>
    private int WithoutAddress(int peers) => _space.Peer.Answered.Values.Append(_space.Peer.Kind).Append(_space.Peer.Region)
        .Aggregate(Diagram.And(peers, _space.Peer.Is(PartyKind.Endpoint)), Exists);

    private int Exists(int function, Choice choice) =>
        choice.Bits.Count == 0 ? function : Diagram.Exists(function, choice.Bits[0], choice.Bits[^1] + 1);

    private int WithoutWay(int function) => Exists(function, _space.Via);

    private Dictionary<int, int> ToSelf() => Turned(_space.Peer, _space.Self);

    private Dictionary<int, int> ToPeer() => Turned(_space.Self, _space.Peer);

    /// <summary>The variables of namespace and labels of one end, by those of the other.</summary>
    private static Dictionary<int, int> Turned(SymbolicParty from, SymbolicParty to) =>
        Bits(from).Zip(Bits(to)).ToDictionary(pair => pair.First, pair => pair.Second);

    private static IEnumerable<int> Bits(SymbolicParty party) =>
        new[] { party.Namespace }.Concat(party.NamespaceLabels.Values).Concat(party.Labels.Values).SelectMany(choice => choice.Bits);

    /// <param name="wanted">Judgements at the other end, of which the example is one if it can be.</param>
    private ComparedFlow Example(Direction direction, bool[] assignment, int wanted, Outcome was, Outcome becomes)
    {
        int? address = null;
        var region = _space.Peer.Region.Value(assignment);
        // Two endpoints do not have one address.
        var elsewhere = _space.Words.Regions.IsSingle(region) ? Diagram.Not(_space.Peer.Region.Is(region)) : DecisionDiagram.True;
        if (_space.Peer.Kind.Value(assignment) == (int)PartyKind.Endpoint
            && Diagram.And(wanted, SeenFromThere(assignment), elsewhere) is var there and not DecisionDiagram.False)
        {
            var other = Diagram.Solve(Usual(there));
            address = _space.Peer.Region.Value(other);
            if (direction == Direction.Ingress)
            {
                Array.Copy(other, _space.ViaStart, assignment, _space.ViaStart, assignment.Length - _space.ViaStart);
            }
        }

        var flow = _sides[direction].Examples.Build(assignment, address);
        var (old, @new) = (flow.JudgedBy(_old), flow.JudgedBy(_new));
        return OutcomeOf(old, direction) == was && OutcomeOf(@new, direction) == becomes
            ? new(flow.Universe, flow.Flow, flow.Receiver, old, @new)
            : throw new InvalidOperationException(
                $"comparison and evaluator disagree on {flow.Flow.Source} -> {flow.Flow.Destination} on {flow.Flow.Traffic}: {direction} {was} -> {becomes}");
    }

    /// <summary>One connection between endpoints as the other end judges it, wherever the judged one of here has its address.</summary>
    private int SeenFromThere(bool[] assignment)
    {
        var result = _space.IsFamily(_space.Words.Regions.First(_space.Peer.Region.Value(assignment)).Family);
        var turned = Bits(_space.Self).Zip(Bits(_space.Peer)).SelectMany(pair => new[] { (pair.First, pair.Second), (pair.Second, pair.First) })
            .Concat(Enumerable.Range(_space.RelationStart, _space.ViaStart - _space.RelationStart).Select(variable => (variable, variable)));
        foreach (var (from, to) in turned)
        {
            result = Diagram.And(result, assignment[from] ? Diagram.Variable(to) : Diagram.Not(Diagram.Variable(to)));
        }

        return result;
    }

    private static Outcome OutcomeOf(Judgement judgement, Direction direction)
    {
        var judged = direction == Direction.Egress ? judgement.Egress : judgement.Ingress;
        return new(judged.Verdict, judged.Rule?.Limit, judged.Inspection is { } passing ? Inspection.Of(passing) : null);
    }

    private sealed record Side(JudgementConstraints Constraints, DecisionList Old, DecisionList New, ExampleFlows Examples);
}
