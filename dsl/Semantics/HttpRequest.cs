using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>One request on an inspected connection.</summary>
/// <param name="Path">Without query.</param>
/// <param name="Headers">By names in lower case.</param>
public sealed record HttpRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    public bool Matches(HttpMatch match) =>
        (match.Method is null || match.Method == Method)
        && Matches(match.Path, Path)
        && match.Headers.All(header => Headers.TryGetValue(header.Name, out var value) && value == header.Value);

    /// <summary>By the pattern's first character: a literal one, <c>*</c> or <c>**</c>, which stand for nothing or one more.</summary>
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        if (pattern.IsEmpty)
        {
            return path.IsEmpty;
        }

        if (pattern[0] != '*')
        {
            return !path.IsEmpty && pattern[0] == path[0] && Matches(pattern[1..], path[1..]);
        }

        var isDeep = pattern.StartsWith("**");
        var rest = pattern[(isDeep ? 2 : 1)..];
        for (var length = 0; ; length++)
        {
            if (Matches(rest, path[length..]))
            {
                return true;
            }

            if (length == path.Length || (!isDeep && path[length] == '/'))
            {
                return false;
            }
        }
    }
}
