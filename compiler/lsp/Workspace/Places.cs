using Netpol.Lsp.Protocol;
using Netpol.Text;
using Range = Netpol.Lsp.Protocol.Range;

namespace Netpol.Lsp.Workspace;

/// <summary>
/// Places between the protocol, which counts lines and UTF-16 units from 0, and our texts, where an offset counts UTF-16 units too:
/// only people's columns are code points.
/// </summary>
internal static class Places
{
    public static Position Of(SourceFile source, int offset)
    {
        var line = source.PositionOf(offset).Line;
        return new Position(line - 1, Math.Clamp(offset, 0, source.Text.Length) - source.LineSpan(line).Start);
    }

    public static Range Of(SourceFile source, TextSpan span) => new(Of(source, span.Start), Of(source, span.End));

    /// <summary>What lies outside of the text is moved to the nearest place inside.</summary>
    public static int OffsetOf(SourceFile source, Position position)
    {
        if (position.Line >= source.LineCount)
        {
            return source.Text.Length;
        }

        var line = source.LineSpan(Math.Max(0, position.Line) + 1);
        return line.Start + Math.Clamp(position.Character, 0, line.Length);
    }

    public static TextSpan SpanOf(SourceFile source, Range range)
    {
        var (start, end) = (OffsetOf(source, range.Start), OffsetOf(source, range.End));
        return TextSpan.FromBounds(Math.Min(start, end), Math.Max(start, end));
    }
}
