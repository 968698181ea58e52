using Netpol.Syntax;
using Sprache;
using static Netpol.Parsing.Combinators;
using static Netpol.Parsing.Terminals;

namespace Netpol.Parsing;

/// <summary>The lines of <c>cluster</c>, <c>qos</c>, <c>observe</c> and <c>scale</c>.</summary>
internal static class SettingGrammar
{
    private static readonly Parser<Spelled<string>> RangeKind =
        Symbol(TokenKind.Pods, "`pods`").Select(span => new Spelled<string>("pods", span))
            .Or(Symbol(TokenKind.Nodes, "`nodes`").Select(span => new Spelled<string>("nodes", span)))
            .Or(OneOf("services"));

    private static readonly Parser<ClusterLineSyntax> Ranges =
        from kind in RangeKind
        from prefixes in SetGrammar.Prefixes
        select (ClusterLineSyntax)new ClusterLineSyntax.Ranges(kind, prefixes);

    private static readonly Parser<ClusterLineSyntax> Families =
        from word in Word("families")
        from names in OneOf("ipv4", "ipv6").CommaSeparated()
        select (ClusterLineSyntax)new ClusterLineSyntax.Families(names);

    public static readonly StatementTable<ClusterLineSyntax> ClusterLines = new(
        "line of a cluster", [("pods", Ranges), ("nodes", Ranges), ("services", Ranges), ("families", Families)]);

    private static readonly Parser<QosLineSyntax> Rate =
        from direction in RuleGrammar.Direction
        from rate in Literal("a rate such as `100Mbit/s`", Literals.BitRate)
        from burst in Behind(Word("burst"), Literal("a size such as `1MiB`", Literals.Size)).OrNull()
        select (QosLineSyntax)new QosLineSyntax.Rate(direction, rate, burst);

    private static readonly Parser<QosLineSyntax> Priority =
        from word in Word("priority")
        from name in OneOf("guaranteed", "burstable", "best-effort")
        select (QosLineSyntax)new QosLineSyntax.Priority(name);

    public static readonly StatementTable<QosLineSyntax> QosLines = new(
        "line of a qos", [("egress", Rate), ("ingress", Rate), ("priority", Priority)]);

    private static readonly Parser<ObserveLineSyntax> Drops =
        from word in Word("drops")
        from all in Word("all")
        select (ObserveLineSyntax)new ObserveLineSyntax.Drops();

    private static readonly Parser<Spelled<int>> One = SpelledLiteral("`1 in N`", Literals.WholeNumber);

    private static readonly Parser<Spelled<int>?> Sample =
        Word("all").Select(_ => (Spelled<int>?)null)
            .Or(from one in (Parser<Spelled<int>>)OnlyOne
                from word in Symbol(TokenKind.In, "`in`")
                from number in SpelledLiteral("a whole number", Literals.WholeNumber)
                select (Spelled<int>?)number);

    private static readonly Parser<ObserveLineSyntax> Flows =
        from word in Word("flows")
        from sample in Sample
        from endpoints in Behind(Symbol(TokenKind.For, "`for`"), SetGrammar.Set).OrNull()
        select (ObserveLineSyntax)new ObserveLineSyntax.Flows(sample, endpoints);

    public static readonly StatementTable<ObserveLineSyntax> ObserveLines = new(
        "line of observe", [("drops", Drops), ("flows", Flows)]);

    private static readonly Parser<ScaleLineSyntax> Count =
        from kind in OneOf("endpoints", "connections")
        from count in Literal("a whole number", Literals.Count)
        select new ScaleLineSyntax(kind, count);

    private static readonly Parser<ScaleLineSyntax> Events =
        from kind in OneOf("events")
        from rate in Literal("a rate such as `2000/s`", Literals.Rate)
        select new ScaleLineSyntax(kind, rate);

    public static readonly StatementTable<ScaleLineSyntax> ScaleLines = new(
        "line of scale", [("endpoints", Count), ("connections", Count), ("events", Events)]);

    private static IResult<Spelled<int>> OnlyOne(IInput input)
    {
        var result = One(input);
        return result.WasSuccessful && result.Value.Value != 1 ? Fail<Spelled<int>>((TokenInput)input, "`1 in N`") : result;
    }
}
