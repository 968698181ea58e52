using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Lsp.Symbols;

/// <summary>A name at one place.</summary>
/// <param name="Span">With its quotes; from the start of its part.</param>
/// <param name="Statement">The declaration it stands in.</param>
internal sealed record Occurrence(SymbolKind Kind, string Name, TextSpan Span, bool IsDeclaration, StatementSyntax Statement)
{
    /// <summary>The service whose port it is; else empty.</summary>
    public string Owner { get; init; } = "";

    /// <summary>The value that a label is compared with or given; null: none, or it is no label.</summary>
    public string? Value { get; init; }

    /// <summary>The rule it stands in; null: in none.</summary>
    public RuleSyntax? Rule { get; init; }

    public bool IsSameAs(Occurrence other) => Kind == other.Kind && Name == other.Name && Owner == other.Owner;
}
