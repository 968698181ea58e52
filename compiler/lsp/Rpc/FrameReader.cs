using System.Buffers.Text;
using System.Text;

namespace Netpol.Lsp.Rpc;

/// <summary>
/// Messages of a stream in the framing of the language server protocol: header lines of ASCII that end with CR LF, an empty one, and as many
/// bytes as <c>Content-Length</c> says. What is no header is passed over, line by line, until one comes.
/// </summary>
/// <param name="stream">Buffered: headers are read byte by byte.</param>
internal sealed class FrameReader(Stream stream)
{
    /// <summary>No editor sends this much at once; a length beyond it is a mistake, not a message.</summary>
    private const int Largest = 256 * 1024 * 1024;

    private const int LongestLine = 4096;

    /// <returns>Null: the stream has ended.</returns>
    public byte[]? Read()
    {
        var length = -1;
        while (ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                length = LengthIn(line) ?? length;
            }
            else if (length >= 0)
            {
                var content = new byte[length];
                return stream.ReadAtLeast(content, length, throwOnEndOfStream: false) == length ? content : null;
            }
        }

        return null;
    }

    private static int? LengthIn(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && line.AsSpan(0, colon).Trim().Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
            && Utf8Parser.TryParse(Encoding.ASCII.GetBytes(line[(colon + 1)..].Trim()), out int length, out var read) && read > 0 && length is >= 0 and <= Largest
            ? length
            : null;
    }

    private string? ReadLine()
    {
        var line = new StringBuilder();
        while (stream.ReadByte() is var next and >= 0)
        {
            if (next == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            if (line.Length < LongestLine)
            {
                line.Append((char)next);
            }
        }

        return null;
    }
}
