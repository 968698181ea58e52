using Netpol.Syntax;
using Netpol.Text;
using Sprache;
using static Netpol.Parsing.Terminals;

namespace Netpol.Parsing;

/// <summary>What may stand in a file outside of all blocks.</summary>
internal static class DeclarationGrammar
{
    private static readonly Parser<StatementSyntax> DefaultNamespace =
        from word in Word("default")
        from kind in Word("namespace")
        from name in Name
        select (StatementSyntax)new DefaultNamespaceSyntax(name);

    private static readonly Parser<StatementSyntax> Import =
        from word in Word("import")
        from path in Quoted
        select (StatementSyntax)new ImportSyntax(path);

    private static readonly Parser<StatementSyntax> Namespace =
        from word in Word("namespace")
        from name in Name
        from labels in Nested.Labels
        select (StatementSyntax)new NamespaceSyntax(name, labels);

    private static readonly Parser<StatementSyntax> Cluster =
        from word in Word("cluster")
        from lines in Nested.ClusterLines
        select (StatementSyntax)new ClusterSyntax(lines);

    private static readonly Parser<TextSpan> Assign = Symbol(TokenKind.Assign, "`=`");

    private static readonly Parser<StatementSyntax> Group =
        from word in Word("group")
        from name in Name
        from assign in Assign
        from set in SetGrammar.Set
        select (StatementSyntax)new GroupSyntax(name, set);

    private static readonly Parser<StatementSyntax> Ports =
        from word in Word("ports")
        from name in Name
        from assign in Assign
        from ports in PortGrammar.Ports
        select (StatementSyntax)new PortsSyntax(name, ports);

    private static readonly Parser<TierSyntax> Tier =
        (from word in Word("tier")
         from name in OneOf("admin", "baseline")
         from order in SpelledLiteral("a number", Literals.Number)
         select new TierSyntax(name, order)).Spanned();

    private static readonly Parser<TierSyntax?> OptionalTier = Tier.OrNull();

    private static readonly Parser<TextSpan?> Audit = Word("audit").OrNothing();

    private static readonly Parser<TextSpan> For = Symbol(TokenKind.For, "`for`");

    private static readonly Parser<StatementSyntax> Policy =
        from word in Word("policy")
        from name in Name
        from audit in Audit
        from selects in For
        from set in SetGrammar.Set
        from tier in OptionalTier
        from blocks in Nested.PolicyBlocks
        select (StatementSyntax)new PolicySyntax(name, set, blocks) { Audit = audit, Tier = tier };

    private static readonly Parser<StatementSyntax> Service =
        from word in Symbol(TokenKind.Service, "`service`")
        from name in Name
        from lines in Nested.ServiceLines
        select (StatementSyntax)new ServiceSyntax(name, lines);

    private static readonly Parser<StatementSyntax> Qos =
        from word in Word("qos")
        from name in Name
        from selects in Symbol(TokenKind.For, "`for`")
        from set in SetGrammar.Set
        from lines in Nested.QosLines
        select (StatementSyntax)new QosSyntax(name, set, lines);

    private static readonly Parser<StatementSyntax> Observe =
        from word in Word("observe")
        from lines in Nested.ObserveLines
        select (StatementSyntax)new ObserveSyntax(lines);

    private static readonly Parser<StatementSyntax> Scale =
        from word in Word("scale")
        from lines in Nested.ScaleLines
        select (StatementSyntax)new ScaleSyntax(lines);

    private static readonly Parser<StatementSyntax> Test =
        from word in Word("test")
        from name in Quoted
        from lines in Nested.TestLines
        select (StatementSyntax)new TestSyntax(name, lines);

    private static readonly Parser<StatementSyntax> Assert =
        from word in Word("assert")
        from name in Quoted
        from kind in OneOf("only", "never")
        from source in SetGrammar.Set
        from arrow in Symbol(TokenKind.Arrow, "`->`")
        from destination in SetGrammar.Set
        from ports in PortGrammar.On
        select (StatementSyntax)new AssertSyntax(name, kind, source, destination, ports);

    private static readonly Parser<StatementSyntax> Assume =
        from word in Word("assume")
        from no in Word("no")
        from set in SetGrammar.Set
        select (StatementSyntax)new AssumeSyntax(set);

    public static readonly StatementTable<StatementSyntax> Declarations = new(
        "declaration",
        [
            ("default", DefaultNamespace), ("import", Import), ("namespace", Namespace), ("cluster", Cluster), ("group", Group),
            ("ports", Ports), ("policy", Policy), ("service", Service), ("qos", Qos), ("observe", Observe), ("scale", Scale),
            ("test", Test), ("assert", Assert), ("assume", Assume),
        ]);
}
