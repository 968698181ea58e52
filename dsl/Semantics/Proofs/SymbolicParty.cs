using System.Collections.Immutable;

namespace Netpol.Semantics.Proofs;

/// <summary>What one end of a symbolic connection may be.</summary>
internal enum PartyKind
{
    /// <summary>An attached container with any labels, in any namespace.</summary>
    Endpoint,

    /// <summary>The node of the endpoint at the other end, speaking for itself.</summary>
    Host,

    /// <summary>Another node, or one that forwards under its own address.</summary>
    OtherNode,

    /// <summary>An address that no endpoint and no node is known to have.</summary>
    Bare,
}

/// <summary>
/// One end of a connection about which nothing is known yet: a variable for each word that a rule could ask of it.
/// </summary>
/// <param name="Kind">A <see cref="PartyKind"/>.</param>
/// <param name="Namespace">The index of a known name; the last value is any other name.</param>
/// <param name="Labels">By key: 0 absent, then the values asked for in order, the last is any other value.</param>
/// <param name="NamespaceLabels">Likewise.</param>
/// <param name="Region">The index of its address' region.</param>
internal sealed record SymbolicParty(
    Choice Kind,
    Choice Namespace,
    IReadOnlyDictionary<string, Choice> Labels,
    IReadOnlyDictionary<string, Choice> NamespaceLabels,
    Choice Region)
{
    private static readonly int Kinds = Enum.GetValues<PartyKind>().Length;

    /// <summary>By pattern of <c>dns</c>: an answer to a name that matches gave its address to who opens the connection. Empty where nobody asks.</summary>
    public IReadOnlyDictionary<string, Choice> Answered { get; init; } = ImmutableDictionary<string, Choice>.Empty;

    /// <summary>In the order of their variables.</summary>
    public IEnumerable<Choice> Choices => [Kind, .. Answered.Values, Namespace, .. NamespaceLabels.Values, .. Labels.Values, Region];

    public int Is(PartyKind kind) => Kind.Is((int)kind);

    /// <summary>Someone at an address, with variables next to each other.</summary>
    public static SymbolicParty Anybody(DecisionDiagram diagram, ModelWords words) => Of(diagram, words, Kinds, words.Regions.Count);

    /// <summary>An endpoint: what it is and where its address is has one value only.</summary>
    public static SymbolicParty AnyEndpoint(DecisionDiagram diagram, ModelWords words) => Of(diagram, words, kinds: 1, regions: 1);

    /// <summary>
    /// Both ends of a connection. Their variables alternate, since rules relate like to like: label to label, namespace
    /// to namespace; far apart, a rule set over one key would need a graph of the square of its values.
    /// </summary>
    public static (SymbolicParty Source, SymbolicParty Destination) Pair(DecisionDiagram diagram, Vocabulary vocabulary, int regions)
    {
        var kind = Choice.Pair(diagram, Kinds);
        var @namespace = Choice.Pair(diagram, vocabulary.Namespaces.Count + 1);
        var labels = Pairs(diagram, vocabulary.Labels);
        var namespaceLabels = Pairs(diagram, vocabulary.NamespaceLabels);
        var region = Choice.Pair(diagram, regions);
        return (
            new(kind.First, @namespace.First, labels.First, namespaceLabels.First, region.First),
            new(kind.Second, @namespace.Second, labels.Second, namespaceLabels.Second, region.Second) { Answered = AnsweredOf(diagram, vocabulary) });
    }

    private static SymbolicParty Of(DecisionDiagram diagram, ModelWords words, int kinds, int regions)
    {
        var kind = Choice.Of(diagram, kinds);
        var answered = kinds == 1 ? [] : AnsweredOf(diagram, words.Vocabulary);
        var @namespace = Choice.Of(diagram, words.Namespaces.Length + 1);
        var namespaceLabels = Singles(diagram, words.Vocabulary.NamespaceLabels);
        var labels = Singles(diagram, words.Vocabulary.Labels);
        return new(kind, @namespace, labels, namespaceLabels, Choice.Of(diagram, regions)) { Answered = answered };
    }

    private static Dictionary<string, Choice> AnsweredOf(DecisionDiagram diagram, Vocabulary vocabulary) =>
        vocabulary.DnsPatterns.ToDictionary(pattern => pattern, _ => Choice.Of(diagram, 2), StringComparer.Ordinal);

    private static Dictionary<string, Choice> Singles(DecisionDiagram diagram, IReadOnlyDictionary<string, SortedSet<string>> keys) =>
        keys.ToDictionary(key => key.Key, key => Choice.Of(diagram, key.Value.Count + 2), StringComparer.Ordinal);

    private static (IReadOnlyDictionary<string, Choice> First, IReadOnlyDictionary<string, Choice> Second) Pairs(
        DecisionDiagram diagram, IReadOnlyDictionary<string, SortedSet<string>> keys)
    {
        var (first, second) = (new Dictionary<string, Choice>(StringComparer.Ordinal), new Dictionary<string, Choice>(StringComparer.Ordinal));
        foreach (var (key, values) in keys)
        {
            (first[key], second[key]) = Choice.Pair(diagram, values.Count + 2);
        }

        return (first, second);
    }
}
