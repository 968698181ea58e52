using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>A word, literal or symbol.</summary>
/// <param name="HasNewlineBefore">The token is the first of its line.</param>
/// <param name="HasBlankLineBefore">An empty line stands before it and the comments before it.</param>
/// <param name="Block">Index of the block among those of its statement; only for <see cref="TokenKind.Block"/>.</param>
internal readonly record struct Token(
    TokenKind Kind, TextSpan Span, bool HasNewlineBefore = false, bool HasBlankLineBefore = false, int Block = -1)
{
    public bool IsReserved => Kind >= TokenKind.Any;
}
