using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>Which judgements of a direction could ever be asked for: what each part may be, and what the parts impose on each other.</summary>
internal sealed class JudgementConstraints
{
    private static readonly AddressSet World = new AddressSet.World();

    private readonly JudgementSpace _space;
    private readonly Direction _direction;
    private readonly ImmutableArray<AddressPossibilities> _addresses;
    private readonly ImmutableArray<int> _joint;

    public JudgementConstraints(JudgementSpace space, Direction direction)
    {
        (_space, _direction) = (space, direction);
        _addresses = [.. space.Models.Zip(space.Kinds, (model, kinds) => new AddressPossibilities(model, kinds))];
        Self = Diagram.Minus(AllValid(space.Self.Choices), Assumed(space.SelfSets));
        Peer = PossiblePeer();
        Traffic = PossibleTraffic();
        _joint = [RelationHolds(), FamiliesAgree(), .. direction == Direction.Egress ? [NamesHaveReceiver(), WaysLead()] : new[] { _space.Via.Is(0) }];
    }

    /// <summary>What stands for an endpoint at all.</summary>
    public int Self { get; }

    /// <summary>Who could be a peer, apart from the judged endpoint.</summary>
    public int Peer { get; }

    /// <summary>What a connection could carry, apart from both ends.</summary>
    public int Traffic { get; }

    private DecisionDiagram Diagram => _space.Diagram;

    /// <summary>Without what the parts impose on each other.</summary>
    public int Valid(int judgements) => Diagram.And(judgements, Self, Peer, Traffic);

    /// <summary>Those of some valid judgements that could be asked for.</summary>
    public int Possible(int judgements)
    {
        foreach (var constraint in _joint)
        {
            judgements = Diagram.And(judgements, constraint);
        }

        return judgements;
    }

    /// <summary>Could a judgement of valid parts be asked for?</summary>
    public bool IsPossible(bool[] assignment)
    {
        foreach (var constraint in _joint)
        {
            if (!Diagram.Holds(constraint, assignment))
            {
                return false;
            }
        }

        return true;
    }

    private int AllValid(IEnumerable<Choice> choices) =>
        choices.Aggregate(DecisionDiagram.True, (result, choice) => Diagram.And(result, choice.Valid));

    /// <summary>Endpoints that every model assumes never to be there.</summary>
    private int Assumed(ImmutableArray<SymbolicSets> sets) => _space.Models.Zip(sets).Aggregate(
        DecisionDiagram.True,
        (result, model) => Diagram.And(result, model.First.Assumptions.Aggregate(
            DecisionDiagram.False, (assumed, assumption) => Diagram.Or(assumed, model.Second.Contains(assumption.Endpoints)))));

    private int PossiblePeer()
    {
        var peer = _space.Peer;
        var isSource = _direction == Direction.Ingress;
        var endpoints = ImmutableArray.CreateRange(
            Enumerable.Range(0, _space.Words.Regions.Count).Where(region => CanBe(region, addresses => addresses.CanBeEndpoint)));
        var perRegion = Diagram.Or(
            Diagram.Minus(Diagram.And(peer.Is(PartyKind.Endpoint), peer.Region.Where(endpoints.Contains), AllValid(peer.Choices)), Assumed(_space.PeerSets)),
            Diagram.And(Diagram.Or(peer.Is(PartyKind.Host), peer.Is(PartyKind.OtherNode)), peer.Region.Where(region => CanBe(region, addresses => addresses.CanBeNode))),
            Diagram.And(peer.Is(PartyKind.Bare), peer.Region.Where(region => _addresses.All(addresses => addresses.CanBeBare(_space.Words.Regions.First(region), isSource)))));
        // Answers give the source of a connection addresses of what some model takes for the world.
        var isWorld = _space.PeerSets.Aggregate(DecisionDiagram.False, (any, sets) => Diagram.Or(any, sets.Contains(World)));
        foreach (var answered in peer.Answered.Values)
        {
            perRegion = Diagram.And(perRegion, isSource ? answered.Is(0) : Diagram.Implies(answered.Is(1), isWorld));
        }

        perRegion = Diagram.And(perRegion, _space.Words.DnsNames.Consistent(Diagram, peer.Answered));
        foreach (var family in AddressRegions.Families)
        {
            // The judged endpoint has an address of the family too, and not its peer's.
            var ofFamily = endpoints.Where(region => _space.Words.Regions.First(region).Family == family).ToList();
            var isJudged = _space.Models.All(model => family == IpFamily.V4 ? model.Cluster.HasV4 : model.Cluster.HasV6);
            var impossible = ofFamily.Count == 0 || !isJudged ? _space.IsFamily(family)
                : ofFamily.Count == 1 && _space.Words.Regions.IsSingle(ofFamily[0]) ? peer.Region.Is(ofFamily[0])
                : DecisionDiagram.False;
            perRegion = Diagram.Minus(perRegion, impossible);
        }

        return perRegion;
    }

    /// <summary>What one of the models may take the addresses of a region for, unless some service has them.</summary>
    private bool CanBe(int region, Func<AddressPossibilities, Func<Address, bool>> possibility)
    {
        var address = _space.Words.Regions.First(region);
        return _addresses.Any(addresses => possibility(addresses)(address)) && !_space.Kinds.Any(kinds => kinds.IsServiceAddress(address));
    }

    private int PossibleTraffic()
    {
        var result = Diagram.And(_space.Traffic.Valid, _space.Via.Valid);
        var hasPorts = _space.Traffic.Where(index => _space.Words.Classes[index] is TrafficClass.Ports);
        foreach (var name in _space.PortNames.Values)
        {
            result = Diagram.And(result, Diagram.Implies(name.Is(1), hasPorts));
        }

        return result;
    }

    /// <summary>One namespace is one name, and its labels are the same for both; of names that nobody knows there may be several.</summary>
    private int RelationHolds()
    {
        var (self, peer) = (_space.Self, _space.Peer);
        var elsewhere = self.Namespace.Count - 1;
        var labels = DecisionDiagram.True;
        foreach (var (key, label) in self.NamespaceLabels)
        {
            labels = Diagram.And(labels, Equal(label, peer.NamespaceLabels[key], Enumerable.Range(0, label.Count)));
        }

        var declaredByAll = Enumerable.Range(0, elsewhere)
            .Where(number => _space.Models.All(model => model.Namespaces.Any(declared => declared.Name == _space.Words.Namespaces[number]))).ToHashSet();
        var isSame = Diagram.And(peer.Is(PartyKind.Endpoint), Diagram.Or(
            Equal(self.Namespace, peer.Namespace, declaredByAll),
            Diagram.And(Equal(self.Namespace, peer.Namespace, Enumerable.Range(0, elsewhere + 1).Where(number => !declaredByAll.Contains(number))), labels)));
        var mustBeSame = Diagram.And(peer.Is(PartyKind.Endpoint), Equal(self.Namespace, peer.Namespace, Enumerable.Range(0, elsewhere)));
        return Diagram.Or(Diagram.And(_space.SameNamespace, isSame), Diagram.And(Diagram.Not(_space.SameNamespace), Diagram.Not(mustBeSame)));
    }

    private int Equal(Choice left, Choice right, IEnumerable<int> values) =>
        values.Aggregate(DecisionDiagram.False, (result, value) => Diagram.Or(result, Diagram.And(left.Is(value), right.Is(value))));

    private int FamiliesAgree()
    {
        var result = DecisionDiagram.True;
        foreach (var family in AddressRegions.Families)
        {
            var ofOther = _space.Traffic.Where(index => _space.Words.Classes[index].CarriedBy is { } only && only != family);
            result = Diagram.And(result, Diagram.Implies(_space.IsFamily(family), Diagram.Not(ofOther)));
        }

        return result;
    }

    private int NamesHaveReceiver()
    {
        var named = _space.PortNames.Values.Aggregate(DecisionDiagram.False, (result, name) => Diagram.Or(result, name.Is(1)));
        return Diagram.Implies(named, _space.Peer.Is(PartyKind.Endpoint));
    }

    private int WaysLead()
    {
        var result = _space.Via.Is(0);
        for (var way = 0; way < _space.Ways.Length; way++)
        {
            var leads = DecisionDiagram.True;
            for (var model = 0; model < _space.Models.Length; model++)
            {
                leads = Diagram.And(leads, CanBeBackend(model, _space.Ways[way].Ports[model]));
            }

            var ofFamily = AddressRegions.Families.Where(_space.Ways[way].Has).Aggregate(
                DecisionDiagram.False, (families, family) => Diagram.Or(families, _space.IsFamily(family)));
            result = Diagram.Or(result, Diagram.And(leads, ofFamily, _space.Via.Is(way + 1)));
        }

        return result;
    }

    private int CanBeBackend(int model, (Service Service, ServicePort Port) way)
    {
        var isBackend = way.Service.Backends switch
        {
            BackendSource.Endpoints endpoints => Diagram.And(_space.Peer.Is(PartyKind.Endpoint), _space.PeerSets[model].Contains(endpoints.Set)),
            BackendSource.Literal literal => literal.Backends.Where(backend => backend.Weight > 0).Aggregate(
                DecisionDiagram.False, (result, backend) => Diagram.Or(result, _space.Peer.Region.Is(_space.Words.Regions.Of(backend.Address)))),
            _ => throw new UnreachableException(),
        };
        var toTarget = way.Port.Target switch
        {
            TargetPort.Number number => _space.Words.Classes.Matching(_space.Traffic, new PortMatch.Range(way.Port.Protocol, number.Port, number.Port)),
            TargetPort.Named named => Diagram.And(_space.PortNames[named.Name].Is(1), _space.OfProtocol(way.Port.Protocol)),
            _ => throw new UnreachableException(),
        };
        return Diagram.And(isBackend, toTarget);
    }
}
