using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>
/// An attached container. Two endpoints are one only if they are the same object; an address belongs to one endpoint of
/// a universe at most.
/// </summary>
public sealed class Endpoint(
    string @namespace,
    IReadOnlyDictionary<string, string> namespaceLabels,
    IReadOnlyDictionary<string, string> labels,
    ImmutableArray<Address> addresses,
    ImmutableArray<NamedPort> ports,
    string? name = null,
    string node = "")
{
    /// <summary>The label by which Kubernetes gives every namespace its own name.</summary>
    public const string MetadataName = "kubernetes.io/metadata.name";

    public string Namespace { get; } = @namespace;

    /// <summary>
    /// The namespace's labels as given, and <see cref="MetadataName"/>. A namespace that the source declares has the
    /// declared ones instead (<see cref="Members.NamespaceLabels"/>).
    /// </summary>
    public IReadOnlyDictionary<string, string> NamespaceLabels { get; } =
        new Dictionary<string, string>(namespaceLabels, StringComparer.Ordinal) { [MetadataName] = @namespace };

    public IReadOnlyDictionary<string, string> Labels { get; } = labels;

    public ImmutableArray<Address> Addresses { get; } = addresses;

    /// <summary>The names it gives to its ports; a name may stand for several.</summary>
    public ImmutableArray<NamedPort> Ports { get; } = ports;

    /// <summary>What people call it; nothing depends on it.</summary>
    public string? Name { get; } = name;

    /// <summary>What DNS answered it, and still holds: addresses by names in lower case.</summary>
    public ImmutableArray<ResolvedName> Resolved { get; init; } = [];

    /// <summary>The <see cref="Semantics.Node.Name"/> of the node it runs on.</summary>
    public string Node { get; } = node;

    /// <summary>Its name, or <c>pod:namespace/key=value,key=value</c> with the keys in ordinal order.</summary>
    public override string ToString()
    {
        var labels = Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}");
        return Name ?? $"pod:{Namespace}/{string.Join(',', labels)}";
    }
}

/// <summary>A port of an endpoint that it calls by a name.</summary>
public readonly record struct NamedPort(string Name, Protocol Protocol, ushort Port);

/// <summary>An address that an answer gave for a name, CNAMEs or not.</summary>
/// <param name="Name">The name that was asked for, in lower case, without a dot at the end.</param>
public readonly record struct ResolvedName(string Name, Address Address)
{
    /// <summary>Is the name one that a pattern of <c>dns</c> means?</summary>
    public static bool Matches(string pattern, string name) => Glob.Matches(pattern, name, '.');
}
