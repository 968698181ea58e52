using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>One request on an inspected connection.</summary>
/// <param name="Path">Without query.</param>
/// <param name="Headers">By names in lower case.</param>
public sealed record HttpRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The one request that a line of a test names.</summary>
    public static HttpRequest Of(HttpMatch named) => new(
        named.Method ?? "GET", named.Path, named.Headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.Ordinal));

    public bool Matches(HttpMatch match) =>
        (match.Method is null || match.Method == Method)
        && Glob.Matches(match.Path, Path, '/')
        && match.Headers.All(header => Headers.TryGetValue(header.Name, out var value) && value == header.Value);
}
