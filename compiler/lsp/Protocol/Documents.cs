namespace Netpol.Lsp.Protocol;

internal sealed record DidOpen(TextDocumentItem TextDocument);

internal sealed record TextDocumentItem(string Uri, string Text, int? Version = null);

internal sealed record DidChange(VersionedDocument TextDocument, ContentChange[] ContentChanges);

internal sealed record VersionedDocument(string Uri, int? Version = null);

/// <param name="Range">Null: the text is the whole document.</param>
internal sealed record ContentChange(string Text, Range? Range = null);

internal sealed record PublishedDiagnostics(string Uri, int? Version, ProblemReport[] Diagnostics);

/// <summary>A diagnostic as the protocol has it.</summary>
/// <param name="Severity">1 error, 2 warning.</param>
internal sealed record ProblemReport(
    Range Range, int Severity, string Code, string Source, string Message, RelatedReport[]? RelatedInformation);

/// <param name="Type">1 error.</param>
internal sealed record LogMessage(int Type, string Message);

internal sealed record RelatedReport(Location Location, string Message);
