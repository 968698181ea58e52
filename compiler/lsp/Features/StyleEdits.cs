using Netpol.Formatting;
using Netpol.Lsp.Protocol;
using Netpol.Lsp.Workspace;
using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Lsp.Features;

/// <summary>The one style. A file with mistakes is left as it is.</summary>
internal static class StyleEdits
{
    public static TextEdit[] Of(SourceFile source)
    {
        var (unit, diagnostics) = NetpolParser.Parse(source);
        if (!diagnostics.IsEmpty)
        {
            return [];
        }

        var (before, after) = (source.Text, NetpolFormatter.Print(unit));
        var start = SameAtStart(before, after);
        var end = SameAtEnd(before, after, start);
        return start == before.Length && before.Length == after.Length
            ? []
            : [new TextEdit(Places.Of(source, TextSpan.FromBounds(start, before.Length - end)), after[start..^end])];
    }

    // Whole lines, so that what is replaced begins and ends where a person would cut.
    private static int SameAtStart(string before, string after)
    {
        var length = before.AsSpan().CommonPrefixLength(after);
        return length == before.Length && length == after.Length ? length : before.AsSpan(0, length).LastIndexOf('\n') + 1;
    }

    private static int SameAtEnd(string before, string after, int start)
    {
        var length = 0;
        var most = Math.Min(before.Length, after.Length) - start;
        while (length < most && before[^(length + 1)] == after[^(length + 1)])
        {
            length++;
        }

        // Behind the first line break in it; a part of a line would be no whole one.
        var line = before.AsSpan(before.Length - length).IndexOf('\n');
        return line < 0 ? 0 : length - line - 1;
    }
}
