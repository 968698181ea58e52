using System.Collections.Immutable;
using Netpol.Syntax;
using Sprache;

namespace Netpol.Parsing;

/// <summary>
/// How parsers become larger ones. Sprache's own combinators carry what was expected from failure to failure and build
/// new parsers while they parse; here <see cref="StatementReading"/> notes failures once, so one result a step is all that is made:
/// 10,000 rules took 193 MB before. Query syntax binds to these, because they are in the grammar's own namespace.
/// </summary>
internal static class Combinators
{
    public static Parser<TResult> Select<T, TResult>(this Parser<T> parser, Func<T, TResult> convert) => input =>
        parser(input) is { WasSuccessful: true } result ? Result.Success(convert(result.Value), result.Remainder) : Failed<TResult>.Result;

    public static Parser<TResult> SelectMany<T, TNext, TResult>(
        this Parser<T> parser, Func<T, Parser<TNext>> next, Func<T, TNext, TResult> combine) => input =>
    {
        var first = parser(input);
        if (!first.WasSuccessful)
        {
            return Failed<TResult>.Result;
        }

        var second = next(first.Value)(first.Remainder);
        return second.WasSuccessful
            ? Result.Success(combine(first.Value, second.Value), second.Remainder)
            : Failed<TResult>.Result;
    };

    /// <summary>The first that matches.</summary>
    public static Parser<T> Or<T>(this Parser<T> first, Parser<T> second) => input =>
        first(input) is { WasSuccessful: true } result ? result : second(input);

    /// <summary>What stands behind a word or symbol.</summary>
    public static Parser<T> Behind<TWord, T>(Parser<TWord> word, Parser<T> then) => input =>
        word(input) is { WasSuccessful: true } result ? then(result.Remainder) : Failed<T>.Result;

    /// <summary>One or more, with commas between.</summary>
    public static Parser<ImmutableArray<T>> CommaSeparated<T>(this Parser<T> item) => Separated(item, TokenKind.Comma);

    /// <summary>One or more, with a symbol between.</summary>
    public static Parser<ImmutableArray<T>> Separated<T>(this Parser<T> item, TokenKind separator)
    {
        var others = Behind(Terminals.Symbol(separator, null), item).All();
        var word = Words.Of(separator);
        return input =>
        {
            var first = item(input);
            if (!first.WasSuccessful)
            {
                return Failed<ImmutableArray<T>>.Result;
            }

            if ((TokenInput)first.Remainder is var next && next.Token.Kind != separator)
            {
                if (word is not null)
                {
                    next.Reading.ExpectSilently(next.Position, word);
                }

                return Result.Success<ImmutableArray<T>>([first.Value], first.Remainder);
            }

            var rest = others(first.Remainder);
            return Result.Success<ImmutableArray<T>>([first.Value, .. rest.Value], rest.Remainder);
        };
    }

    /// <summary>
    /// As often as it matches. Once the repeated part has taken a token it must finish, so that a mistake in it is the
    /// statement's mistake and not the end of the repetition.
    /// </summary>
    public static Parser<ImmutableArray<T>> All<T>(this Parser<T> item) => input =>
    {
        ImmutableArray<T>.Builder? results = null;
        var rest = input;
        while (item(rest) is { WasSuccessful: true } result && result.Remainder.Position > rest.Position)
        {
            (results ??= ImmutableArray.CreateBuilder<T>()).Add(result.Value);
            rest = result.Remainder;
        }

        return Result.Success(results?.ToImmutable() ?? [], rest);
    };

    /// <summary>The value or null.</summary>
    public static Parser<T?> OrNull<T>(this Parser<T> parser)
        where T : class => input =>
        parser(input) is { WasSuccessful: true } result ? (IResult<T?>)result : Result.Success<T?>(null, input);

    /// <summary>The value or null.</summary>
    public static Parser<T?> OrNothing<T>(this Parser<T> parser)
        where T : struct => input =>
        parser(input) is { WasSuccessful: true } result
            ? Result.Success<T?>(result.Value, result.Remainder)
            : Result.Success<T?>(null, input);

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
        return node.Span == span ? result : Result.Success((T)(node with { Span = span }), result.Remainder);
    };

    /// <summary>The failure of every parser of one type: its reasons are with the reading.</summary>
    internal static class Failed<T>
    {
        public static readonly IResult<T> Result = Sprache.Result.Failure<T>(null, "", []);
    }
}
