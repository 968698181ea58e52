using System.Collections.Immutable;
using Netpol.Syntax;
using Netpol.Text;
using Sprache;
using static Netpol.Parsing.Combinators;
using static Netpol.Parsing.Terminals;

namespace Netpol.Parsing;

/// <summary>The lines of tests, and the records of labels.</summary>
internal static class TestGrammar
{
    private static readonly Parser<LabelSyntax> Label =
        (from key in Name
         from assign in Symbol(TokenKind.Assign, "`=`").Or(Refuse<TextSpan>(
             static token => token.Kind == TokenKind.Equal,
             static (source, span) => SyntaxDiagnostics.ComparisonForAssignment.At(source, span).WithFix("=")))
         from value in Quoted.Or(Refuse<Spelled<string>>(
             static token => token.Kind is TokenKind.Name or TokenKind.Literal || token.IsReserved,
             static (source, span) => SyntaxDiagnostics.UnquotedValue.At(source, span, source.TextOf(span)).WithFix($"\"{source.TextOf(span)}\"")))
         select new LabelSyntax(key, value)).Spanned();

    /// <summary><c>env = "prod", team = "a"</c>; a comma may stand behind the last.</summary>
    public static readonly Parser<ImmutableArray<LabelSyntax>> Labels =
        from labels in Label.CommaSeparated()
        from comma in Symbol(TokenKind.Comma, null).OrNothing()
        select labels;

    private static readonly Parser<TestSideSyntax> Pod =
        from word in Symbol(TokenKind.Pod, "`pod`")
        from inside in Symbol(TokenKind.In, "`in`")
        from name in Name
        from labels in Nested.Labels
        select (TestSideSyntax)new TestSideSyntax.Pod(name, labels);

    private static readonly Parser<TestSideSyntax> SetSide = SetGrammar.Set.Select(set => (TestSideSyntax)new TestSideSyntax.Set(set));

    private static readonly Parser<TestSideSyntax> Side =
        ((Parser<TestSideSyntax>)(input => ((TokenInput)input).Token.Kind == TokenKind.Pod
            ? Pod(input)
            : SetSide(input))).Spanned();

    /// <summary><c>api -> db on 5432/tcp allow</c></summary>
    public static readonly Parser<TestLineSyntax> Line =
        (from source in Side
         from arrow in Symbol(TokenKind.Arrow, "`->`")
         from destination in Side
         from ports in PortGrammar.On
         from request in Behind(Word("http"), RuleGrammar.HttpRequest).OrNull()
         from expected in OneOf(("allow", ActionSyntax.Allow), ("deny", ActionSyntax.Deny))
         select new TestLineSyntax(source, destination, ports, expected) { Http = request }).Spanned();
}
