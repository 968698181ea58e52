using Netpol.Lsp.Protocol;
using Netpol.Lsp.Workspace;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Lsp.Features;

/// <summary>The declarations of a file as a tree.</summary>
internal static class Outline
{
    private const int ModuleIcon = 2, NamespaceIcon = 3, ClassIcon = 5, MethodIcon = 6, EnumIcon = 10, InterfaceIcon = 11, FunctionIcon = 12;

    public static DocumentSymbol[] Of(BuildFile file) =>
        [.. file.Parsed.Parts.SelectMany(part => part.Unit.Statements.Select(statement => new Placing(file.Source, part.Start).Of(statement)).OfType<DocumentSymbol>())];

    private sealed record Placing(SourceFile Source, int Start)
    {
        public DocumentSymbol? Of(StatementSyntax statement) => statement switch
        {
            GroupSyntax syntax => Symbol(statement, syntax.Name, "group", ClassIcon),
            PortsSyntax syntax => Symbol(statement, syntax.Name, "ports", EnumIcon),
            PolicySyntax syntax => Symbol(statement, syntax.Name, "policy", FunctionIcon) with { Children = [.. syntax.Blocks.Select(Block)] },
            ServiceSyntax syntax => Symbol(statement, syntax.Name, "service", InterfaceIcon),
            QosSyntax syntax => Symbol(statement, syntax.Name, "qos", FunctionIcon),
            NamespaceSyntax syntax => Symbol(statement, syntax.Name, "namespace", NamespaceIcon),
            TestSyntax syntax => Symbol(statement, syntax.Name, "test", MethodIcon),
            AssertSyntax syntax => Symbol(statement, syntax.Name, "assert", MethodIcon),
            ImportSyntax syntax => Symbol(statement, syntax.Path, "import", ModuleIcon),
            _ => null,
        };

        private DocumentSymbol Block(PolicyBlockSyntax block) => Symbol(
            block, new Spelled<string>(block.Direction.Value.ToString().ToLowerInvariant(), block.Direction.Span), Usage.Counted(block.Rules.Length, "rule"), MethodIcon);

        // The protocol refuses empty names.
        private DocumentSymbol Symbol(StatementSyntax statement, Spelled<string> name, string detail, int icon) =>
            new(name.Value.Trim().Length == 0 ? "\"\"" : name.Value, detail, icon, Range(statement.Span), Range(name.Span), []);

        private Protocol.Range Range(TextSpan span) => Places.Of(Source, span with { Start = Start + span.Start });
    }
}
