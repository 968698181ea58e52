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

    /// <summary>Labels of an endpoint as an assignment has them; a key that it leaves out is absent.</summary>
    public static Dictionary<string, string> ExamplesOf(
        IReadOnlyDictionary<string, Choice> choices, IReadOnlyDictionary<string, SortedSet<string>> words, bool[] assignment)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, choice) in choices)
        {
            if (Example(words[key], choice.Value(assignment)) is { } value)
            {
                labels.Add(key, value);
            }
        }

        return labels;
    }
}
