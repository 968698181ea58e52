using System.Collections.Immutable;
using Netpol.Text;

namespace Netpol.Syntax;

/// <summary>One file.</summary>
public sealed record CompilationUnitSyntax(SourceFile Source, ImmutableArray<StatementSyntax> Statements) : SyntaxNode
{
    /// <summary>Comment lines after the last statement, without `//`.</summary>
    public ImmutableArray<string> ClosingComments { get; init; } = [];

    /// <summary>
    /// A part of the build could not be read, so names that nobody declared may stand in it; they are not reported.
    /// </summary>
    public bool HasUnreadParts { get; init; }
}
