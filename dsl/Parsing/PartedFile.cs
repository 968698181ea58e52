using System.Collections.Immutable;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>
/// A file without mistakes, parsed in parts, or as one part where it cannot be cut. After a change only the parts that it touched are parsed anew: the others are the same
/// trees, wherever they moved, so that what was made of them holds.
/// </summary>
public sealed class PartedFile
{
    private PartedFile(SourceFile source, ImmutableArray<SourcePart> parts) => (Source, Parts) = (source, parts);

    public SourceFile Source { get; }

    /// <summary>In the order of the text, which they cover.</summary>
    public ImmutableArray<SourcePart> Parts { get; }

    /// <param name="earlier">The file before it changed; null: there was none.</param>
    /// <returns>Null: it has a mistake, which <see cref="NetpolParser.Parse(SourceFile)"/> says.</returns>
    public static PartedFile? Parse(SourceFile source, PartedFile? earlier) =>
        InParts(source, earlier) ?? (NetpolParser.Parse(source) is { Diagnostics: [], Unit: var unit } ? new PartedFile(source, [SourcePart.Whole(unit)]) : null);

    private static PartedFile? InParts(SourceFile source, PartedFile? earlier)
    {
        var known = earlier?.Parts ?? [];
        var (first, start) = SameAtStart(source.Text, known);
        var (last, end) = SameAtEnd(source.Text, known, first, start);
        var replaced = known[first..last].DistinctBy(part => part.Text, StringComparer.Ordinal).ToDictionary(part => part.Text, part => part.Unit, StringComparer.Ordinal);
        var units = known[..first].Select(part => part.Unit).ToList();
        while (start < source.Text.Length)
        {
            for (; end < start; end += known[last++].Text.Length)
            {
            }

            if (end == start)
            {
                units.AddRange(known[last..].Select(part => part.Unit));
                break;
            }

            var text = source.Text[start..PartCutter.EndOf(source.Text, start)];
            // A byte order mark is a mistake but at the start of a file, where it is not in the text any more.
            if (text[0] == SourceFile.ByteOrderMark
                || (replaced.Remove(text, out var same) ? same : NetpolParser.ParsePart(new SourceFile(source.Path, text))) is not { } unit)
            {
                return null;
            }

            units.Add(unit);
            start += text.Length;
        }

        return Placed(source, units);
    }

    // What ends a part is how the next one begins, so the last one that is the same is cut again.
    private static (int Count, int Length) SameAtStart(string text, ImmutableArray<SourcePart> known)
    {
        var (count, length) = (0, 0);
        while (count < known.Length && text.AsSpan(length).StartsWith(known[count].Text))
        {
            length += known[count++].Text.Length;
        }

        return count == 0 ? (0, 0) : (count - 1, length - known[count - 1].Text.Length);
    }

    // How a text is cut from a cut on depends on nothing before it.
    private static (int First, int Start) SameAtEnd(string text, ImmutableArray<SourcePart> known, int first, int start)
    {
        var (index, at) = (known.Length, text.Length);
        while (index > first && text.AsSpan(start..at).EndsWith(known[index - 1].Text))
        {
            at -= known[--index].Text.Length;
        }

        return (index, at);
    }

    private static PartedFile? Placed(SourceFile source, List<CompilationUnitSyntax> units)
    {
        var parts = ImmutableArray.CreateBuilder<SourcePart>(units.Count);
        var (start, line) = (0, 0);
        foreach (var unit in units)
        {
            // Comments behind a part's last statement belong to the next part's first.
            if (parts.Count < units.Count - 1 && !unit.ClosingComments.IsEmpty)
            {
                return null;
            }

            parts.Add(new SourcePart(unit, source, start, line));
            start += unit.Source.Text.Length;
            line += unit.Source.LineCount - 1;
        }

        return new PartedFile(source, parts.MoveToImmutable());
    }
}
