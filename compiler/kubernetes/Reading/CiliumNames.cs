using System.Text.RegularExpressions;

namespace Netpol.Kubernetes.Reading;

/// <summary>Names and patterns of <c>toFQDNs</c> as patterns of <c>dns</c>.</summary>
internal static partial class CiliumNames
{
    /// <summary>
    /// "`*` matches 0 or more DNS valid characters, and may occur anywhere in the pattern", but no dot, so it stays within a label here too;
    /// "`*` alone matches all names", and "`**.` prefix matches multilevel subdomains".
    /// </summary>
    /// <returns>Null where it is none.</returns>
    public static string? PatternOf(string text, bool isPattern)
    {
        var name = text.Trim().TrimEnd('.').ToLowerInvariant();
        return isPattern && name is ("*" or "**") ? "**"
            : (isPattern ? Pattern() : Name()).IsMatch(name) && Names.FitsDns(name) ? name
            : null;
    }

    [GeneratedRegex(@"\A[-a-z0-9_]+(\.[-a-z0-9_]+)*\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A(\*\*\.)?[-a-z0-9_*]+(\.[-a-z0-9_*]+)*\z")]
    private static partial Regex Pattern();
}
