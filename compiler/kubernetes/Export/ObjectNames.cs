using System.Text;

namespace Netpol.Kubernetes.Export;

/// <summary>Names that the API server takes, each once for a kind and namespace: lower case, and a number where two would meet.</summary>
internal sealed class ObjectNames
{
    private const int LongestName = 63;

    private readonly HashSet<(string Kind, string Namespace, string Name)> _taken = [];

    public string Give(string kind, string @namespace, string name)
    {
        var tidy = Tidy(name);
        var free = tidy;
        for (var number = 2; !_taken.Add((kind, @namespace, free)); number++)
        {
            free = $"{tidy}-{number}";
        }

        return free;
    }

    private static string Tidy(string name)
    {
        var tidy = new StringBuilder();
        foreach (var letter in name.ToLowerInvariant())
        {
            // No `-` at the start and none beside another one.
            if (char.IsAsciiLetterOrDigit(letter))
            {
                tidy.Append(letter);
            }
            else if (tidy.Length > 0 && tidy[^1] != '-')
            {
                tidy.Append('-');
            }
        }

        var text = tidy.ToString();
        text = (text.Length > LongestName ? text[..LongestName] : text).TrimEnd('-');
        return text.Length == 0 ? "policy" : text;
    }
}
