using System.Collections.Immutable;
using System.Text;
using Netpol.Diagnostics;
using Netpol.Syntax;
using Netpol.Text;
using Sprache;

namespace Netpol.Parsing;

/// <summary>The parsers of single tokens, and what all of the grammar says about failures and spans.</summary>
internal static class Terminals
{
    public const string NameWanted = "a name";

    /// <summary>A bare or quoted name.</summary>
    public static readonly Parser<Spelled<string>> Name = Accept(
        static token => token.Kind is TokenKind.Name or TokenKind.String, NameWanted, Unquoted);

    /// <summary>Quoted text.</summary>
    public static readonly Parser<Spelled<string>> Quoted = Accept(
        static token => token.Kind == TokenKind.String, "a quoted text", Unquoted);

    /// <summary>The end of the statement.</summary>
    public static readonly Parser<bool> End = input =>
    {
        var at = (TokenInput)input;
        return at.AtEnd ? Result.Success(true, input) : Fail<bool>(at, "the end of the statement");
    };

    /// <summary>A word of the grammar that is no reserved word.</summary>
    public static Parser<TextSpan> Word(string word)
    {
        var expected = $"`{word}`";
        return input =>
        {
            var at = (TokenInput)input;
            return at.Token.Kind == TokenKind.Name && at.Reading.TextAt(at.Position).SequenceEqual(word)
                ? Result.Success(at.Token.Span, input.Advance())
                : Fail<TextSpan>(at, expected);
        };
    }

    /// <summary>One of several words, with its value.</summary>
    public static Parser<Spelled<T>> OneOf<T>(params (string Word, T Value)[] words)
    {
        var expected = Array.ConvertAll(words, choice => $"`{choice.Word}`");
        return input =>
        {
            var at = (TokenInput)input;
            if (at.Token.Kind == TokenKind.Name)
            {
                foreach (var (word, value) in words)
                {
                    if (at.Reading.TextAt(at.Position).SequenceEqual(word))
                    {
                        return Result.Success(new Spelled<T>(value, at.Token.Span), input.Advance());
                    }
                }
            }

            foreach (var word in expected)
            {
                at.Reading.Expect(at.Position, word);
            }

            return Fail<Spelled<T>>(at, null);
        };
    }

    public static Parser<Spelled<string>> OneOf(params string[] words) => OneOf([.. words.Select(word => (word, word))]);

    /// <summary>A symbol or reserved word; silent ones are not named in messages when they are missing.</summary>
    public static Parser<TextSpan> Symbol(TokenKind kind, string? expected)
    {
        var silent = expected is null ? Words.Of(kind) : null;
        return input =>
        {
            var at = (TokenInput)input;
            if (at.Token.Kind == kind)
            {
                return Result.Success(at.Token.Span, input.Advance());
            }

            if (silent is not null)
            {
                at.Reading.ExpectSilently(at.Position, silent);
            }

            return Fail<TextSpan>(at, expected);
        };
    }

    /// <summary>A whole `{ }`.</summary>
    public static readonly Parser<RawBlock> Block = input =>
    {
        var at = (TokenInput)input;
        return at.Token.Kind == TokenKind.Block
            ? Result.Success(at.Reading.Statement.Blocks[at.Token.Block], input.Advance())
            : Fail<RawBlock>(at, "`{`");
    };

    /// <summary>A literal that a reader understands; else its complaint, or <paramref name="expected"/> where no literal stands.</summary>
    public static Parser<T> Literal<T>(string expected, LiteralReader<T> read)
        where T : class => input =>
    {
        var at = (TokenInput)input;
        if (at.Token.Kind != TokenKind.Literal)
        {
            return Fail<T>(at, expected);
        }

        var (value, complaint) = read(at.Reading.Source, at.Token.Span);
        if (complaint is null && value is not null)
        {
            return Result.Success(value, input.Advance());
        }

        if (complaint is not null)
        {
            at.Reading.Complain(at.Position, complaint);
        }

        return Fail<T>(at, expected);
    };

    /// <summary>A literal with its span.</summary>
    public static Parser<Spelled<string>> SpelledLiteral(string expected, LiteralReader<string> read) => input =>
    {
        var result = Literal(expected, read)(input);
        return result.WasSuccessful
            ? Result.Success(new Spelled<string>(result.Value, ((TokenInput)input).Token.Span), result.Remainder)
            : Combinators.Failed<Spelled<string>>.Result;
    };

    /// <summary>A literal number with its span.</summary>
    public static Parser<Spelled<T>> SpelledLiteral<T>(string expected, LiteralReader<Boxed<T>> read)
        where T : struct => input =>
    {
        var result = Literal(expected, read)(input);
        return result.WasSuccessful
            ? Result.Success(new Spelled<T>(result.Value.Value, ((TokenInput)input).Token.Span), result.Remainder)
            : Combinators.Failed<Spelled<T>>.Result;
    };

    /// <summary>Refuses a token that a person might well have meant, with a diagnostic of its own.</summary>
    public static Parser<T> Refuse<T>(Func<Token, bool> isMistake, Func<SourceFile, TextSpan, Diagnostic> complaint) => input =>
    {
        var at = (TokenInput)input;
        if (isMistake(at.Token))
        {
            at.Reading.Complain(at.Position, complaint(at.Reading.Source, at.Token.Span));
        }

        return Fail<T>(at, null);
    };

    public static IResult<T> Fail<T>(TokenInput at, string? expected)
    {
        if (expected is not null)
        {
            at.Reading.Expect(at.Position, expected);
        }

        return Combinators.Failed<T>.Result;
    }

    /// <summary>The value of an accepted token with its span.</summary>
    private static Parser<Spelled<string>> Accept(Func<Token, bool> fits, string expected, Func<ReadOnlySpan<char>, string> value) => input =>
    {
        var at = (TokenInput)input;
        return fits(at.Token)
            ? Result.Success(new Spelled<string>(value(at.Reading.TextAt(at.Position)), at.Token.Span), input.Advance())
            : Fail<Spelled<string>>(at, expected);
    };

    private static string Unquoted(ReadOnlySpan<char> written)
    {
        if (!written.StartsWith("\""))
        {
            return written.ToString();
        }

        var inner = written[1..^1];
        if (!inner.Contains('\\'))
        {
            return inner.ToString();
        }

        var text = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
        {
            text.Append(inner[i] == '\\' ? inner[++i] : inner[i]);
        }

        return text.ToString();
    }
}

/// <summary>Reads a literal; exactly one of the two results is there.</summary>
internal delegate (T? Value, Diagnostic? Complaint) LiteralReader<T>(SourceFile source, TextSpan span)
    where T : class;
