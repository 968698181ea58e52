namespace Netpol.Lsp.Protocol;

/// <param name="Kind"><c>markdown</c></param>
internal sealed record MarkupContent(string Kind, string Value);

internal sealed record HoverAnswer(MarkupContent Contents, Range Range);

internal sealed record CompletionAnswer(bool IsIncomplete, CompletionItem[] Items);

/// <param name="Kind">A number of the protocol's CompletionItemKind.</param>
/// <param name="TextEdit">Replaces the word that is being written.</param>
internal sealed record CompletionItem(string Label, int Kind, string? Detail, string? SortText, TextEdit TextEdit)
{
    public MarkupContent? Documentation { get; init; }
}

internal sealed record ReferencesRequest(TextDocumentIdentifier TextDocument, Position Position, ReferenceContext? Context = null);

internal sealed record ReferenceContext(bool IncludeDeclaration);

/// <param name="Kind">2 read, 3 written: where the name is declared.</param>
internal sealed record DocumentHighlight(Range Range, int Kind);

internal sealed record RenameRequest(TextDocumentIdentifier TextDocument, Position Position, string NewName);

internal sealed record RenamePlace(Range Range, string Placeholder);

internal sealed record CodeActionRequest(TextDocumentIdentifier TextDocument, Range Range, CodeActionContext? Context = null);

/// <param name="Only">Kinds that are asked for; null: all.</param>
internal sealed record CodeActionContext(string[]? Only = null);

internal sealed record CodeAction(string Title, string Kind, ProblemReport[]? Diagnostics, bool IsPreferred, WorkspaceEdit Edit);

/// <param name="Kind">1 type, 2 parameter.</param>
internal sealed record InlayHint(Position Position, string Label, int Kind, bool PaddingLeft, string? Tooltip);

/// <param name="Data">Five numbers a token: lines since the one before, units since it or from the line's start, length, type, modifiers.</param>
internal sealed record SemanticTokens(int[] Data);

/// <param name="Kind">A number of the protocol's SymbolKind.</param>
internal sealed record DocumentSymbol(string Name, string? Detail, int Kind, Range Range, Range SelectionRange, DocumentSymbol[] Children);
