using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Diagnostics;
using Netpol.Syntax;
using Sprache;
using static Netpol.Parsing.Combinators;
using static Netpol.Parsing.Terminals;

namespace Netpol.Parsing;

/// <summary>Sets of addresses: one operator a level, else parentheses.</summary>
internal static class SetGrammar
{
    /// <summary>One or more addresses or prefixes, as written.</summary>
    public static readonly Parser<ImmutableArray<Spelled<string>>> Prefixes =
        SpelledLiteral("an address or prefix", Literals.Prefix).CommaSeparated();

    private static readonly Parser<ImmutableArray<Spelled<string>>?> Exceptions =
        Behind(Symbol(TokenKind.Except, "`except`"), Prefixes).OrNothing();

    private static readonly Parser<SetSyntax> Cidr =
        from word in Symbol(TokenKind.Cidr, null)
        from include in Prefixes
        from except in Exceptions
        select (SetSyntax)new SetSyntax.Cidr(include, except ?? []);

    private static readonly Parser<ScopeSyntax> Scope = (
        from word in Word("namespace") from name in Name select (ScopeSyntax)new ScopeSyntax.One(name))
        .Or(from any in Symbol(TokenKind.Any, "`any namespace`") from word in Word("namespace") select new ScopeSyntax.Any())
        .Or(from same in Word("same") from word in Word("namespace") select new ScopeSyntax.Same())
        .Or(from word in Word("namespaces")
            from open in Symbol(TokenKind.OpenParenthesis, "`(`")
            from predicate in PredicateGrammar.Predicate
            from close in Symbol(TokenKind.CloseParenthesis, "`)`")
            select new ScopeSyntax.Matching(predicate))
        .Spanned();

    private static readonly Parser<ScopeSyntax?> InScope = Behind(Symbol(TokenKind.In, "`in`"), Scope).OrNull();

    private static readonly Parser<PredicateSyntax?> Condition =
        Behind(Symbol(TokenKind.Where, "`where`"), PredicateGrammar.Predicate).OrNull();

    private static readonly Parser<SetSyntax> Pods =
        from word in Symbol(TokenKind.Pods, null)
        from scope in InScope
        from condition in Condition
        select (SetSyntax)new SetSyntax.Pods(scope, condition);

    private static readonly Parser<SetSyntax> Service =
        from word in Symbol(TokenKind.Service, null)
        from name in Name
        select (SetSyntax)new SetSyntax.Service(name);

    private static readonly Parser<SetSyntax> Dns =
        from word in Symbol(TokenKind.Dns, null)
        from patterns in Quoted.CommaSeparated()
        select (SetSyntax)new SetSyntax.Dns(patterns);

    private static readonly Parser<SetSyntax> Parenthesized =
        from open in Symbol(TokenKind.OpenParenthesis, null)
        from set in (Parser<SetSyntax>)Whole
        from close in Symbol(TokenKind.CloseParenthesis, "`)`")
        select set;

    private static readonly Parser<SetSyntax> Any = Single(TokenKind.Any, static () => new SetSyntax.Any());

    private static readonly Parser<SetSyntax> World = Single(TokenKind.World, static () => new SetSyntax.World());

    private static readonly Parser<SetSyntax> Host = Single(TokenKind.Host, static () => new SetSyntax.Host());

    private static readonly Parser<SetSyntax> Nodes = Single(TokenKind.Nodes, static () => new SetSyntax.Nodes());

    private static readonly Parser<SetSyntax> Named = Name.Select(name => (SetSyntax)new SetSyntax.Named(name));

    private static readonly Parser<SetSyntax> Unknown = Refuse<SetSyntax>(
        static token => token.Kind == TokenKind.Literal,
        static (source, span) => SyntaxDiagnostics.AddressWithoutCidr.At(source, span, Wording.Quote(source.TextOf(span)))
            .WithFix($"cidr {source.TextOf(span)}"));

    private static readonly Parser<SetSyntax> Primary = ((Parser<SetSyntax>)(input => ((TokenInput)input).Token.Kind switch
    {
        TokenKind.Any => Any(input),
        TokenKind.World => World(input),
        TokenKind.Host => Host(input),
        TokenKind.Nodes => Nodes(input),
        TokenKind.Cidr => Cidr(input),
        TokenKind.Pods => Pods(input),
        TokenKind.Service => Service(input),
        TokenKind.Dns => Dns(input),
        TokenKind.OpenParenthesis => Parenthesized(input),
        TokenKind.Name or TokenKind.String => Named(input),
        TokenKind.Literal => Unknown(input),
        _ => Fail<SetSyntax>((TokenInput)input, "a set"),
    })).Spanned();

    private static readonly Parser<Operands?> UnionTail = Tail(TokenKind.Pipe).OrNull();

    private static readonly Parser<Operands?> IntersectionTail = Tail(TokenKind.Ampersand).OrNull();

    private static readonly Parser<Operands?> DifferenceTail = Tail(TokenKind.Minus).OrNull();

    private static readonly Parser<Operands?> AnyTail = input => ((TokenInput)input).Token.Kind switch
    {
        TokenKind.Pipe => UnionTail(input),
        TokenKind.Ampersand => IntersectionTail(input),
        TokenKind.Minus => DifferenceTail(input),
        _ => Result.Success<Operands?>(null, input),
    };

    /// <summary>A whole set expression.</summary>
    public static readonly Parser<SetSyntax> Set =
        (from first in Primary
         from tail in AnyTail
         select tail is null ? first : tail.After(first)).Spanned();

    private static IResult<SetSyntax> Whole(IInput input) => Set(input);

    private static Parser<Operands> Tail(TokenKind symbol)
    {
        var operand = Behind(Symbol(symbol, null), Primary);
        var (others, end) = (operand.All(), NoOtherOperator(symbol));
        return from first in operand
               from more in others
               from stop in end
               select new Operands(symbol, [first, .. more]);
    }

    private static Parser<bool> NoOtherOperator(TokenKind symbol) => input =>
    {
        var at = (TokenInput)input;
        if (at.Token.Kind is not (TokenKind.Pipe or TokenKind.Ampersand or TokenKind.Minus))
        {
            return Result.Success(true, input);
        }

        at.Reading.Complain(at.Position, SyntaxDiagnostics.MixedOperators.At(
            at.Reading.Source, at.Token.Span, Spelling(at.Token.Kind), Spelling(symbol)));
        return Fail<bool>(at, null);
    };

    private static string Spelling(TokenKind symbol) => symbol switch
    {
        TokenKind.Pipe => "|",
        TokenKind.Ampersand => "&",
        TokenKind.Minus => "-",
        _ => throw new UnreachableException(),
    };

    private static Parser<SetSyntax> Single(TokenKind kind, Func<SetSyntax> make) => Symbol(kind, null).Select(_ => make());

    private sealed record Operands(TokenKind Symbol, ImmutableArray<SetSyntax> Sets)
    {
        public SetSyntax After(SetSyntax first) => Symbol switch
        {
            TokenKind.Pipe => new SetSyntax.Union([first, .. Sets]),
            TokenKind.Ampersand => new SetSyntax.Intersection([first, .. Sets]),
            TokenKind.Minus => new SetSyntax.Difference([first, .. Sets]),
            _ => throw new UnreachableException(),
        };
    }
}
