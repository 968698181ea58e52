using System.Collections.Immutable;
using Netpol.Text;

namespace Netpol.Kubernetes.Objects;

/// <summary>Who an object is and where it was read.</summary>
/// <param name="Namespace">Filled in where the file leaves it out; empty for objects that have none.</param>
/// <param name="Span">Of the object's name.</param>
internal sealed record ObjectMetadata(
    string Kind, string Namespace, string Name, ImmutableSortedDictionary<string, string> Labels, SourceFile Source, TextSpan Span)
{
    /// <summary>The annotation <c>kubernetes.io/description</c>: what the object is for, in words; null where there is none.</summary>
    public string? Description { get; init; }

    /// <summary><c>shop/web</c>, or the bare name where there is no namespace.</summary>
    public string FullName => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";

    /// <summary><c>NetworkPolicy shop/web</c></summary>
    public override string ToString() => $"{Kind} {FullName}";
}
