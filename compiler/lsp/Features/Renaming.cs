using Netpol.Lsp.Protocol;
using Netpol.Lsp.Rpc;
using Netpol.Lsp.Symbols;
using Netpol.Lsp.Workspace;
using Netpol.Parsing;
using Netpol.Syntax;
using SymbolKind = Netpol.Lsp.Symbols.SymbolKind;

namespace Netpol.Lsp.Features;

/// <summary>A name changed wherever it stands, in all builds that hold the file.</summary>
internal static class Renaming
{
    private static readonly string[] NeverPorts = ["http", "log", "limit", "per"];

    public static RenamePlace? Prepare(Question question, int offset) =>
        SymbolIndex.At(question.File, offset) is { } found && CanBeRenamed(question, found.Symbol) ? new RenamePlace(found.Range, found.Symbol.Name) : null;

    public static WorkspaceEdit Rename(Question question, int offset, string newName)
    {
        if (SymbolIndex.At(question.File, offset) is not { } found || !CanBeRenamed(question, found.Symbol))
        {
            throw new RpcError(RpcError.RequestFailed, "here stands no name that these files declare");
        }

        var symbol = found.Symbol;
        Check(question, symbol, newName);
        return new WorkspaceEdit(question.Same(symbol)
            .GroupBy(place => place.File.FullPath, StringComparer.Ordinal)
            .ToDictionary(file => question.UriOf(file.Key), file => file.Select(place => new TextEdit(place.Range, Names.Written(newName))).ToArray(), StringComparer.Ordinal));
    }

    // What does not parse has no names yet, and the name would stay there as it was.
    private static string? Unread(BuildFile file, string name)
    {
        foreach (var part in file.Parsed.Parts.Where(part => file.Parsed.Diagnostics.Any(wrong => wrong.Span.Start <= part.Start + part.Text.Length && part.Start <= wrong.Span.End)))
        {
            var source = part.Unit.Source;
            var read = SymbolWalk.Of(part.Unit).Select(symbol => symbol.Span.Start).ToHashSet();
            foreach (var lexeme in Lexeme.All(source).Where(lexeme => lexeme.Kind is LexemeKind.Word or LexemeKind.Quoted && !read.Contains(lexeme.Span.Start)))
            {
                if (source.TextOf(lexeme.Span).Trim('"') == name)
                {
                    return $"{file.Source.Path}:{file.Source.PositionOf(part.Start + lexeme.Span.Start)}";
                }
            }
        }

        return null;
    }

    // What a pod or a cluster gives a name to keeps it, but a namespace that is declared here.
    private static bool CanBeRenamed(Question question, Occurrence symbol) =>
        symbol.Kind is not (SymbolKind.PodPort or SymbolKind.LabelKey or SymbolKind.File) && question.Same(symbol).Any(place => place.Symbol.IsDeclaration);

    private static void Check(Question question, Occurrence symbol, string newName)
    {
        if (newName.Length == 0 || newName.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
        {
            throw new RpcError(RpcError.RequestFailed, "this is no name");
        }

        if (symbol.Kind == SymbolKind.Ports && NeverPorts.Contains(newName))
        {
            throw new RpcError(RpcError.RequestFailed, $"`{newName}` cannot name ports");
        }

        if (question.Builds.SelectMany(build => build.Files).Select(file => Unread(file, symbol.Name)).FirstOrDefault(place => place is not null) is { } unread)
        {
            throw new RpcError(RpcError.RequestFailed, $"`{symbol.Name}` stands in what does not parse, at {unread}: mend that first");
        }

        var taken = symbol with { Name = newName };
        if (newName != symbol.Name && question.Same(taken).Any(place => place.Symbol.IsDeclaration))
        {
            throw new RpcError(RpcError.RequestFailed, $"there is a {symbol.Kind.ToString().ToLowerInvariant()} `{newName}` already");
        }
    }
}
