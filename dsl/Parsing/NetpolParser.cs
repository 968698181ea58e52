using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>
/// A file's text to its syntax. Statements that do not parse are reported once and left out; all others are in the tree.
/// </summary>
public static class NetpolParser
{
    private static readonly string[] NamedKinds = ["group", "ports", "policy", "service", "qos", "namespace"];

    public static (CompilationUnitSyntax Unit, ImmutableArray<Diagnostic> Diagnostics) Parse(SourceFile source) => Parse(Tokenizer.Tokenize(source));

    /// <summary>A stretch of a file that <see cref="PartCutter"/> cut out.</summary>
    /// <returns>Null: what there is to say about it depends on the rest of the file.</returns>
    internal static (CompilationUnitSyntax Unit, ImmutableArray<Diagnostic> Diagnostics)? ParsePart(SourceFile part)
    {
        var tokenized = Tokenizer.Tokenize(part);
        return !tokenized.IsTooDeep && Parse(tokenized) is { Unit.HasUnreadParts: false } parsed ? parsed : null;
    }

    private static (CompilationUnitSyntax Unit, ImmutableArray<Diagnostic> Diagnostics) Parse(TokenizedSource tokenized)
    {
        var source = tokenized.Source;
        var (statements, bracketDiagnostics) = StatementCutter.Cut(tokenized);
        var file = new FileReading(tokenized);
        var declarations = ImmutableArray.CreateBuilder<StatementSyntax>();
        var isForeign = statements.Count > 1;
        foreach (var statement in statements)
        {
            isForeign &= !BeginsDeclaration(source, statement);
            if ((file.Read(statement, DeclarationGrammar.Declarations) ?? Incomplete(source, statement)) is { } declaration)
            {
                declarations.Add(declaration);
            }
        }

        var all = tokenized.Diagnostics.AddRange(bracketDiagnostics).AddRange(file.Diagnostics);
        var unit = new CompilationUnitSyntax(source, declarations.ToImmutable())
        {
            Span = new TextSpan(0, source.Text.Length),
            ClosingComments = file.TakeRest(),
            HasUnreadParts = tokenized.Tokens.IsEmpty && !all.IsEmpty,
        };
        if (isForeign)
        {
            return (unit with { HasUnreadParts = true }, [SyntaxDiagnostics.NotNetpol.At(source, statements[0].Tokens[0].Span)]);
        }

        return (unit, [.. all.OrderBy(diagnostic => diagnostic.Span.Start)]);
    }

    private static bool BeginsDeclaration(SourceFile source, RawStatement statement) =>
        DeclarationGrammar.Declarations.Find(source.TextOf(statement.Tokens[0].Span)) is not null;

    // The declarations that have names, all with the name as their second token; `grop a = …` was meant to declare a group.
    private static IncompleteSyntax? Incomplete(SourceFile source, RawStatement statement)
    {
        if (statement.Tokens.Count < 2 || statement.Tokens[1].Kind is not (TokenKind.Name or TokenKind.String))
        {
            return null;
        }

        var (kind, name) = (statement.Tokens[0].Span, statement.Tokens[1].Span);
        var written = source.TextOf(kind);
        return (NamedKinds.Contains(written) ? written : Spelling.Nearest(written, NamedKinds)) is { } meant
            ? new IncompleteSyntax(new Spelled<string>(meant, kind), new Spelled<string>(source.TextOf(name).Trim('"'), name)) { Span = statement.Span }
            : null;
    }
}
