using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>
/// What would fit at a place of a text, asked of the grammar itself: what stands before the place is parsed with a token behind it that fits
/// nowhere, and what the grammar wanted instead is the answer.
/// </summary>
public static class Expectations
{
    /// <param name="offset">Outside of comments and quotes, before the word that is being written.</param>
    /// <returns>Null: nothing fits, as behind a mistake.</returns>
    public static CursorPlace? At(SourceFile source, int offset)
    {
        var before = Tokenizer.Tokenize(new SourceFile(source.Path, source.Text[..offset]));
        var end = before.Tokens.IsEmpty ? 0 : before.Tokens[^1].Span.End;
        var beginsLine = before.Tokens.IsEmpty || before.Source.Text.AsSpan(end).IndexOfAny('\n', '\r') >= 0;
        var tokenized = before with { Tokens = before.Tokens.Add(new Token(TokenKind.Cursor, new TextSpan(offset, 0), beginsLine)) };
        var (statements, _) = StatementCutter.Cut(tokenized);
        var file = new FileReading(tokenized);
        foreach (var statement in statements)
        {
            file.Read(statement, DeclarationGrammar.Declarations);
        }

        return file.AtCursor;
    }
}
