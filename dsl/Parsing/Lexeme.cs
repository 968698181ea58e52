using System.Collections.Immutable;
using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>What a stretch of text is, without what it means.</summary>
public enum LexemeKind
{
    /// <summary>A bare name, or a word of the language that may also be a name.</summary>
    Word,

    /// <summary>A word that is never a name.</summary>
    Reserved,

    Quoted,

    /// <summary>What begins with a digit or holds a colon: a port, a prefix, a quantity.</summary>
    Literal,

    Symbol,
    Comment,

    /// <summary>What could not be read.</summary>
    Bad,
}

/// <summary>A word, literal, symbol or comment, for who shows text rather than reads it.</summary>
public readonly record struct Lexeme(LexemeKind Kind, TextSpan Span)
{
    /// <summary>All of a text but blanks, in its order.</summary>
    public static ImmutableArray<Lexeme> All(SourceFile source)
    {
        var tokenized = Tokenizer.Tokenize(source);
        var lexemes = ImmutableArray.CreateBuilder<Lexeme>(tokenized.Tokens.Length + tokenized.Comments.Length);
        var comment = 0;
        for (var token = 0; token <= tokenized.Tokens.Length; token++)
        {
            for (; comment < tokenized.Comments.Length && tokenized.Comments[comment].BeforeToken <= token; comment++)
            {
                lexemes.Add(new Lexeme(LexemeKind.Comment, tokenized.Comments[comment].Span));
            }

            if (token < tokenized.Tokens.Length)
            {
                lexemes.Add(new Lexeme(KindOf(tokenized.Tokens[token]), tokenized.Tokens[token].Span));
            }
        }

        return lexemes.DrainToImmutable();
    }

    private static LexemeKind KindOf(Token token) => token.Kind switch
    {
        _ when token.IsReserved => LexemeKind.Reserved,
        TokenKind.Name => LexemeKind.Word,
        TokenKind.String => LexemeKind.Quoted,
        TokenKind.Literal => LexemeKind.Literal,
        TokenKind.Bad => LexemeKind.Bad,
        _ => LexemeKind.Symbol,
    };
}
