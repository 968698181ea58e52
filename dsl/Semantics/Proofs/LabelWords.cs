namespace Netpol.Semantics.Proofs;

/// <summary>The values of a label as numbers: 0 absent, then the values asked for in order, last any other value.</summary>
internal static class LabelWords
{
    public const int Absent = 0;

    /// <summary>A value that stands for the number; null: the label is absent.</summary>
    public static string? Example(SortedSet<string> values, int index) =>
        index == Absent ? null : index <= values.Count ? values.ElementAt(index - 1) : Fresh("other", values.Contains);

    /// <summary>A word that is not among those taken.</summary>
    public static string Fresh(string word, Func<string, bool> isTaken)
    {
        var fresh = word;
        for (var number = 2; isTaken(fresh); number++)
        {
            fresh = $"{word}-{number}";
        }

        return fresh;
    }
}
