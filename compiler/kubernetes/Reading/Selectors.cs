using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Reading;

/// <summary>Reads label selectors, with the checks of the API server.</summary>
internal static class Selectors
{
    /// <summary>A <c>LabelSelector</c>: <c>matchLabels</c> and <c>matchExpressions</c>.</summary>
    /// <param name="mistakeInKey">What is wrong with a key, or null; the API server's rules where it is not given.</param>
    public static LabelSelector Read(FieldReader fields, Func<string, string?>? mistakeInKey = null)
    {
        mistakeInKey ??= Names.LabelKeyMistake;
        var requirements = ReadMap(fields, "matchLabels", mistakeInKey).Requirements.ToBuilder();
        requirements.AddRange(fields.Mappings("matchExpressions").Select(item => ReadRequirement(item, mistakeInKey)).OfType<LabelRequirement>());

        fields.Close();
        return new LabelSelector([.. requirements.DistinctBy(Identity)]);
    }

    /// <summary>A plain map of labels, each of which must be there: <c>matchLabels</c>, and the selector of a Service.</summary>
    public static LabelSelector ReadMap(FieldReader fields, string field) => ReadMap(fields, field, Names.LabelKeyMistake);

    private static LabelSelector ReadMap(FieldReader fields, string field, Func<string, string?> mistakeInKey)
    {
        var requirements = ImmutableArray.CreateBuilder<LabelRequirement>();
        foreach (var (key, value, span) in fields.TextMap(field))
        {
            if (mistakeInKey(key.Text) is { } keyMistake)
            {
                fields.Log.Report(ImportDiagnostics.Invalid, key.Span, fields.PathOf(field), keyMistake);
            }
            else if (Names.LabelValueMistake(value) is { } valueMistake)
            {
                fields.Log.Report(ImportDiagnostics.Invalid, span, fields.PathOf(field), valueMistake);
            }
            else
            {
                requirements.Add(new LabelRequirement(key.Text, LabelOperator.In, [value]));
            }
        }

        return new LabelSelector(requirements.ToImmutable());
    }

    private static LabelRequirement? ReadRequirement(FieldReader fields, Func<string, string?> mistakeInKey)
    {
        var key = fields.Text("key");
        var word = fields.Text("operator");
        var values = fields.Texts("values");
        var valuesSpan = fields.SpanOf("values");
        fields.Close();
        if (key is null || word is null)
        {
            fields.Log.Report(ImportDiagnostics.Missing, fields.Span, fields.PathOf(key is null ? "key" : "operator"));
            return null;
        }

        if (mistakeInKey(key) is { } keyMistake)
        {
            fields.Log.Report(ImportDiagnostics.Invalid, fields.SpanOf("key"), fields.PathOf("key"), keyMistake);
            return null;
        }

        foreach (var (value, span) in values)
        {
            if (Names.LabelValueMistake(value) is { } valueMistake)
            {
                fields.Log.Report(ImportDiagnostics.Invalid, span, fields.PathOf("values"), valueMistake);
                return null;
            }
        }

        LabelOperator? known = word switch
        {
            "In" => LabelOperator.In,
            "NotIn" => LabelOperator.NotIn,
            "Exists" => LabelOperator.Exists,
            "DoesNotExist" => LabelOperator.DoesNotExist,
            _ => null,
        };
        if (known is not { } @operator)
        {
            fields.Log.Report(
                ImportDiagnostics.Invalid, fields.SpanOf("operator"), fields.PathOf("operator"),
                $"`{word}` is no operator: In, NotIn, Exists or DoesNotExist");
            return null;
        }

        var takesValues = @operator is LabelOperator.In or LabelOperator.NotIn;
        if (takesValues == values.IsEmpty)
        {
            fields.Log.Report(
                ImportDiagnostics.Invalid, valuesSpan, fields.PathOf("values"),
                takesValues ? $"`{word}` needs at least one value" : $"`{word}` takes no values");
            return null;
        }

        return new LabelRequirement(key, @operator, [.. values.Select(value => value.Text).Distinct()]);
    }

    private static string Identity(LabelRequirement requirement) =>
        $"{requirement.Key} {requirement.Operator} {string.Join(',', requirement.Values)}";
}
