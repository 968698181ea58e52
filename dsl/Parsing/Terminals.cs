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

    private static readonly string[] NoExpectations = [];

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
    public static Parser<Spelled<T>> OneOf<T>(params (string Word, T Value)[] words) => input =>
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

        foreach (var (word, _) in words)
        {
            at.Reading.Expect(at.Position, $"`{word}`");
        }

        return Fail<Spelled<T>>(at, null);
    };

    public static Parser<Spelled<string>> OneOf(params string[] words) => OneOf([.. words.Select(word => (word, word))]);

    /// <summary>A symbol or reserved word; silent ones are not named when they are missing.</summary>
    public static Parser<TextSpan> Symbol(TokenKind kind, string? expected) => input =>
    {
        var at = (TokenInput)input;
        return at.Token.Kind == kind ? Result.Success(at.Token.Span, input.Advance()) : Fail<TextSpan>(at, expected);
    };

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
            : Result.Failure<Spelled<string>>(input, "", NoExpectations);
    };

    /// <summary>A literal number with its span.</summary>
    public static Parser<Spelled<T>> SpelledLiteral<T>(string expected, LiteralReader<Boxed<T>> read)
        where T : struct => input =>
    {
        var result = Literal(expected, read)(input);
        return result.WasSuccessful
            ? Result.Success(new Spelled<T>(result.Value.Value, ((TokenInput)input).Token.Span), result.Remainder)
            : Result.Failure<Spelled<T>>(input, "", NoExpectations);
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

        return Result.Failure<T>(at, "", NoExpectations);
    }

    /// <summary>What stands behind a word or symbol.</summary>
    public static Parser<T> Behind<TWord, T>(Parser<TWord> word, Parser<T> then) =>
        from skipped in word
        from value in then
        select value;

    /// <summary>One or more, with commas between.</summary>
    public static Parser<ImmutableArray<T>> CommaSeparated<T>(this Parser<T> item) =>
        from first in item
        from others in Behind(Symbol(TokenKind.Comma, null), item).All()
        select (ImmutableArray<T>)[first, .. others];

    /// <summary>
    /// As often as it matches. Once the repeated part has taken a token it must finish, so that a mistake in it is the
    /// statement's mistake and not the end of the repetition.
    /// </summary>
    public static Parser<ImmutableArray<T>> All<T>(this Parser<T> item) => input =>
    {
        var results = ImmutableArray.CreateBuilder<T>();
        var rest = input;
        while (item(rest) is { WasSuccessful: true } result && result.Remainder.Position > rest.Position)
        {
            results.Add(result.Value);
            rest = result.Remainder;
        }

        return Result.Success(results.ToImmutable(), rest);
    };

    /// <summary>The value or null.</summary>
    public static Parser<T?> OrNull<T>(this Parser<T> parser)
        where T : class =>
        parser.Optional().Select(option => option.GetOrDefault() as T);

    /// <summary>The value or null.</summary>
    public static Parser<T?> OrNothing<T>(this Parser<T> parser)
        where T : struct =>
        parser.Optional().Select(option => option.IsDefined ? option.Get() : (T?)null);

    /// <summary>Gives a node the span of the tokens it was read from.</summary>
    public static Parser<T> Spanned<T>(this Parser<T> parser)
        where T : SyntaxNode => input =>
    {
        var result = parser(input);
        if (!result.WasSuccessful)
        {
            return result;
        }

        var reading = ((TokenInput)input).Reading;
        var span = reading.TokenAt(input.Position).Span.To(reading.TokenAt(Math.Max(input.Position, result.Remainder.Position - 1)).Span);
        SyntaxNode node = result.Value;
        return Result.Success((T)(node with { Span = span }), result.Remainder);
    };

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
