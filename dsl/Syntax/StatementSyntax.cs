using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary>A declaration or a line inside `{ }`, with the comments that belong to it.</summary>
public abstract record StatementSyntax : SyntaxNode
{
    /// <summary>The text of the `///` lines before it, without the slashes, lines joined by `\n`; null where there are none.</summary>
    public string? Documentation { get; init; }

    /// <summary>The comment lines before it, without `//`.</summary>
    public ImmutableArray<string> Comments { get; init; } = [];

    /// <summary>The comment lines before its closing brace, without `//`.</summary>
    public ImmutableArray<string> ClosingComments { get; init; } = [];

    /// <summary>The comment behind it on its last line, without `//`; null where there is none.</summary>
    public string? TrailingComment { get; init; }

    /// <summary>A part of it did not parse, was reported and is left out.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>An empty line stands before it and its comments.</summary>
    public bool HasBlankLineBefore { get; init; }
}
