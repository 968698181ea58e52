using System.Collections.Immutable;
using System.Text;

namespace Netpol.Text;

/// <summary>One file of a build: its path from the build root, its text, and where its lines begin. Reads nothing.</summary>
public sealed class SourceFile
{
    internal const char ByteOrderMark = '\uFEFF';

    private readonly ImmutableArray<int> _lineStarts;

    // Where the second halves of surrogate pairs are, so that a column costs a search and not a walk over its line.
    private readonly ImmutableArray<int> _secondHalves;

    /// <param name="path">Path from the build root, with forward slashes.</param>
    /// <param name="text">The text; a byte order mark at its start is dropped.</param>
    public SourceFile(string path, string text)
    {
        Path = path;
        Text = text.StartsWith(ByteOrderMark) ? text[1..] : text;
        _lineStarts = FindLineStarts(Text);
        _secondHalves = FindSecondHalves(Text);
    }

    /// <summary>The source of trees that no text was parsed for.</summary>
    public static SourceFile None { get; } = new("", "");

    public string Path { get; }

    public string Text { get; }

    public int LineCount => _lineStarts.Length;

    /// <summary>Decodes UTF-8. What is no UTF-8 becomes U+FFFD, which the tokenizer reports.</summary>
    public static SourceFile FromUtf8(string path, ReadOnlySpan<byte> bytes) => new(path, Encoding.UTF8.GetString(bytes));

    /// <summary>Line and column of an offset; offsets past the end are the end.</summary>
    public LinePosition PositionOf(int offset)
    {
        offset = Math.Clamp(offset, 0, Text.Length);
        var line = LineIndexOf(offset);
        var start = _lineStarts[line];
        return new LinePosition(line + 1, offset - start - (SecondHalvesBefore(offset) - SecondHalvesBefore(start)) + 1);
    }

    /// <summary>The offset of a line and column, both from 1; what lies outside the text is moved to the nearest place inside.</summary>
    public int OffsetOf(int line, int column)
    {
        var span = LineSpan(line);
        var offset = span.Start;
        for (var passed = 1; passed < column && offset < span.End; passed++)
        {
            offset += char.IsHighSurrogate(Text[offset]) && offset + 1 < span.End && char.IsLowSurrogate(Text[offset + 1]) ? 2 : 1;
        }

        return offset;
    }

    /// <summary>The span of a line (from 1) without its line break.</summary>
    public TextSpan LineSpan(int line)
    {
        var index = Math.Clamp(line, 1, LineCount) - 1;
        var end = index + 1 < LineCount ? _lineStarts[index + 1] : Text.Length;
        while (end > _lineStarts[index] && Text[end - 1] is '\n' or '\r')
        {
            end--;
        }

        return TextSpan.FromBounds(_lineStarts[index], end);
    }

    /// <summary>The text of a line (from 1) without its line break.</summary>
    public string LineText(int line) => TextOf(LineSpan(line));

    public string TextOf(TextSpan span) => Text.Substring(span.Start, span.Length);

    private int LineIndexOf(int offset)
    {
        var index = _lineStarts.BinarySearch(offset);
        return index >= 0 ? index : ~index - 1;
    }

    // LF, CRLF, and a CR alone: editors show all three as a new line, so a comment must end there too.
    private static ImmutableArray<int> FindLineStarts(string text)
    {
        var starts = ImmutableArray.CreateBuilder<int>();
        starts.Add(0);
        for (var i = 0; text.AsSpan(i).IndexOfAny('\n', '\r') is var length and >= 0;)
        {
            i += length + 1;
            if (text[i - 1] == '\n' || i == text.Length || text[i] != '\n')
            {
                starts.Add(i);
            }
        }

        return starts.ToImmutable();
    }

    private int SecondHalvesBefore(int offset)
    {
        var index = _secondHalves.BinarySearch(offset);
        return index >= 0 ? index : ~index;
    }

    private static ImmutableArray<int> FindSecondHalves(string text)
    {
        var halves = ImmutableArray.CreateBuilder<int>();
        for (var i = 0; text.AsSpan(i).IndexOfAnyInRange('\uDC00', '\uDFFF') is var length and >= 0;)
        {
            i += length + 1;
            if (i > 1 && char.IsHighSurrogate(text[i - 2]))
            {
                halves.Add(i - 1);
            }
        }

        return halves.ToImmutable();
    }
}
