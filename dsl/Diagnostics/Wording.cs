using System.Diagnostics;
using System.Text;

namespace Netpol.Diagnostics;

/// <summary>Words and shapes that all renderings share.</summary>
internal static class Wording
{
    private const int LongestQuote = 60;

    public static string Of(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => throw new UnreachableException(),
    };

    /// <summary>Control characters and what moves text about on a terminal become `\u{…}`, so that one diagnostic stays one line.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == '\t')
            {
                line.Append(' ');
            }
            else if (Rune.IsControl(rune) || rune.Value is (>= 0x2028 and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F or 0x061C)
            {
                line.Append("\\u{").Append(rune.Value.ToString("x", System.Globalization.CultureInfo.InvariantCulture)).Append('}');
            }
            else
            {
                line.Append(rune.ToString());
            }
        }

        return line.ToString();
    }

    /// <summary>What the author wrote, cut short where it is long.</summary>
    public static string Quote(string written) =>
        written.Length <= LongestQuote ? written : string.Concat(written.AsSpan(0, LongestQuote - 1), "…");
}
