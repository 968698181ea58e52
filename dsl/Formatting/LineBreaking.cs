using System.Text;

namespace Netpol.Formatting;

/// <summary>Fills lines. Pieces are text in which <see cref="Break"/> stands for a blank that may become a line break.</summary>
internal static class LineBreaking
{
    /// <summary>A blank, or a line break where the grammar lets a statement go on.</summary>
    public const char Break = '\u0001';

    private const int WidestLine = 100;

    /// <param name="indent">Blanks before the first line; the others get four more.</param>
    public static string Fill(string piece, int indent)
    {
        var text = new StringBuilder();
        var (column, isFirst) = (indent, true);
        text.Append(' ', indent);
        foreach (var part in piece.Split(Break))
        {
            if (!isFirst && column + 1 + part.Length > WidestLine)
            {
                text.Append('\n').Append(' ', indent + 4);
                column = indent + 4;
            }
            else if (!isFirst)
            {
                text.Append(' ');
                column++;
            }

            text.Append(part);
            column += part.Length;
            isFirst = false;
        }

        return text.ToString();
    }
}
