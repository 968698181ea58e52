using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics.Analysis;

namespace Netpol.Semantics.Graphs;

/// <summary>
/// Who may talk to whom, by the meaning of a model and not by the text of its rules. It is about everything there could be, as proofs are, and
/// says nothing of time: a limit is taken as not spent.
/// </summary>
/// <param name="Nodes">In the order in which the model names their sets.</param>
/// <param name="Edges">By their ends, in the order of the nodes.</param>
public sealed record PolicyGraph(ImmutableArray<GraphNode> Nodes, ImmutableArray<GraphEdge> Edges);

/// <summary>What the sets of a node hold.</summary>
public enum GraphNodeKind
{
    /// <summary>Nothing but endpoints.</summary>
    Endpoints,

    /// <summary>Nothing but nodes.</summary>
    Nodes,

    World,

    /// <summary>Addresses by their numbers, or a mixture.</summary>
    Addresses,

    Service,
}

/// <summary>Sets that are alike in all their edges.</summary>
/// <param name="Id"><c>n1</c>, <c>n2</c>, … by place in <see cref="PolicyGraph.Nodes"/>.</param>
/// <param name="Sets">At least one.</param>
public sealed record GraphNode(string Id, GraphNodeKind Kind, ImmutableArray<GraphSet> Sets);

/// <summary>A group, a set as a rule writes it, or a service.</summary>
/// <param name="Text">As the language writes it.</param>
/// <param name="Addresses">What it holds; null: a service.</param>
/// <param name="Origin">Where a group or service is declared; null for what has no name.</param>
public sealed record GraphSet(string Text, AddressSet? Addresses, Origin? Origin, string? Documentation);

/// <summary>What an edge stands for.</summary>
public enum GraphEdgeKind
{
    /// <summary>Connections that both ends allow: some of those to these ports, or all.</summary>
    Allowed,

    /// <summary>From a service to those to whom it gives its connections.</summary>
    Backends,
}

/// <summary>Connections from members of one node's sets to members of another's.</summary>
/// <param name="From">A place in <see cref="PolicyGraph.Nodes"/>.</param>
/// <param name="To">Likewise; the same as <paramref name="From"/> where members reach each other.</param>
/// <param name="Ports">Of the receiver, of a service its own; empty: every IP protocol.</param>
/// <param name="IsWhole">Every member of the one reaches every member of the other on all of the ports; else some do, on some.</param>
/// <param name="Egress">What lets them out; null where the sender has no policy, as it is no endpoint.</param>
/// <param name="Ingress">What lets them in; null where the receiver has no policy.</param>
public sealed record GraphEdge(
    int From, int To, GraphEdgeKind Kind, ImmutableArray<GraphPort> Ports, bool IsWhole, GraphCause? Egress, GraphCause? Ingress);

/// <summary>Ports that a receiver calls so, and kinds of packets.</summary>
/// <param name="Names">All of them are names that the receiver gives to the port; mostly none or one.</param>
/// <param name="Term">Null: every protocol with ports.</param>
public sealed record GraphPort(ImmutableArray<string> Names, TrafficTerm? Term)
{
    private string Name => string.Join(" and ", Names.Select(name => $"port {SetText.Name(name)}"));

    /// <param name="receiver">The endpoint whose names for ports count, if the receiver is one.</param>
    public bool Contains(Traffic traffic, IpFamily family, Endpoint? receiver) => (Term is null || Term.Contains(traffic, family))
        && Names.All(name => PortMatching.Match([new PortMatch.Named(name, null)], traffic, family, receiver));

    /// <summary>As after <c>on</c>, where the language has words for it.</summary>
    public override string ToString() => Term switch
    {
        null => Name,
        _ when Names.IsEmpty => Term.ToString(),
        TrafficTerm.Ports { First: 0, Last: ushort.MaxValue } => $"{Name}/{Term}",
        _ => $"{Name} on {Term}",
    };
}

/// <summary>Why connections are allowed at one end.</summary>
/// <param name="Rules">Those that decide some of them, by place.</param>
/// <param name="IsByDefault">Some are decided by no rule: no policy isolates the end, or it is the right of the node.</param>
public sealed record GraphCause(ImmutableArray<Rule> Rules, bool IsByDefault);
