using System.Buffers;

namespace Netpol.Parsing;

/// <summary>
/// Finds where a text can be cut so that the parts, each parsed alone, mean what they mean together: before the lines of a declaration,
/// and of the comments that belong to it, outside of brackets, comments and quotes. It reads no more of the language than that;
/// whether a part stands alone is checked by parsing it (<see cref="NetpolParser.ParsePart"/>).
/// </summary>
internal static class PartCutter
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\n\r\"/(){}");

    /// <summary>The end of the part that begins at <paramref name="start"/>, which must be 0 or such an end.</summary>
    public static int EndOf(string text, int start)
    {
        var (depth, hasTokens, beginsLine, cut) = (0, false, true, -1);
        for (var at = start; at < text.Length;)
        {
            var c = text[at];
            if (c is ' ' or '\t')
            {
                at++;
                continue;
            }

            if (c is '\n' or '\r')
            {
                at += c == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? 2 : 1;
                beginsLine = true;
                // The comments of the next declaration come before it, so the cut is before them.
                cut = cut < 0 && hasTokens && depth == 0 ? at : cut;
                continue;
            }

            if (c == '/' && at + 1 < text.Length && text[at + 1] is '/' or '*')
            {
                at = EndOfComment(text, at);
                continue;
            }

            if (beginsLine && cut >= 0 && BeginsDeclaration(text.AsSpan(at)))
            {
                return cut;
            }

            depth = c is '(' or '{' ? depth + 1 : c is ')' or '}' ? Math.Max(0, depth - 1) : depth;
            at = c == '"' ? EndOfQuoted(text, at) : EndOfOther(text, at);
            (hasTokens, beginsLine, cut) = (true, false, -1);
        }

        return text.Length;
    }

    private static int EndOfOther(string text, int at)
    {
        var length = text.AsSpan(at + 1).IndexOfAny(Special);
        return length < 0 ? text.Length : at + 1 + length;
    }

    private static int EndOfComment(string text, int at)
    {
        if (text[at + 1] == '*')
        {
            var close = text.IndexOf("*/", at + 2, StringComparison.Ordinal);
            return close < 0 ? text.Length : close + 2;
        }

        var length = text.AsSpan(at).IndexOfAny('\n', '\r');
        return length < 0 ? text.Length : at + length;
    }

    private static int EndOfQuoted(string text, int at)
    {
        for (at++; at < text.Length && text[at] is not ('\n' or '\r'); at++)
        {
            if (text[at] == '"')
            {
                return at + 1;
            }

            at += text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '"' or '\\' ? 1 : 0;
        }

        return at;
    }

    private static bool BeginsDeclaration(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && Words.ContinuesWord(text[length]))
        {
            length++;
        }

        return text[..length] is "group" or "policy" or "service" or "ports" or "namespace" or "qos" or "test" or "assert" or "import"
            or "default" or "cluster" or "observe" or "scale";
    }
}
