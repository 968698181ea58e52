using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>
/// Everything that the rules of one direction could be asked, under one model or several: an endpoint being judged, its peer, whether
/// both are in one namespace, and what the connection carries. The variables come in this order, so that a function cut between
/// them falls apart into products of sets. How the parts depend on each other is not in the functions but in <see cref="JudgementConstraints"/>.
/// </summary>
internal sealed class JudgementSpace
{
    private readonly Dictionary<PortMatch, int> _onPorts = [];

    public JudgementSpace(ImmutableArray<NetworkModel> models)
    {
        Models = models;
        Kinds = [.. models.Select(model => new AddressKinds(model))];
        var joined = Joined(models);
        Words = new ModelWords(joined, new AddressKinds(joined));
        Ways = ServiceWay.Of(models);

        Self = SymbolicParty.AnyEndpoint(Diagram, Words);
        PeerStart = Diagram.VariableCount;
        Peer = SymbolicParty.Anybody(Diagram, Words);
        RelationStart = Diagram.VariableCount;
        Relation = Choice.Of(Diagram, 2);
        TrafficStart = Diagram.VariableCount;
        Traffic = Choice.Of(Diagram, Words.Classes.Count);
        NamesStart = Diagram.VariableCount;
        PortNames = Words.Vocabulary.PortNames.ToDictionary(name => name, _ => Choice.Of(Diagram, 2), StringComparer.Ordinal);
        ViaStart = Diagram.VariableCount;
        Via = Choice.Of(Diagram, Ways.Length + 1);
        SameNamespace = Relation.Is(1);

        SelfSets = [.. models.Zip(Kinds, (model, kinds) => new SymbolicSets(Diagram, Words, Self, model, kinds, DecisionDiagram.True, _ => DecisionDiagram.False))];
        PeerSets = [.. models.Zip(Kinds, (model, kinds) => new SymbolicSets(Diagram, Words, Peer, model, kinds, SameNamespace, _ => DecisionDiagram.False))];
    }

    public DecisionDiagram Diagram { get; } = new();

    public ImmutableArray<NetworkModel> Models { get; }

    /// <summary>By model.</summary>
    public ImmutableArray<AddressKinds> Kinds { get; }

    public ModelWords Words { get; }

    /// <summary>The endpoint being judged: the source for egress, the receiver for ingress.</summary>
    public SymbolicParty Self { get; }

    public SymbolicParty Peer { get; }

    /// <summary>1 where the peer is an endpoint of the judged one's namespace.</summary>
    public Choice Relation { get; }

    public int SameNamespace { get; }

    /// <summary>After translation.</summary>
    public Choice Traffic { get; }

    /// <summary>The receiver calls the packet's port by the name.</summary>
    public IReadOnlyDictionary<string, Choice> PortNames { get; }

    /// <summary>0 where no service translated, else the number of the way, from 1.</summary>
    public Choice Via { get; }

    /// <summary>The ports of services that some rule asks for and every model has.</summary>
    public ImmutableArray<ServiceWay> Ways { get; }

    /// <summary>Membership of the judged endpoint, by model.</summary>
    public ImmutableArray<SymbolicSets> SelfSets { get; }

    /// <summary>Membership of the peer, by model.</summary>
    public ImmutableArray<SymbolicSets> PeerSets { get; }

    /// <summary>The first variable of the peer.</summary>
    public int PeerStart { get; }

    public int RelationStart { get; }

    public int TrafficStart { get; }

    public int NamesStart { get; }

    public int ViaStart { get; }

    /// <summary>What the rules of a model ask.</summary>
    public RuleQuestions Questions(int model, Direction direction) => new(
        direction,
        Diagram,
        SelfSets[model].Contains,
        PeerSets[model].Contains,
        OnPorts,
        (service, ports) => Via.Where(way => way > 0 && Ways[way - 1].Service == service && PortMatching.MatchService(ports, Ways[way - 1].Ports[model].Port)),
        Peer.Is(PartyKind.Host),
        judgements => Diagram.Exists(judgements, PeerStart, Diagram.VariableCount));

    /// <summary>Packets that an <c>on</c> means at their receiver, when no service is asked for.</summary>
    public int OnPorts(ImmutableArray<PortMatch> ports)
    {
        if (ports.IsEmpty)
        {
            return DecisionDiagram.True;
        }

        var result = DecisionDiagram.False;
        foreach (var port in ports)
        {
            if (!_onPorts.TryGetValue(port, out var matching))
            {
                _onPorts.Add(port, matching = port is PortMatch.Named named
                    ? Diagram.And(PortNames[named.Name].Is(1), named.Protocol is { } protocol ? OfProtocol(protocol) : DecisionDiagram.True)
                    : Words.Classes.Matching(Traffic, port));
            }

            result = Diagram.Or(result, matching);
        }

        return result;
    }

    public int OfProtocol(Protocol protocol) => Traffic.Where(index => Words.Classes[index] is TrafficClass.Ports ports && ports.Protocol == protocol);

    public int IsFamily(IpFamily family) => family == IpFamily.V4
        ? Peer.Region.Range(0, Words.Regions.FirstV6 - 1)
        : Peer.Region.Range(Words.Regions.FirstV6, Words.Regions.Count - 1);

    // Only for its words: what it declares twice means nothing.
    private static NetworkModel Joined(ImmutableArray<NetworkModel> models) => NetworkModel.Empty with
    {
        Cluster = new(
            [.. models.SelectMany(model => model.Cluster.PodRanges)],
            [.. models.SelectMany(model => model.Cluster.NodeRanges)],
            [.. models.SelectMany(model => model.Cluster.ServiceRanges)],
            true,
            true),
        Namespaces = [.. models.SelectMany(model => model.Namespaces)],
        Policies = [.. models.SelectMany(model => model.Policies)],
        Services = [.. models.SelectMany(model => model.Services)],
        Assumptions = [.. models.SelectMany(model => model.Assumptions)],
        Qos = [.. models.SelectMany(model => model.Qos)],
    };
}
