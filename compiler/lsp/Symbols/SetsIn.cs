using Netpol.Syntax;

namespace Netpol.Lsp.Symbols;

/// <summary>The set expressions of a part, those within others too.</summary>
internal static class SetsIn
{
    public static IEnumerable<SetSyntax> Of(CompilationUnitSyntax unit) => unit.Statements.SelectMany(Outermost).SelectMany(WithParts);

    private static IEnumerable<SetSyntax> Outermost(StatementSyntax statement) => statement switch
    {
        GroupSyntax syntax => [syntax.Set],
        PolicySyntax syntax => [syntax.For, .. syntax.Blocks.SelectMany(block => block.Rules).Select(rule => rule.Peer)],
        ServiceSyntax syntax => syntax.Lines.SelectMany(Outermost),
        QosSyntax syntax => [syntax.For],
        ObserveSyntax syntax => syntax.Lines.OfType<ObserveLineSyntax.Flows>().Select(line => line.For).OfType<SetSyntax>(),
        TestSyntax syntax => syntax.Lines.SelectMany(line => new[] { line.From, line.To }).OfType<TestSideSyntax.Set>().Select(side => side.Addresses),
        AssertSyntax syntax => [syntax.From, syntax.To],
        AssumeSyntax syntax => [syntax.Set],
        _ => [],
    };

    private static IEnumerable<SetSyntax> Outermost(ServiceLineSyntax line) => line switch
    {
        ServiceLineSyntax.BackendSet backends => [backends.Set],
        ServiceLineSyntax.LoadBalancer { From: { } clients } => [clients],
        _ => [],
    };

    private static IEnumerable<SetSyntax> WithParts(SetSyntax set) => set switch
    {
        SetSyntax.Union union => union.Parts.SelectMany(WithParts),
        SetSyntax.Intersection intersection => intersection.Parts.SelectMany(WithParts),
        SetSyntax.Difference difference => difference.Parts.SelectMany(WithParts),
        _ => [set],
    };
}
