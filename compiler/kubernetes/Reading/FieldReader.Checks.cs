using Netpol.Kubernetes.Yaml;

namespace Netpol.Kubernetes.Reading;

/// <content>What the schemas of custom resources ask of fields: bounds, enumerations, exactly one of some, lengths of lists.</content>
internal sealed partial class FieldReader
{
    /// <summary>A whole number that must be there and in bounds; null with a diagnostic where it is not.</summary>
    public long? RequiredInteger(string field, long least, long most)
    {
        if (!Has(field))
        {
            log.Report(ImportDiagnostics.Missing, Span, PathOf(field));
            return null;
        }

        if (Integer(field) is not { } number)
        {
            return null;
        }

        if (number < least || number > most)
        {
            log.Report(ImportDiagnostics.Invalid, SpanOf(field), PathOf(field), $"`{number}` is not in {least} to {most}");
            return null;
        }

        return number;
    }

    /// <summary>What a word stands for, where one of some must be there; null with a diagnostic for none and for others.</summary>
    public T? Choice<T>(string field, params ReadOnlySpan<(string Word, T Value)> choices)
        where T : struct
    {
        if (!Has(field))
        {
            log.Report(ImportDiagnostics.Missing, Span, PathOf(field));
            return null;
        }

        if (Text(field) is not { } word)
        {
            return null;
        }

        var words = new List<string>();
        foreach (var choice in choices)
        {
            if (choice.Word == word)
            {
                return choice.Value;
            }

            words.Add(choice.Word);
        }

        log.Report(ImportDiagnostics.Invalid, SpanOf(field), PathOf(field), $"`{word}` is none of {Listed(words)}");
        return null;
    }

    /// <summary>Which of some fields is there, where exactly one must be; null with a diagnostic for none and for several.</summary>
    public string? OnlyOne(params ReadOnlySpan<string> fields)
    {
        var given = new List<string>();
        var words = new List<string>();
        foreach (var field in fields)
        {
            words.Add($"`{field}`");
            if (Has(field))
            {
                given.Add(field);
            }
        }

        if (given is [var only])
        {
            return only;
        }

        // What stands there instead is reported by Close.
        if (given.Count > 0 || mapping.Entries.All(entry => _known.Contains(entry.Key.Text)))
        {
            log.Report(
                ImportDiagnostics.Invalid, given.Count > 0 ? SpanOf(given[1]) : Span, path,
                words.Count == 1 ? $"needs {words[0]}" : $"needs exactly one of {Listed(words)}");
        }

        return null;
    }

    /// <summary>Reports a list that is too short or too long; one that must have items must be there.</summary>
    public void CheckCount(string field, int least, int most)
    {
        if (!Has(field))
        {
            if (least > 0)
            {
                log.Report(ImportDiagnostics.Missing, Span, PathOf(field));
            }
        }
        else if (Node(field) is YamlNode.Sequence sequence && (sequence.Items.Length < least || sequence.Items.Length > most))
        {
            log.Report(
                ImportDiagnostics.Invalid, sequence.Span, PathOf(field),
                sequence.Items.Length < least ? "needs at least one entry" : $"has {sequence.Items.Length} entries; {most} is the most");
        }
    }

    private static string Listed(List<string> words) =>
        words.Count == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}";
}
