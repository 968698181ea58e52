using Netpol.Text;

namespace Netpol.Syntax;

/// <summary>What the author wrote, nothing inferred. Trees that were built and not parsed have empty spans.</summary>
public abstract record SyntaxNode
{
    public TextSpan Span { get; init; }
}
