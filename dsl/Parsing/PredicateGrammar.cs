using System.Collections.Immutable;
using Netpol.Syntax;
using Netpol.Text;
using Sprache;
using static Netpol.Parsing.Combinators;
using static Netpol.Parsing.Terminals;

namespace Netpol.Parsing;

/// <summary>Conditions on labels: <c>not</c> binds tighter than <c>and</c>, <c>and</c> tighter than <c>or</c>.</summary>
internal static class PredicateGrammar
{
    private static readonly Parser<Spelled<string>> Value = Quoted.Or(Refuse<Spelled<string>>(
        static token => token.Kind is TokenKind.Name or TokenKind.Literal || token.IsReserved,
        static (source, span) => SyntaxDiagnostics.UnquotedValue.At(source, span, source.TextOf(span)).WithFix($"\"{source.TextOf(span)}\"")));

    private static readonly Parser<ImmutableArray<Spelled<string>>> List = Value.CommaSeparated();

    private static readonly Parser<TextSpan> Close = Symbol(TokenKind.CloseParenthesis, "`)`");

    private static readonly Parser<ImmutableArray<Spelled<string>>> Values =
        from open in Symbol(TokenKind.OpenParenthesis, "`(`")
        from values in List
        from close in Close
        select values;

    private static readonly Parser<Func<Spelled<string>, PredicateSyntax>> Comparer =
        Then(Symbol(TokenKind.Equal, "`==`"), Value, static (key, value) => new PredicateSyntax.Equal(key, value))
            .Or(Then(Symbol(TokenKind.NotEqual, "`!=`"), Value, static (key, value) => new PredicateSyntax.NotEqual(key, value)))
            .Or(Then(Symbol(TokenKind.In, "`in`"), Values, static (key, values) => new PredicateSyntax.In(key, values)))
            .Or(Then(
                Behind(Symbol(TokenKind.Not, "`not in`"), Symbol(TokenKind.In, "`in`")), Values,
                static (key, values) => new PredicateSyntax.NotIn(key, values)))
            .Or(Refuse<Func<Spelled<string>, PredicateSyntax>>(
                static token => token.Kind == TokenKind.Assign,
                static (source, span) => SyntaxDiagnostics.AssignmentForComparison.At(source, span).WithFix("==")));

    private static readonly Parser<PredicateSyntax> Comparison =
        from key in Name
        from compare in Comparer
        select compare(key);

    private static readonly Parser<PredicateSyntax> Has =
        from word in Symbol(TokenKind.Has, "`has`")
        from key in Name
        select (PredicateSyntax)new PredicateSyntax.Has(key);

    private static readonly Parser<PredicateSyntax> Parenthesized =
        from open in Symbol(TokenKind.OpenParenthesis, "`(`")
        from inner in (Parser<PredicateSyntax>)Whole
        from close in Close
        select inner;

    private static readonly Parser<PredicateSyntax> Primary = Has.Or(Parenthesized).Or(Comparison).Spanned();

    // `not not P` is P with its `not`s counted, so that a line of them is no deep tree.
    private static readonly Parser<PredicateSyntax> Negation =
        (from nots in Symbol(TokenKind.Not, "`not`").All()
         from inner in Primary
         select nots.Length % 2 == 0 ? inner : new PredicateSyntax.Not(inner)).Spanned();

    private static readonly Parser<PredicateSyntax> Conjunction = Chain(
        Negation, TokenKind.And, static parts => new PredicateSyntax.And(parts));

    /// <summary>A whole condition.</summary>
    public static readonly Parser<PredicateSyntax> Predicate = Chain(
        Conjunction, TokenKind.Or, static parts => new PredicateSyntax.Or(parts));

    private static IResult<PredicateSyntax> Whole(IInput input) => Predicate(input);

    private static Parser<PredicateSyntax> Chain(
        Parser<PredicateSyntax> part, TokenKind separator, Func<ImmutableArray<PredicateSyntax>, PredicateSyntax> combine) =>
        part.Separated(separator).Select(parts => parts.Length == 1 ? parts[0] : combine(parts)).Spanned();

    private static Parser<Func<Spelled<string>, PredicateSyntax>> Then<TSymbol, T>(
        Parser<TSymbol> symbol, Parser<T> operand, Func<Spelled<string>, T, PredicateSyntax> combine) =>
        Behind(symbol, operand).Select<T, Func<Spelled<string>, PredicateSyntax>>(value => key => combine(key, value));
}
