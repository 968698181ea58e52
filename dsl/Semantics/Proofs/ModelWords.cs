using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>The words of a model as numbers: values of the variables that stand for an end or a packet of a connection.</summary>
internal sealed class ModelWords
{
    private readonly Dictionary<string, int> _namespaces;
    private readonly Dictionary<(string Key, string Value), int> _labels;
    private readonly Dictionary<(string Key, string Value), int> _namespaceLabels;

    public ModelWords(NetworkModel model, AddressKinds kinds)
    {
        Vocabulary = new Vocabulary(model, kinds);
        Regions = new AddressRegions(Vocabulary.Prefixes);
        Classes = new TrafficClasses(Vocabulary);
        DnsNames = DnsNames.Of(Vocabulary.DnsPatterns);
        Namespaces = [.. Vocabulary.Namespaces];
        _namespaces = Namespaces.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index, StringComparer.Ordinal);
        (_labels, _namespaceLabels) = (Numbers(Vocabulary.Labels), Numbers(Vocabulary.NamespaceLabels));
    }

    public Vocabulary Vocabulary { get; }

    public AddressRegions Regions { get; }

    public TrafficClasses Classes { get; }

    public DnsNames DnsNames { get; }

    /// <summary>The known names; the number behind them is any other namespace.</summary>
    public ImmutableArray<string> Namespaces { get; }

    public int NamespaceNumber(string name) => _namespaces[name];

    public int LabelNumber(string key, string value) => _labels[(key, value)];

    public int NamespaceLabelNumber(string key, string value) => _namespaceLabels[(key, value)];

    /// <summary>Of a value that need not be known: then the number of all others.</summary>
    public int AnyLabelNumber(string key, string value) => _labels.GetValueOrDefault((key, value), Vocabulary.Labels[key].Count + 1);

    /// <inheritdoc cref="AnyLabelNumber"/>
    public int AnyNamespaceLabelNumber(string key, string value) =>
        _namespaceLabels.GetValueOrDefault((key, value), Vocabulary.NamespaceLabels[key].Count + 1);

    private static Dictionary<(string Key, string Value), int> Numbers(IReadOnlyDictionary<string, SortedSet<string>> words) =>
        words.SelectMany(word => word.Value.Select((value, index) => (word.Key, value, index)))
            .ToDictionary(word => (word.Key, word.value), word => word.index + 1);
}
