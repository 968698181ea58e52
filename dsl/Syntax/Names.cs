using System.Collections.Frozen;
using System.Text;

namespace Netpol.Syntax;

/// <summary>Which names may stand bare and which need quotes.</summary>
public static class Names
{
    /// <summary>Words that are never names unless quoted.</summary>
    public static FrozenSet<string> Reserved { get; } = new[]
    {
        "any", "world", "host", "nodes", "pods", "pod", "cidr", "dns", "service", "and", "or", "not", "has", "in", "where", "from",
        "to", "on", "for", "except",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Words that begin statements and ports. They may be names, and quoted they cannot be taken for anything else.
    private static readonly FrozenSet<string> Keywords = new[]
    {
        "policy", "ingress", "egress", "namespace", "cluster", "qos", "observe", "scale", "test", "group", "ports", "import", "default",
        "assert", "assume", "allow", "deny", "reject", "pass", "tcp", "udp", "sctp", "icmp", "icmpv6", "port", "http", "log", "limit", "per",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>ASCII, from a letter or `_` to a letter, digit or `_`, with `-` and `.` between; not reserved.</summary>
    public static bool IsBare(string name) =>
        name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_')
        && (char.IsAsciiLetterOrDigit(name[^1]) || name[^1] == '_')
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
        && !Reserved.Contains(name);

    /// <summary>The name as it is written in a file.</summary>
    public static string Written(string name) => IsBare(name) && !Keywords.Contains(name) ? name : Quoted(name);

    /// <summary>The same behind a word that only a name can follow, such as <c>port http</c>.</summary>
    public static string WrittenBehindWord(string name) => IsBare(name) ? name : Quoted(name);

    public static string Quoted(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\')
            {
                quoted.Append('\\');
            }

            quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
