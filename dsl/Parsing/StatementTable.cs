using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Syntax;
using Netpol.Text;
using Sprache;

namespace Netpol.Parsing;

/// <summary>The statements that may stand in one place, by the word they begin with.</summary>
/// <param name="What">What such a statement is called in messages.</param>
internal sealed record StatementTable<T>(string What, ImmutableArray<(string Word, Parser<T> Parser)> Statements)
    where T : StatementSyntax
{
    public Parser<T>? Find(ReadOnlySpan<char> word)
    {
        foreach (var (key, parser) in Statements)
        {
            if (word.SequenceEqual(key))
            {
                return parser;
            }
        }

        return null;
    }

    public Diagnostic Unknown(SourceFile source, TextSpan span)
    {
        var written = source.TextOf(span);
        var words = Statements.Select(statement => statement.Word);
        var quoted = Wording.Quote(Wording.OneLine(written));
        return Spelling.Nearest(written, words) is { } nearest
            ? SyntaxDiagnostics.UnknownStatement.At(source, span, quoted, What, $"did you mean `{nearest}`?").WithFix(nearest)
            : SyntaxDiagnostics.UnknownStatement.At(source, span, quoted, What, $"expected {string.Join(", ", words.Select(word => $"`{word}`"))}");
    }
}
