namespace Netpol.Semantics;

/// <summary>Patterns in which <c>*</c> stands for anything within one part of a text, and <c>**</c> for anything at all.</summary>
internal static class Glob
{
    /// <param name="separator">What the parts of the text lie between: a slash in paths, a dot in names.</param>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, char separator)
    {
        // By the pattern's first character: a literal one, or a star, which stands for nothing or one more.
        if (pattern.IsEmpty)
        {
            return text.IsEmpty;
        }

        if (pattern[0] != '*')
        {
            return !text.IsEmpty && pattern[0] == text[0] && Matches(pattern[1..], text[1..], separator);
        }

        var isDeep = pattern.StartsWith("**");
        var rest = pattern[(isDeep ? 2 : 1)..];
        for (var length = 0; ; length++)
        {
            if (Matches(rest, text[length..], separator))
            {
                return true;
            }

            if (length == text.Length || (!isDeep && text[length] == separator))
            {
                return false;
            }
        }
    }
}
