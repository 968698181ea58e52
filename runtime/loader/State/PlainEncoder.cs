using System.Text;
using System.Text.Encodings.Web;

namespace Netpol.Loader.State;

/// <summary>
/// Escapes what RFC 8259, section 7, has escaped, and nothing else. The encoders of the framework first build a table of all of Unicode,
/// which takes a third of the time of an attachment's own code.
/// </summary>
internal sealed class PlainEncoder : JavaScriptEncoder
{
    private const int FirstPrintable = 0x20;
    private const string HexDigits = "0123456789abcdef";

    internal static readonly PlainEncoder Instance = new();

    /// <summary>A backslash, a <c>u</c> and four digits.</summary>
    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < FirstPrintable or '"' or '\\';

    /// <remarks>A surrogate is reported too: the caller then looks whether it has its other half.</remarks>
    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        for (var at = 0; at < textLength; at++)
        {
            if (WillEncode(text[at]) || char.IsSurrogate(text[at]))
            {
                return at;
            }
        }

        return -1;
    }

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        Span<char> output = new(buffer, bufferLength);
        Span<char> escape = stackalloc char[MaxOutputCharactersPerInputCharacter];
        numberOfCharactersWritten = 0;
        if (!WillEncode(unicodeScalar))
        {
            // U+FFFD, in place of half a surrogate pair.
            return new Rune(unicodeScalar).TryEncodeToUtf16(output, out numberOfCharactersWritten);
        }

        escape[0] = '\\';
        if (unicodeScalar >= FirstPrintable)
        {
            escape[1] = (char)unicodeScalar;
            escape = escape[..2];
        }
        else
        {
            "u00".CopyTo(escape[1..]);
            escape[4] = HexDigits[unicodeScalar >> 4];
            escape[5] = HexDigits[unicodeScalar & 0xf];
        }

        if (!escape.TryCopyTo(output))
        {
            return false;
        }

        numberOfCharactersWritten = escape.Length;
        return true;
    }
}
