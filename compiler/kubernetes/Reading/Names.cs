using System.Text.RegularExpressions;

namespace Netpol.Kubernetes.Reading;

/// <summary>The API server's rules for names, labels and ports; each gives what is wrong in words, or null.</summary>
internal static partial class Names
{
    private const int LongestLabel = 63;
    private const int LongestSubdomain = 253;
    private const int LongestPortName = 15;

    /// <summary>RFC 1123 label: names of namespaces and services.</summary>
    public static string? LabelMistake(string name) =>
        name.Length <= LongestLabel && DnsLabel().IsMatch(name) ? null
        : $"`{name}` is no name of at most {LongestLabel} lower-case letters, digits and `-` that begins and ends with a letter or digit";

    /// <summary>RFC 1123 subdomain: names of most objects.</summary>
    public static string? SubdomainMistake(string name) =>
        name.Length <= LongestSubdomain && DnsSubdomain().IsMatch(name) ? null
        : $"`{name}` is no name of at most {LongestSubdomain} lower-case letters, digits, `-` and `.` whose parts begin and end with a letter or digit";

    /// <summary>RFC 1035, 2.3.4: what DNS answers for, stars of a pattern counted as letters.</summary>
    public static bool FitsDns(string name) => name.Length <= LongestSubdomain && name.Split('.').All(label => label.Length is > 0 and <= LongestLabel);

    /// <summary>A qualified name: <c>app</c>, <c>example.com/app</c>.</summary>
    public static string? LabelKeyMistake(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var name = key[(slash + 1)..];
        var isRight = name.Length is > 0 and <= LongestLabel && LabelText().IsMatch(name)
            && (slash < 0 || SubdomainMistake(key[..slash]) is null);
        return isRight ? null : $"`{key}` is no label key: it takes the form `name` or `example.com/name`";
    }

    public static string? LabelValueMistake(string value) =>
        value.Length == 0 || (value.Length <= LongestLabel && LabelText().IsMatch(value)) ? null
        : $"`{value}` is no label value: at most {LongestLabel} letters, digits, `-`, `_` and `.` that begin and end with a letter or digit";

    /// <summary>An IANA service name.</summary>
    public static string? PortNameMistake(string name) =>
        name.Length is > 0 and <= LongestPortName && PortName().IsMatch(name) && name.Any(char.IsAsciiLetterLower)
            && !name.Contains("--", StringComparison.Ordinal) ? null
        : $"`{name}` is no port name: at most {LongestPortName} lower-case letters, digits and single `-`, with at least one letter";

    public static string? PortNumberMistake(long number) =>
        number is >= 1 and <= ushort.MaxValue ? null : $"`{number}` is no port: 1 to 65535";

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex DnsSubdomain();

    [GeneratedRegex(@"\A[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\z")]
    private static partial Regex LabelText();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex PortName();
}
