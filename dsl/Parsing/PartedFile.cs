using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>
/// A file parsed in parts, or as one part where it cannot be cut. After a change only the parts that it touched are parsed anew: the others
/// are the same trees, wherever they moved, so that what was made of them holds. Its diagnostics are those of the whole file; a comment before
/// a statement that does not parse may be lost.
/// </summary>
public sealed class PartedFile
{
    private readonly ImmutableArray<ParsedPart> _parsed;
    private ImmutableArray<Diagnostic>? _diagnostics;

    private PartedFile(SourceFile source, ImmutableArray<SourcePart> parts, ImmutableArray<ParsedPart> parsed) =>
        (Source, Parts, _parsed) = (source, parts, parsed);

    public SourceFile Source { get; }

    /// <summary>In the order of the text, which they cover.</summary>
    public ImmutableArray<SourcePart> Parts { get; }

    /// <summary>What is wrong with the file's syntax, as <see cref="NetpolParser.Parse(SourceFile)"/> says it.</summary>
    public ImmutableArray<Diagnostic> Diagnostics => _diagnostics ??=
        [.. Parts.Zip(_parsed).SelectMany(pair => pair.Second.Diagnostics.Select(diagnostic => diagnostic.Moved(pair.First.Unit.Source, pair.First.File, pair.First.Start)))];

    /// <param name="earlier">The file before it changed; null: there was none.</param>
    public static PartedFile Parse(SourceFile source, PartedFile? earlier)
    {
        if (earlier?.Source.Path == source.Path && earlier.Source.Text == source.Text)
        {
            return earlier;
        }

        if (InParts(source, earlier) is { } file)
        {
            return file;
        }

        var (unit, diagnostics) = NetpolParser.Parse(source);
        return new PartedFile(source, [SourcePart.Whole(unit)], [new ParsedPart(unit, diagnostics)]);
    }

    private static PartedFile? InParts(SourceFile source, PartedFile? earlier)
    {
        var known = earlier is null || earlier._parsed.Any(part => part.Unit.HasUnreadParts) ? [] : earlier._parsed;
        var (first, start) = SameAtStart(source.Text, known);
        var (last, end) = SameAtEnd(source.Text, known, first, start);
        var replaced = known[first..last].DistinctBy(part => part.Text, StringComparer.Ordinal).ToDictionary(part => part.Text, StringComparer.Ordinal);
        var parsed = known[..first].ToList();
        while (start < source.Text.Length)
        {
            for (; end < start; end += known[last++].Text.Length)
            {
            }

            if (end == start)
            {
                parsed.AddRange(known[last..]);
                break;
            }

            var text = source.Text[start..PartCutter.EndOf(source.Text, start)];
            // A byte order mark is a mistake but at the start of a file, where it is not in the text any more.
            if (text[0] == SourceFile.ByteOrderMark || (replaced.Remove(text, out var same) ? same : ParsePart(source.Path, text)) is not { } part)
            {
                return null;
            }

            parsed.Add(part);
            start += text.Length;
        }

        return Placed(source, parsed);
    }

    private static ParsedPart? ParsePart(string path, string text) =>
        NetpolParser.ParsePart(new SourceFile(path, text)) is { } parsed ? new ParsedPart(parsed.Unit, parsed.Diagnostics) : null;

    // What ends a part is how the next one begins, so the last one that is the same is cut again.
    private static (int Count, int Length) SameAtStart(string text, ImmutableArray<ParsedPart> known)
    {
        var (count, length) = (0, 0);
        while (count < known.Length && text.AsSpan(length).StartsWith(known[count].Text))
        {
            length += known[count++].Text.Length;
        }

        return count == 0 ? (0, 0) : (count - 1, length - known[count - 1].Text.Length);
    }

    // How a text is cut from a cut on depends on nothing before it.
    private static (int First, int Start) SameAtEnd(string text, ImmutableArray<ParsedPart> known, int first, int start)
    {
        var (index, at) = (known.Length, text.Length);
        while (index > first && text.AsSpan(start..at).EndsWith(known[index - 1].Text))
        {
            at -= known[--index].Text.Length;
        }

        return (index, at);
    }

    private static PartedFile? Placed(SourceFile source, List<ParsedPart> parsed)
    {
        var parts = ImmutableArray.CreateBuilder<SourcePart>(parsed.Count);
        var (start, line) = (0, 0);
        foreach (var part in parsed)
        {
            // Comments behind a part's last statement belong to the next part's first.
            if (parts.Count < parsed.Count - 1 && !part.Unit.ClosingComments.IsEmpty && part.Diagnostics.IsEmpty)
            {
                return null;
            }

            parts.Add(new SourcePart(part.Unit, source, start, line));
            start += part.Text.Length;
            line += part.Unit.Source.LineCount - 1;
        }

        return new PartedFile(source, parts.MoveToImmutable(), [.. parsed]);
    }

    /// <param name="Diagnostics">With spans from the start of the part.</param>
    private sealed record ParsedPart(CompilationUnitSyntax Unit, ImmutableArray<Diagnostic> Diagnostics)
    {
        public string Text => Unit.Source.Text;
    }
}
