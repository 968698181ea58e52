using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>The tokens of one statement, each `{ }` of it being one token, and the blocks that these stand for.</summary>
/// <param name="First">Index of its first token in the file.</param>
/// <param name="Last">Index of its last token in the file.</param>
internal sealed record RawStatement(IReadOnlyList<Token> Tokens, IReadOnlyList<RawBlock> Blocks, int First, int Last)
{
    public TextSpan Span => Tokens[0].Span.To(Tokens[^1].Span);

    /// <summary>A token of it has been reported.</summary>
    public bool IsBad { get; init; }
}
