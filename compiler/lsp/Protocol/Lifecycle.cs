namespace Netpol.Lsp.Protocol;

/// <summary>What the client says of itself; only what the server uses.</summary>
/// <param name="ProcessId">Of the client; the server ends with it.</param>
internal sealed record InitializeRequest(
    int? ProcessId = null, string? RootUri = null, WorkspaceFolder[]? WorkspaceFolders = null, ServerSettings? InitializationOptions = null);

internal sealed record WorkspaceFolder(string Uri);

/// <param name="Roots">Files and folders that are built together, from the workspace's folder, as <c>netpol check</c> takes them.</param>
internal sealed record ServerSettings(string[]? Roots = null);

internal sealed record InitializeResult(ServerCapabilities Capabilities, ServerIdentity ServerInfo);

internal sealed record ServerIdentity(string Name, string Version);

/// <summary>What the server can do, by the protocol's names.</summary>
internal sealed record ServerCapabilities
{
    public string PositionEncoding { get; init; } = "utf-16";

    public TextDocumentSync TextDocumentSync { get; init; } = new(OpenClose: true, Change: 2, Save: true);

    public bool HoverProvider { get; init; } = true;

    public CompletionOptions CompletionProvider { get; init; } = new(["\""]);

    public bool DefinitionProvider { get; init; } = true;

    public bool ReferencesProvider { get; init; } = true;

    public bool DocumentHighlightProvider { get; init; } = true;

    public bool DocumentSymbolProvider { get; init; } = true;

    public RenameOptions RenameProvider { get; init; } = new(PrepareProvider: true);

    public bool DocumentFormattingProvider { get; init; } = true;

    public CodeActionOptions CodeActionProvider { get; init; } = new(["quickfix", "source.fixAll"]);

    public bool InlayHintProvider { get; init; } = true;

    public required SemanticTokensOptions SemanticTokensProvider { get; init; }
}

/// <param name="Change">2: changes of stretches, not whole texts.</param>
internal sealed record TextDocumentSync(bool OpenClose, int Change, bool Save);

internal sealed record CompletionOptions(string[] TriggerCharacters);

internal sealed record RenameOptions(bool PrepareProvider);

internal sealed record CodeActionOptions(string[] CodeActionKinds);

internal sealed record SemanticTokensOptions(SemanticTokensLegend Legend, bool Full, bool Range);

internal sealed record SemanticTokensLegend(string[] TokenTypes, string[] TokenModifiers);
