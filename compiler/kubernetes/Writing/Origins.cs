using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Writing;

/// <summary>Says in a comment where a declaration came from.</summary>
internal static class Origins
{
    /// <summary><c>NetworkPolicy shop/web of web.yaml:12</c></summary>
    public static string Of(ObjectMetadata metadata) =>
        $"{metadata} of {OneLine(metadata.Source.Path)}:{metadata.Source.PositionOf(metadata.Span.Start).Line}";

    /// <summary>A file's name may hold anything; a comment ends with its line.</summary>
    public static string OneLine(string path) => string.Concat(path.Select(letter => char.IsControl(letter) || letter is '\u2028' or '\u2029' ? '?' : letter));
}
