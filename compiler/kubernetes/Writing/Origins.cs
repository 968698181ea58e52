using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Writing;

/// <summary>Says in a comment where a declaration came from.</summary>
internal static class Origins
{
    /// <summary><c>NetworkPolicy shop/web of web.yaml:12</c></summary>
    public static string Of(ObjectMetadata metadata) =>
        $"{metadata} of {metadata.Source.Path}:{metadata.Source.PositionOf(metadata.Span.Start).Line}";
}
