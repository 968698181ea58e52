namespace Netpol.Diagnostics;

/// <summary>Finds the word that was probably meant.</summary>
public static class Spelling
{
    private const int LongestWord = 64;

    /// <summary>The nearest word within a third of the written one's length in edits; the first of equals; null if none is near.</summary>
    public static string? Nearest(string written, IEnumerable<string> words)
    {
        if (written.Length is 0 or > LongestWord)
        {
            return null;
        }

        var (best, distance) = ((string?)null, Math.Max(1, written.Length / 3) + 1);
        foreach (var word in words)
        {
            if (word.Length <= LongestWord && Math.Abs(word.Length - written.Length) < distance && Distance(written, word, distance) is var edits && edits < distance)
            {
                (best, distance) = (word, edits);
            }
        }

        return best;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one into the other.</summary>
    /// <param name="enough">A result as large as this may be less than the truth.</param>
    private static int Distance(string a, string b, int enough)
    {
        Span<int> before = stackalloc int[LongestWord + 1], last = stackalloc int[LongestWord + 1], row = stackalloc int[LongestWord + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        var leastBefore = 0;
        for (var i = 1; i <= a.Length; i++)
        {
            var least = row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }

                least = Math.Min(least, row[j]);
            }

            // Every later row grows from this one or, by a swap, from the last and one edit.
            if (least >= enough && leastBefore + 1 >= enough)
            {
                return enough;
            }

            leastBefore = least;
            var oldest = before;
            before = last;
            last = row;
            row = oldest;
        }

        return last[b.Length];
    }
}
