using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>
/// All connections there could ever be between two ends, as one function over variables, and what the variables stand
/// for. A way into a service is one value of <see cref="Via"/>; 0 is the direct one.
/// </summary>
internal sealed class SymbolicWorld
{
    private readonly NetworkModel _model;
    private readonly AddressPossibilities _addresses;
    private readonly Choice _bothElsewhereInOne;
    private readonly SymbolicSets _sourceSets;
    private readonly SymbolicSets _destinationSets;

    public SymbolicWorld(NetworkModel model, Members members)
    {
        (_model, Kinds) = (model, members.Kinds);
        _addresses = new AddressPossibilities(model, Kinds);
        Words = new ModelWords(model, Kinds);
        Ways = [.. model.Services.SelectMany(service => service.Ports, (service, port) => (service, port))];
        Outside = OutsideWay.Of(Ways);
        Clients = new(Words.Regions, _addresses, members);

        (Source, Destination) = SymbolicParty.Pair(Diagram, Vocabulary, Regions.Count);
        _bothElsewhereInOne = Choice.Of(Diagram, 2);
        ViaStart = Diagram.VariableCount;
        Via = Choice.Of(Diagram, Ways.Length + Outside.Length + 1);
        TrafficStart = Diagram.VariableCount;
        Traffic = Choice.Of(Diagram, Classes.Count);
        NamesStart = Diagram.VariableCount;
        PortNames = Vocabulary.PortNames.ToDictionary(name => name, _ => Choice.Of(Diagram, 2), StringComparer.Ordinal);

        SameNamespace = Diagram.And(
            Source.Namespace.Same(Destination.Namespace),
            Diagram.Implies(Source.Namespace.Is(Namespaces.Length), _bothElsewhereInOne.Is(1)));
        _sourceSets = SetsOf(Source, _ => DecisionDiagram.False);
        _destinationSets = SetsOf(
            Destination, service => Through((owner, _) => owner.Name == service));
        Possible = PossibleConnections();
    }

    public ImmutableArray<Service> Services => _model.Services;

    public DecisionDiagram Diagram { get; } = new();

    public AddressKinds Kinds { get; }

    public ModelWords Words { get; }

    public Vocabulary Vocabulary => Words.Vocabulary;

    public AddressRegions Regions => Words.Regions;

    public TrafficClasses Classes => Words.Classes;

    /// <summary>The known names, by the values of <see cref="SymbolicParty.Namespace"/>.</summary>
    public ImmutableArray<string> Namespaces => Words.Namespaces;

    /// <summary>The ports of services, by the values of <see cref="Via"/> less one.</summary>
    public ImmutableArray<(Service Service, ServicePort Port)> Ways { get; }

    /// <summary>Those by which clients come from outside and are seen as a node: on these <see cref="Source"/> is that node.</summary>
    public ImmutableArray<OutsideWay> Outside { get; }

    public OutsideClients Clients { get; }

    public bool CanBeNode(Address address) => _addresses.CanBeNode(address);

    public SymbolicParty Source { get; }

    /// <summary>The receiver, after translation.</summary>
    public SymbolicParty Destination { get; }

    public Choice Via { get; }

    /// <summary>The class of the packet, after translation.</summary>
    public Choice Traffic { get; }

    /// <summary>The receiver calls the packet's port by the name.</summary>
    public IReadOnlyDictionary<string, Choice> PortNames { get; }

    /// <summary>The first variable of <see cref="Via"/>; those of the ends come before.</summary>
    public int ViaStart { get; }

    public int TrafficStart { get; }

    public int NamesStart { get; }

    public int SameNamespace { get; }

    /// <summary>The connections that can be: everything that the ends, the packet and the service impose on each other.</summary>
    public int Possible { get; }

    /// <summary>Is the party in a set, judged by the endpoint at the other end?</summary>
    public int Contains(AddressSet set, SymbolicParty party) =>
        (ReferenceEquals(party, Source) ? _sourceSets : _destinationSets).Contains(set);

    public SymbolicParty Other(SymbolicParty party) => ReferenceEquals(party, Source) ? Destination : Source;

    /// <summary>Whether two endpoints, both outside the known namespaces, are in the same one.</summary>
    public bool IsOneNamespace(bool[] assignment) => _bothElsewhereInOne.Value(assignment) == 1;

    /// <summary>A service translated the connection, by one of these ports, and the receiver sees who opened it.</summary>
    public int Through(Func<Service, ServicePort, bool> isMeant) => Via.Where(way => way > 0 && way <= Ways.Length && isMeant(Ways[way - 1].Service, Ways[way - 1].Port));

    /// <summary>The connection came by one of <see cref="Outside"/>.</summary>
    public int CameFromOutside => Via.Where(way => way > Ways.Length);

    /// <summary>The way from outside of an assignment; null: it is none.</summary>
    public OutsideWay? OutsideWayOf(bool[] assignment) => Via.Value(assignment) is var way && way > Ways.Length ? Outside[way - 1 - Ways.Length] : null;

    /// <summary>The traffic classes of a protocol with ports.</summary>
    public int IsProtocol(Protocol protocol) =>
        Traffic.Where(index => Classes[index] is TrafficClass.Ports ports && ports.Protocol == protocol);

    /// <summary>The connection is of a family in which the service has an address.</summary>
    public int HasAddressOfFamily(Service service) => service.Addresses.Aggregate(
        DecisionDiagram.False, (result, address) => Diagram.Or(result, IsFamily(Source, address.Family)));

    public int IsFamily(SymbolicParty party, IpFamily family) => family == IpFamily.V4
        ? party.Region.Range(0, Regions.FirstV6 - 1)
        : party.Region.Range(Regions.FirstV6, Regions.Count - 1);

    /// <summary>The connections from outside, each way in the families in which a client can come by it.</summary>
    /// <param name="among">The set of which the client is; null: anyone.</param>
    /// <param name="byAddresses">The service's own addresses count.</param>
    public int Entering(AddressSet? among, bool byAddresses) => AddressRegions.Families.Aggregate(DecisionDiagram.False, (entering, family) => Diagram.Or(entering, Diagram.And(
        IsFamily(Source, family), Via.Where(way => way > Ways.Length && Clients.Any(Outside[way - 1 - Ways.Length], family, among, byAddresses)))));

    private SymbolicSets SetsOf(SymbolicParty party, Func<string, int> translatedBy) => new(
        Diagram, Words, party, _model, Kinds, Diagram.And(Other(party).Is(PartyKind.Endpoint), SameNamespace), translatedBy);

    private int PossibleConnections()
    {
        var result = Diagram.And(
            Diagram.And(PossibleParty(Source, isSource: true), PossibleParty(Destination, isSource: false)),
            Diagram.And(Via.Valid, Traffic.Valid),
            NamespacesAgree(),
            FamiliesAgree(),
            AddressesDiffer());
        // Answers are an endpoint's, and give it no addresses but those of the world.
        var mayBeAnswered = Diagram.And(Source.Is(PartyKind.Endpoint), Contains(new AddressSet.World(), Destination));
        result = Destination.Answered.Values.Aggregate(
            Diagram.And(result, Words.DnsNames.Consistent(Diagram, Destination.Answered)),
            (possible, answered) => Diagram.And(possible, Diagram.Implies(answered.Is(1), mayBeAnswered)));
        foreach (var name in PortNames.Values)
        {
            // Only an endpoint has names, and only for ports.
            var hasPort = Traffic.Where(index => Classes[index].Example.HasPorts);
            result = Diagram.And(result, Diagram.Implies(name.Is(1), Diagram.And(Destination.Is(PartyKind.Endpoint), hasPort)));
        }

        var ways = Via.Is(0);
        var backends = new int[Ways.Length];
        for (var way = 0; way < Ways.Length; way++)
        {
            var (service, port) = Ways[way];
            backends[way] = CanBeBackend(service, port);
            ways = Diagram.Or(ways, Diagram.And(Via.Is(way + 1), backends[way], CanBeAsked(service, port)));
        }

        var outside = DecisionDiagram.False;
        for (var way = 0; way < Outside.Length; way++)
        {
            outside = Diagram.Or(outside, Diagram.And(Via.Is(Ways.Length + 1 + way), backends[Outside[way].Number]));
        }

        outside = Diagram.And(outside, Source.Is(PartyKind.OtherNode), Entering(null, byAddresses: true));
        return Diagram.And(result, Diagram.Or(ways, outside));
    }

    private int PossibleParty(SymbolicParty party, bool isSource)
    {
        var isHost = party.Is(PartyKind.Host);
        var result = Diagram.And(
            Diagram.And(party.Kind.Valid, party.Namespace.Valid, party.Region.Valid),
            Diagram.Implies(party.Is(PartyKind.Endpoint), Where(party, _addresses.CanBeEndpoint)),
            Diagram.Implies(Diagram.Or(isHost, party.Is(PartyKind.OtherNode)), Where(party, _addresses.CanBeNode)),
            Diagram.Implies(party.Is(PartyKind.Bare), Where(party, address => _addresses.CanBeBare(address, isSource))),
            Diagram.Implies(isHost, Other(party).Is(PartyKind.Endpoint)));
        foreach (var assumption in _model.Assumptions)
        {
            result = Diagram.Minus(result, Diagram.And(party.Is(PartyKind.Endpoint), Contains(assumption.Endpoints, party)));
        }

        foreach (var label in party.Labels.Values.Concat(party.NamespaceLabels.Values))
        {
            result = Diagram.And(result, label.Valid);
        }

        foreach (var declaration in _model.Namespaces)
        {
            result = Diagram.And(result, Diagram.Implies(
                party.Namespace.Is(Words.NamespaceNumber(declaration.Name)), HasExactly(party.NamespaceLabels, Words.AnyNamespaceLabelNumber, declaration.Labels)));
        }

        return result;
    }

    /// <summary>The labels are these and, of the keys that rules ask for, no others.</summary>
    public int HasExactly(
        IReadOnlyDictionary<string, Choice> choices, Func<string, string, int> number, IReadOnlyDictionary<string, string> labels)
    {
        var result = DecisionDiagram.True;
        foreach (var (key, choice) in choices)
        {
            result = Diagram.And(result, choice.Is(labels.TryGetValue(key, out var value) ? number(key, value) : LabelWords.Absent));
        }

        return result;
    }

    /// <summary>Two endpoints of one namespace see the same namespace labels.</summary>
    private int NamespacesAgree()
    {
        var labels = DecisionDiagram.True;
        foreach (var (key, label) in Source.NamespaceLabels)
        {
            labels = Diagram.And(labels, label.Same(Destination.NamespaceLabels[key]));
        }

        return Diagram.Implies(SameNamespace, labels);
    }

    private int FamiliesAgree()
    {
        var (isV4, isV6) = (IsFamily(Source, IpFamily.V4), IsFamily(Source, IpFamily.V6));
        return Diagram.And(
            Diagram.Same(isV4, IsFamily(Destination, IpFamily.V4)),
            Diagram.Implies(Traffic.Where(index => Classes[index].CarriedBy == IpFamily.V4), isV4),
            Diagram.Implies(Traffic.Where(index => Classes[index].CarriedBy == IpFamily.V6), isV6),
            _model.Cluster.HasV4 ? DecisionDiagram.True : isV6,
            _model.Cluster.HasV6 ? DecisionDiagram.True : isV4);
    }

    /// <summary>Nobody is both ends: a region of one address can't be that of both.</summary>
    private int AddressesDiffer()
    {
        var same = Diagram.And(Source.Region.Same(Destination.Region), Source.Region.Where(Regions.IsSingle));
        return Diagram.Not(same);
    }

    private int CanBeBackend(Service service, ServicePort port)
    {
        var isBackend = service.Backends switch
        {
            BackendSource.Endpoints endpoints => Diagram.And(
                Destination.Is(PartyKind.Endpoint), Contains(endpoints.Set, Destination)),
            BackendSource.Literal literal => literal.Backends.Where(backend => backend.Weight > 0)
                .Aggregate(DecisionDiagram.False, (result, backend) =>
                    Diagram.Or(result, Destination.Region.Is(Regions.Of(backend.Address)))),
            _ => throw new UnreachableException(),
        };
        var toTarget = port.Target switch
        {
            TargetPort.Number number => Traffic.Where(index => Classes[index].Example == Semantics.Traffic.To(port.Protocol, number.Port)),
            TargetPort.Named named => Diagram.And(PortNames[named.Name].Is(1), IsProtocol(port.Protocol)),
            _ => throw new UnreachableException(),
        };
        return Diagram.And(isBackend, toTarget);
    }

    /// <summary>The source may ask for the port: by an address of the service, by a node's, or by a load balancer's that is for the source.</summary>
    private int CanBeAsked(Service service, ServicePort port)
    {
        if (OutsideWay.NodePortOf(service, port) is not null)
        {
            return DecisionDiagram.True;
        }

        return service.LoadBalancers.Aggregate(HasAddressOfFamily(service), (asked, balancer) => Diagram.Or(asked, Diagram.And(
            balancer.Addresses.Aggregate(DecisionDiagram.False, (families, address) => Diagram.Or(families, IsFamily(Source, address.Family))),
            balancer.From is { } from ? Diagram.Minus(Contains(from, Source), Source.Is(PartyKind.Host)) : DecisionDiagram.True)));
    }

    private int Where(SymbolicParty party, Func<Address, bool> holds) => party.Region.Where(region => holds(Regions.First(region)));
}
