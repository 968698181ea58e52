using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Netpol.Kubernetes.Yaml;

/// <summary>
/// YAML text to nodes. It stops at the first mistake of a file, because what follows one is guesswork, and keeps the
/// documents before it. It bounds nesting and what aliases may add up to, so that no file exhausts the machine.
/// </summary>
internal sealed class YamlReader
{
    private const int DeepestNesting = 100;

    // Each use of an alias costs the nodes it stands for: "a billion laughs" ends here, no honest file does.
    private const int MostAliasedNodes = 1_000_000;

    private const string MergeKey = "<<";

    private readonly SourceFile _source;
    private readonly Parser _parser;
    private readonly Dictionary<string, (YamlNode Node, int Size)> _anchors = new(StringComparer.Ordinal);
    private int _aliasedNodes;

    // Where the last event ended: what the parser trips over comes right behind.
    private int _place;

    private YamlReader(SourceFile source)
    {
        _source = source;
        _parser = new Parser(new StringReader(source.Text));
    }

    /// <summary>The documents of a file in order; empty ones are left out.</summary>
    public static (ImmutableArray<YamlNode> Documents, ImmutableArray<Diagnostic> Diagnostics) Read(SourceFile source)
    {
        var documents = ImmutableArray.CreateBuilder<YamlNode>();
        var reader = new YamlReader(source);
        try
        {
            reader.ReadStream(documents);
            return (documents.ToImmutable(), []);
        }
        catch (Refusal refusal)
        {
            return (documents.ToImmutable(), [refusal.Diagnostic]);
        }
        catch (YamlException exception)
        {
            var span = SpanOf(source, exception.Start, exception.End);
            var message = exception.Message.TrimEnd('.');
            return (documents.ToImmutable(), [ImportDiagnostics.NoYaml.At(source, span, message)]);
        }
        catch (ArgumentException)
        {
            // The parser's way to say that a tag such as `!!]]` is none.
            return (documents.ToImmutable(), [ImportDiagnostics.NoYaml.At(source, TagBehind(source, reader._place), "this tag is no URI")]);
        }
        catch (InvalidOperationException)
        {
            // The scanner's way to say that brackets are left open when an implicit key ends (`[1\nb: {`).
            var end = new TextSpan(source.Text.Length, 0);
            return (documents.ToImmutable(), [ImportDiagnostics.NoYaml.At(source, end, "the file ends inside a value")]);
        }
    }

    private static TextSpan TagBehind(SourceFile source, int place)
    {
        var start = source.Text.IndexOf('!', place);
        var length = start < 0 ? 0 : source.Text.AsSpan(start).IndexOfAny(' ', '\n', '\r');
        return start < 0 ? new TextSpan(place, 0) : new TextSpan(start, length < 0 ? source.Text.Length - start : length);
    }

    private void ReadStream(ImmutableArray<YamlNode>.Builder documents)
    {
        _parser.Consume<StreamStart>();
        while (_parser.TryConsume<DocumentStart>(out _))
        {
            _anchors.Clear();
            var (node, _) = ReadNode(0);
            if (node is not YamlNode.Scalar { IsNull: true })
            {
                documents.Add(node);
            }

            _parser.Consume<DocumentEnd>();
        }
    }

    /// <summary>A node, and of how many nodes it consists with its aliases spelled out.</summary>
    private (YamlNode Node, int Size) ReadNode(int depth)
    {
        var start = _parser.Consume<ParsingEvent>();
        _place = SpanOf(start).End;
        if (depth > DeepestNesting)
        {
            throw new Refusal(ImportDiagnostics.TooDeep.At(_source, SpanOf(start), DeepestNesting));
        }

        if (start is AnchorAlias alias)
        {
            return Resolve(alias);
        }

        (YamlNode Node, int Size) read = start switch
        {
            Scalar scalar => (ReadScalar(scalar), 1),
            SequenceStart sequence => ReadSequence(sequence, depth),
            MappingStart mapping => ReadMapping(mapping, depth),
            _ => throw new Refusal(ImportDiagnostics.NoYaml.At(_source, SpanOf(start), "expected a value")),
        };
        if (start is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor.Value] = read;
        }

        return read;
    }

    private YamlNode.Scalar ReadScalar(Scalar scalar)
    {
        // `!!str 5` is the text 5, whatever it looks like.
        var isText = !scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific && scalar.Tag.Value.EndsWith(":str", StringComparison.Ordinal);
        return new YamlNode.Scalar(SpanOf(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain && !isText);
    }

    private (YamlNode Node, int Size) Resolve(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var anchored))
        {
            throw new Refusal(ImportDiagnostics.NoYaml.At(_source, SpanOf(alias), $"no anchor `{alias.Value.Value}` comes before this alias"));
        }

        _aliasedNodes += anchored.Size;
        return _aliasedNodes <= MostAliasedNodes
            ? anchored
            : throw new Refusal(ImportDiagnostics.TooManyAliases.At(_source, SpanOf(alias), MostAliasedNodes));
    }

    private (YamlNode Node, int Size) ReadSequence(SequenceStart start, int depth)
    {
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        var size = 1;
        while (!_parser.Accept<SequenceEnd>(out _))
        {
            var (item, itemSize) = ReadNode(depth + 1);
            items.Add(item);
            size = Math.Min(size + itemSize, MostAliasedNodes + 1);
        }

        var end = _parser.Consume<SequenceEnd>();
        return (new YamlNode.Sequence(SpanOfAll(start, end), items.ToImmutable()), size);
    }

    private (YamlNode Node, int Size) ReadMapping(MappingStart start, int depth)
    {
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        var merged = new List<YamlNode>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var size = 1;
        while (!_parser.Accept<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1).Node as YamlNode.Scalar
                ?? throw new Refusal(ImportDiagnostics.NoYaml.At(_source, SpanOf(_source, start.Start, start.Start), "a key of this mapping is no text"));
            var (value, valueSize) = ReadNode(depth + 1);
            size = Math.Min(size + valueSize + 1, MostAliasedNodes + 1);
            if (key is { IsPlain: true, Text: MergeKey })
            {
                merged.Add(value);
            }
            else if (keys.Add(key.Text))
            {
                entries.Add(new YamlEntry(key, value));
            }
            else
            {
                throw new Refusal(ImportDiagnostics.NoYaml.At(_source, key.Span, $"the key `{key.Text}` is given twice"));
            }
        }

        // The mapping's own keys come before merged ones, earlier merged ones before later (yaml.org/type/merge).
        foreach (var entry in merged.SelectMany(Merged))
        {
            if (keys.Add(entry.Key.Text))
            {
                entries.Add(entry);
            }
        }

        var end = _parser.Consume<MappingEnd>();
        return (new YamlNode.Mapping(SpanOfAll(start, end), entries.ToImmutable()), size);
    }

    private IEnumerable<YamlEntry> Merged(YamlNode node) => node switch
    {
        YamlNode.Mapping mapping => mapping.Entries,
        YamlNode.Sequence sequence => sequence.Items.SelectMany(Merged),
        _ => throw new Refusal(ImportDiagnostics.NoYaml.At(_source, node.Span, "`<<` takes a mapping")),
    };

    /// <summary>
    /// From the start of a collection to its last letter: the parser ends one in flow style before its bracket, and one in
    /// block style where the next thing begins.
    /// </summary>
    private TextSpan SpanOfAll(ParsingEvent start, ParsingEvent end)
    {
        var span = SpanOf(_source, start.Start, end.End);
        var text = _source.Text;
        if (span.Start < text.Length && text[span.Start] is '[' or '{')
        {
            return span.End < text.Length && text[span.End] is ']' or '}' ? TextSpan.FromBounds(span.Start, span.End + 1) : span;
        }

        return span with { Length = text.AsSpan(span.Start, span.Length).TrimEnd().Length };
    }

    private TextSpan SpanOf(ParsingEvent parsed) => SpanOf(_source, parsed.Start, parsed.End);

    private static TextSpan SpanOf(SourceFile source, Mark start, Mark end)
    {
        var first = (int)Math.Clamp(start.Index, 0, source.Text.Length);
        var last = (int)Math.Clamp(end.Index, first, source.Text.Length);
        return TextSpan.FromBounds(first, last);
    }

    /// <summary>Leaves the recursion with the diagnostic that <see cref="Read"/> returns; never seen outside.</summary>
    private sealed class Refusal(Diagnostic diagnostic) : Exception
    {
        public Diagnostic Diagnostic { get; } = diagnostic;
    }
}
