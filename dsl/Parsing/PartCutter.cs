using System.Buffers;
using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>
/// Finds where a text can be cut so that the parts, each parsed alone, mean what they mean together, mistakes included: before a line that
/// can only begin a declaration, and before the comments that belong to it, outside of parentheses, comments and quotes. Braces that are
/// open there are closed by the declaration (<see cref="StatementCutter"/>).
/// </summary>
internal static class PartCutter
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\n\r\"/(){}");

    /// <summary>The end of the part that begins at <paramref name="start"/>, which must be 0 or such an end.</summary>
    public static int EndOf(string text, int start)
    {
        var open = new OpenParentheses();
        var (hasTokens, beginsLine, cut) = (false, true, -1);
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
                cut = cut < 0 && hasTokens && open.Count == 0 ? at : cut;
                continue;
            }

            if (c == '/' && at + 1 < text.Length && text[at + 1] is '/' or '*')
            {
                at = EndOfComment(text, at);
                continue;
            }

            if (beginsLine && cut >= 0 && BeginsDeclaration(text, at))
            {
                return cut;
            }

            open.Pass(c);
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

    // The word says it most times; whether it is a declaration is asked of the tokens of its line.
    private static bool BeginsDeclaration(string text, int at)
    {
        var length = 0;
        while (at + length < text.Length && Words.ContinuesWord(text[at + length]))
        {
            length++;
        }

        if (text.AsSpan(at, length) is not ("group" or "policy" or "service" or "ports" or "namespace" or "qos" or "test" or "assert" or "import"
            or "default" or "cluster" or "observe" or "scale"))
        {
            return false;
        }

        var end = text.AsSpan(at).IndexOfAny('\n', '\r');
        var line = Tokenizer.Tokenize(new SourceFile("", end < 0 ? text[at..] : text.Substring(at, end)));
        return !line.Tokens.IsEmpty && StatementCutter.BeginsDeclaration(line, 0);
    }

    /// <summary>
    /// Parentheses that may still be open, by the braces around them. Where the cutter of statements gives one up for lost this does not:
    /// nothing is cut then.
    /// </summary>
    private sealed class OpenParentheses
    {
        private readonly Stack<int> _outer = [];
        private int _here;

        public int Count { get; private set; }

        public void Pass(char c)
        {
            switch (c)
            {
                case '(':
                    (_here, Count) = (_here + 1, Count + 1);
                    break;
                case ')' when _here > 0:
                    (_here, Count) = (_here - 1, Count - 1);
                    break;
                case '{':
                    _outer.Push(_here);
                    _here = 0;
                    break;
                case '}':
                    // It ends the statement that it stands in, and what is open there.
                    Count -= _here;
                    _here = _outer.TryPop(out var around) ? around : 0;
                    break;
                default:
                    break;
            }
        }
    }
}
