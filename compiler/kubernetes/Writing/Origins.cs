using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Writing;

/// <summary>Says in a comment where a declaration came from.</summary>
internal static class Origins
{
    /// <summary><c>NetworkPolicy shop/web of web.yaml:12</c></summary>
    public static string Of(ObjectMetadata metadata) =>
        $"{metadata} of {FileName(metadata.Source.Path)}:{metadata.Source.PositionOf(metadata.Span.Start).Line}";

    /// <summary>The object's own description where it has one, else where it came from.</summary>
    public static string DocumentationOf(ObjectMetadata metadata) => metadata.Description is { } description
        ? string.Join('\n', description.TrimEnd().ReplaceLineEndings("\n").Split('\n').Select(CommentText.Clean))
        : Of(metadata);

    /// <summary>Without folders, so that the text does not depend on where the import ran; a comment ends with its line.</summary>
    public static string FileName(string path) => CommentText.Clean(path[(path.LastIndexOf('/') + 1)..]);
}
