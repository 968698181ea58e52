namespace Netpol.Lsp.Protocol;

/// <summary>A place in a document: line and UTF-16 unit in it, both from 0.</summary>
internal sealed record Position(int Line, int Character);

/// <param name="End">Behind the last unit.</param>
internal sealed record Range(Position Start, Position End);

internal sealed record Location(string Uri, Range Range);

internal sealed record TextEdit(Range Range, string NewText);

/// <param name="Changes">By the document's address.</param>
internal sealed record WorkspaceEdit(IReadOnlyDictionary<string, TextEdit[]> Changes);

internal sealed record TextDocumentIdentifier(string Uri);

/// <summary>A place in a document, as most requests name it.</summary>
internal record DocumentPosition(TextDocumentIdentifier TextDocument, Position Position);

/// <summary>A document, as requests about all of it name it.</summary>
internal sealed record DocumentRequest(TextDocumentIdentifier TextDocument);

/// <summary>A part of a document.</summary>
internal sealed record RangeRequest(TextDocumentIdentifier TextDocument, Range Range);
