namespace Netpol.Cni.Configuration;

/// <summary>Finds what was probably meant by a misspelled name.</summary>
internal static class ClosestName
{
    /// <summary>The candidate with the fewest edits, if they are few enough for the name's length; else null.</summary>
    public static string? Find(string name, IEnumerable<string> candidates) => candidates
        .Select(candidate => (Candidate: candidate, Edits: Edits(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
        .Where(entry => entry.Edits <= Math.Max(1, name.Length / 3))
        .OrderBy(entry => entry.Edits)
        .ThenBy(entry => entry.Candidate, StringComparer.Ordinal)
        .Select(entry => entry.Candidate)
        .FirstOrDefault();

    // Levenshtein's distance, one row at a time.
    private static int Edits(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j - 1], above) + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[right.Length];
    }
}
