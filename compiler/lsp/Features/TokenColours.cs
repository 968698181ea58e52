using Netpol.Lsp.Protocol;
using Netpol.Lsp.Symbols;
using Netpol.Lsp.Workspace;
using Netpol.Parsing;
using Netpol.Text;
using SymbolKind = Netpol.Lsp.Symbols.SymbolKind;

namespace Netpol.Lsp.Features;

/// <summary>Every token with what it is, in the five numbers of the protocol.</summary>
internal static class TokenColours
{
    private const int Declaration = 1;

    /// <summary>The protocol's words; a token's type is the index of one.</summary>
    public static SemanticTokensLegend Legend { get; } = new(
        ["keyword", "comment", "string", "number", "operator", "class", "enum", "function", "interface", "namespace", "property", "variable"], ["declaration"]);

    public static SemanticTokens In(BuildFile file, TextSpan span)
    {
        var data = new List<int>();
        var last = new Position(0, 0);
        foreach (var part in file.Parsed.Parts.Where(part => part.Start <= span.End && span.Start <= part.Start + part.Text.Length))
        {
            var names = SymbolWalk.Of(part.Unit).DistinctBy(symbol => symbol.Span.Start).ToDictionary(symbol => symbol.Span.Start);
            foreach (var lexeme in Lexeme.All(part.Unit.Source))
            {
                var symbol = names.GetValueOrDefault(lexeme.Span.Start);
                if (TypeOf(lexeme, symbol, part.Unit.Source) is { } type)
                {
                    last = Add(data, file.Source, lexeme.Span with { Start = part.Start + lexeme.Span.Start }, Array.IndexOf(Legend.TokenTypes, type), symbol?.IsDeclaration == true ? Declaration : 0, last);
                }
            }
        }

        return new SemanticTokens([.. data]);
    }

    private static string? TypeOf(Lexeme lexeme, Occurrence? symbol, SourceFile source) => (lexeme.Kind, symbol?.Kind) switch
    {
        (LexemeKind.Word or LexemeKind.Quoted or LexemeKind.Reserved, { } kind) => kind switch
        {
            SymbolKind.Group => "class",
            SymbolKind.Ports => "enum",
            SymbolKind.Policy or SymbolKind.Qos => "function",
            SymbolKind.Service => "interface",
            SymbolKind.Namespace => "namespace",
            SymbolKind.LabelKey => "property",
            SymbolKind.ServicePort or SymbolKind.PodPort => "variable",
            SymbolKind.File => "string",
            _ => throw new System.Diagnostics.UnreachableException(),
        },
        (LexemeKind.Reserved, _) => "keyword",
        // A word that names nothing is of the language, or not yet of a name that is known.
        (LexemeKind.Word, _) => IsMethod(source.TextOf(lexeme.Span)) ? "function" : "keyword",
        (LexemeKind.Quoted, _) => "string",
        (LexemeKind.Literal, _) => "number",
        (LexemeKind.Comment, _) => "comment",
        (LexemeKind.Symbol, _) => source.TextOf(lexeme.Span) is "|" or "&" or "-" or "=" or "==" or "!=" or "->" ? "operator" : null,
        (LexemeKind.Bad, _) => null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static bool IsMethod(string word) => word.Length > 1 && word.All(char.IsAsciiLetterUpper);

    // A token of several lines, which only a comment can be, is one for each.
    private static Position Add(List<int> data, SourceFile source, TextSpan span, int type, int modifiers, Position last)
    {
        var (first, end) = (source.PositionOf(span.Start).Line, source.PositionOf(span.End).Line);
        for (var line = first; line <= end; line++)
        {
            var whole = source.LineSpan(line);
            var (from, to) = (Math.Max(span.Start, whole.Start), Math.Min(span.End, whole.End));
            if (from >= to)
            {
                continue;
            }

            var at = Places.Of(source, from);
            data.AddRange([at.Line - last.Line, at.Line == last.Line ? at.Character - last.Character : at.Character, to - from, type, modifiers]);
            last = at;
        }

        return last;
    }
}
