using System.Collections.Immutable;
using Netpol.Kubernetes.Yaml;
using Netpol.Text;

namespace Netpol.Kubernetes.Reading;

/// <summary>
/// The fields of one mapping, read by name and type as the API server decodes JSON: null is absent, a wrong type is an
/// error. What nobody asked for is reported by <see cref="Close"/>, so no field is ever dropped in silence.
/// </summary>
internal sealed partial class FieldReader(YamlNode.Mapping mapping, string path, ImportLog log)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public TextSpan Span => mapping.Span;

    public ImportLog Log => log;

    /// <summary>Of the mapping itself; empty for a whole object.</summary>
    public string Path => path;

    public string PathOf(string field) => path.Length == 0 ? field : $"{path}.{field}";

    /// <summary>Reads a node as a mapping; null with a diagnostic where it is none.</summary>
    public static FieldReader? Of(YamlNode node, string path, ImportLog log)
    {
        if (node is YamlNode.Mapping mapping)
        {
            return new FieldReader(mapping, path, log);
        }

        log.Report(ImportDiagnostics.WrongType, node.Span, path, "a mapping");
        return null;
    }

    /// <summary>The node of a field; null where it is absent or null.</summary>
    public YamlNode? Node(string field)
    {
        _known.Add(field);
        return mapping[field] is { } node && node is not YamlNode.Scalar { IsNull: true } ? node : null;
    }

    /// <summary>The place of a field's value, else that of the whole mapping.</summary>
    public TextSpan SpanOf(string field) => mapping[field]?.Span ?? mapping.Span;

    public bool Has(string field) => Node(field) is not null;

    public FieldReader? Mapping(string field) => Node(field) is { } node ? Of(node, PathOf(field), log) : null;

    /// <summary>The items of a list; null where the field is absent or no list.</summary>
    public ImmutableArray<YamlNode>? Items(string field)
    {
        switch (Node(field))
        {
            case null:
                return null;
            case YamlNode.Sequence sequence:
                return sequence.Items;
            case var node:
                log.Report(ImportDiagnostics.WrongType, node.Span, PathOf(field), "a list");
                return null;
        }
    }

    /// <summary>The items of a list with the path of each; none where the field is absent.</summary>
    public IEnumerable<(YamlNode Item, string Path)> Numbered(string field) =>
        (Items(field) ?? []).Select((item, index) => (item, $"{PathOf(field)}[{index}]"));

    /// <summary>The items of a list of mappings; what is none is reported and left out.</summary>
    public IEnumerable<FieldReader> Mappings(string field) =>
        Numbered(field).Select(item => Of(item.Item, item.Path, log)).OfType<FieldReader>();

    public string? Text(string field) => Node(field) is { } node ? TextOf(node, PathOf(field)) : null;

    /// <summary>A list of strings; a null in it is the empty string, as in Go.</summary>
    public ImmutableArray<(string Text, TextSpan Span)> Texts(string field)
    {
        var texts = ImmutableArray.CreateBuilder<(string, TextSpan)>();
        foreach (var (item, where) in Numbered(field))
        {
            if (TextOf(item, where) is { } text)
            {
                texts.Add((text, item.Span));
            }
        }

        return texts.ToImmutable();
    }

    /// <summary>A map of strings to strings, such as labels, with the places of keys and values.</summary>
    public ImmutableArray<(YamlNode.Scalar Key, string Value, TextSpan ValueSpan)> TextMap(string field)
    {
        var entries = ImmutableArray.CreateBuilder<(YamlNode.Scalar, string, TextSpan)>();
        if (Node(field) is { } node)
        {
            if (node is not YamlNode.Mapping map)
            {
                log.Report(ImportDiagnostics.WrongType, node.Span, PathOf(field), "a mapping");
                return [];
            }

            foreach (var entry in map.Entries)
            {
                if (TextOf(entry.Value, $"{PathOf(field)}[{entry.Key.Text}]") is { } value)
                {
                    entries.Add((entry.Key, value, entry.Value.Span));
                }
            }
        }

        return entries.ToImmutable();
    }

    public bool? Boolean(string field)
    {
        if (Node(field) is not { } node)
        {
            return null;
        }

        if (node is YamlNode.Scalar { IsPlain: true } scalar && YamlScalars.IsBoolean(scalar.Text))
        {
            return scalar.Text[0] is 't' or 'T' or 'y' or 'Y' || scalar.Text.Equals("on", StringComparison.OrdinalIgnoreCase);
        }

        log.Report(ImportDiagnostics.WrongType, node.Span, PathOf(field), "true or false");
        return null;
    }

    /// <summary>A whole number; null with a diagnostic for anything else that is there.</summary>
    public long? Integer(string field)
    {
        if (Node(field) is not { } node)
        {
            return null;
        }

        if (node is YamlNode.Scalar { IsPlain: true } scalar && YamlScalars.TryInteger(scalar.Text, out var value))
        {
            return value;
        }

        log.Report(ImportDiagnostics.WrongType, node.Span, PathOf(field), "a whole number");
        return null;
    }

    /// <summary>Kubernetes' IntOrString: a plain number is one, everything else that is text is a name.</summary>
    public (long? Number, string? Name)? IntegerOrText(string field) => Node(field) switch
    {
        null => null,
        YamlNode.Scalar { IsPlain: true } scalar when YamlScalars.TryInteger(scalar.Text, out var value) => (value, null),
        var node => TextOf(node, PathOf(field)) is { } text ? (null, text) : null,
    };

    /// <summary>Fields that are right but say nothing here.</summary>
    public FieldReader Ignore(params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            _known.Add(field);
        }

        return this;
    }

    /// <summary>Reports every field that was not asked for.</summary>
    public void Close()
    {
        foreach (var entry in mapping.Entries)
        {
            if (!_known.Contains(entry.Key.Text))
            {
                log.Report(ImportDiagnostics.UnknownField, entry.Key.Span, PathOf(entry.Key.Text));
            }
        }
    }

    private string? TextOf(YamlNode node, string where)
    {
        if (node is not YamlNode.Scalar scalar)
        {
            log.Report(ImportDiagnostics.WrongType, node.Span, where, "text");
            return null;
        }

        if (!scalar.IsPlain || scalar.IsNull)
        {
            return scalar.IsNull ? "" : scalar.Text;
        }

        if (YamlScalars.IsOldBoolean(scalar.Text))
        {
            log.Report(ImportDiagnostics.OldBoolean, scalar.Span, scalar.Text);
        }
        else if (YamlScalars.IsBoolean(scalar.Text) || YamlScalars.IsNumber(scalar.Text))
        {
            var kind = YamlScalars.IsBoolean(scalar.Text) ? "boolean" : "number";
            log.Report(ImportDiagnostics.WrongType, scalar.Span, where, $"text; `{scalar.Text}` is a {kind}, put it in quotes");
            return null;
        }

        return scalar.Text;
    }
}
