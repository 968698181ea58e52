using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Netpol.Diagnostics;
using Netpol.Lsp.Features;
using Netpol.Lsp.Protocol;
using Netpol.Lsp.Rpc;
using Netpol.Lsp.Workspace;

namespace Netpol.Lsp;

/// <summary>
/// The server: messages of a client in, answers and diagnostics out. It reads and writes no stream and starts no thread, so that a test drives
/// it message by message; <see cref="ServerLoop"/> does both.
/// </summary>
public sealed class LanguageServer
{
    private readonly Action<byte[]> _send;
    private readonly string _version;
    private readonly OpenWorkspace _workspace = new();
    private readonly HashSet<string> _published = new(StringComparer.Ordinal);
    private readonly FrozenDictionary<string, Action<JsonElement, JsonElement>> _requests;
    private readonly FrozenDictionary<string, Action<JsonElement>> _notifications;
    private bool _isInitialized;
    private bool _isShutDown;
    private bool _isDirty;

    /// <param name="send">Takes the content of a message.</param>
    /// <param name="version">Of the program.</param>
    public LanguageServer(Action<byte[]> send, string version)
    {
        (_send, _version) = (send, version);
        var json = ProtocolJson.Default;
        _requests = new Dictionary<string, Action<JsonElement, JsonElement>>(StringComparer.Ordinal)
        {
            ["initialize"] = Request(json.InitializeRequest, json.InitializeResult, Initialize),
            ["shutdown"] = (id, _) => Shutdown(id),
            ["textDocument/hover"] = Request(json.DocumentPosition, json.HoverAnswer, request => At(request, Hovering.At)),
            ["textDocument/completion"] = Request(json.DocumentPosition, json.CompletionAnswer, request => At(request, Completion.At)),
            ["textDocument/definition"] = Request(json.DocumentPosition, json.LocationArray, request => At(request, Navigation.Definition)),
            ["textDocument/references"] = Request(json.ReferencesRequest, json.LocationArray, References),
            ["textDocument/documentHighlight"] = Request(json.DocumentPosition, json.DocumentHighlightArray, request => At(request, Navigation.Highlights)),
            ["textDocument/documentSymbol"] = Request(json.DocumentRequest, json.DocumentSymbolArray, request => On(request.TextDocument, question => Outline.Of(question.File))),
            ["textDocument/prepareRename"] = Request(json.DocumentPosition, json.RenamePlace, request => At(request, Renaming.Prepare)),
            ["textDocument/rename"] = Request(json.RenameRequest, json.WorkspaceEdit, Rename),
            ["textDocument/formatting"] = Request(json.DocumentRequest, json.TextEditArray, request => On(request.TextDocument, question => StyleEdits.Of(question.Source))),
            ["textDocument/codeAction"] = Request(json.CodeActionRequest, json.CodeActionArray, Actions),
            ["textDocument/inlayHint"] = Request(json.RangeRequest, json.InlayHintArray, request => On(request.TextDocument, question => InlayHints.In(question, Places.SpanOf(question.Source, request.Range)))),
            ["textDocument/semanticTokens/full"] = Request(json.DocumentRequest, json.SemanticTokens, request => On(request.TextDocument, question => TokenColours.In(question.File, new(0, question.Source.Text.Length)))),
            ["textDocument/semanticTokens/range"] = Request(json.RangeRequest, json.SemanticTokens, request => On(request.TextDocument, question => TokenColours.In(question.File, Places.SpanOf(question.Source, request.Range)))),
        }.ToFrozenDictionary(StringComparer.Ordinal);
        _notifications = new Dictionary<string, Action<JsonElement>>(StringComparer.Ordinal)
        {
            ["exit"] = _ => ExitCode = _isShutDown ? 0 : 1,
            ["textDocument/didOpen"] = Notification(json.DidOpen, opened => Put(opened.TextDocument.Uri, _ => new Document(opened.TextDocument.Uri, opened.TextDocument.Version, opened.TextDocument.Text))),
            ["textDocument/didChange"] = Notification(json.DidChange, changed => Put(changed.TextDocument.Uri, known => known?.Changed(changed.TextDocument.Version, changed.ContentChanges))),
            ["textDocument/didClose"] = Notification(json.DocumentRequest, closed => Put(closed.TextDocument.Uri, _ => null)),
            ["textDocument/didSave"] = Notification(json.DocumentRequest, Saved),
            ["workspace/didChangeWatchedFiles"] = _ =>
            {
                _workspace.FilesChanged();
                _isDirty = true;
            },
        }.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Set once the client has said <c>exit</c>: 0 after <c>shutdown</c>, else 1.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Of the client, which the server does not outlive; null: it did not say.</summary>
    public int? ClientProcess { get; private set; }

    internal int Bindings => _workspace.Bindings;

    /// <summary>Takes the content of one message. Whatever it is, the server goes on.</summary>
    public void Receive(ReadOnlyMemory<byte> content)
    {
        JsonDocument message;
        try
        {
            message = JsonDocument.Parse(content);
        }
        catch (JsonException exception)
        {
            _send(Outgoing.Error(default, RpcError.ParseError, $"this is no JSON: {exception.Message}"));
            return;
        }

        using (message)
        {
            Receive(message.RootElement);
        }
    }

    /// <summary>Publishes the diagnostics of what changed; called when no message waits.</summary>
    public void Settle()
    {
        if (_isDirty)
        {
            _isDirty = false;
            Publish();
        }
    }

    /// <summary>What is left to be checked of what does not change any more; it may run on any thread.</summary>
    /// <returns>Null: nothing. Else a function whose result is to be called where messages are received.</returns>
    public Func<Action>? NextCheck()
    {
        if (_workspace.NextDeepCheck() is not { } check)
        {
            return null;
        }

        return () =>
        {
            var (found, mistake) = Guarded(check);
            return () =>
            {
                _workspace.Take(check, found);
                Publish();
                if (mistake is not null)
                {
                    Log(mistake);
                }
            };
        };
    }

    private static (ImmutableArray<Diagnostic> Found, string? Mistake) Guarded(DeepCheck check)
    {
        try
        {
            return (check.Run(), null);
        }
#pragma warning disable CA1031 // A mistake of ours costs what this check would have found.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return ([], $"this is a mistake in netpol (a check: {exception.GetType().Name}: {exception.Message}); please report this line");
        }
    }

    private void Receive(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            _send(Outgoing.Error(default, RpcError.InvalidRequest, "a message is one object"));
            return;
        }

        var isRequest = message.TryGetProperty("id", out var id);
        if (isRequest && id.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
        {
            _send(Outgoing.Error(default, RpcError.InvalidRequest, "an id is a number or a text"));
            return;
        }

        if (!message.TryGetProperty("method", out var name) || name.ValueKind != JsonValueKind.String)
        {
            // What has an id and no method is an answer, and nothing was asked.
            if (isRequest && !message.TryGetProperty("result", out _) && !message.TryGetProperty("error", out _))
            {
                _send(Outgoing.Error(id, RpcError.InvalidRequest, "there is no method"));
            }

            return;
        }

        message.TryGetProperty("params", out var parameters);
        var method = name.GetString() ?? "";
        if (isRequest)
        {
            Answer(method, id, parameters);
        }
        else
        {
            Note(method, parameters);
        }
    }

    private void Answer(string method, JsonElement id, JsonElement parameters)
    {
        try
        {
            if (!_requests.TryGetValue(method, out var handle))
            {
                throw new RpcError(RpcError.MethodNotFound, $"there is no request `{method}`");
            }

            if (!_isInitialized && method != "initialize")
            {
                throw new RpcError(RpcError.NotInitialized, "`initialize` comes first");
            }

            if (_isShutDown || (_isInitialized && method == "initialize"))
            {
                throw new RpcError(RpcError.InvalidRequest, _isShutDown ? "the server is shut down" : "the server is initialized");
            }

            handle(id, parameters);
        }
        catch (RpcError error)
        {
            _send(Outgoing.Error(id, error.Code, error.Message));
        }
        catch (JsonException exception)
        {
            _send(Outgoing.Error(id, RpcError.InvalidParameters, exception.Message));
        }
#pragma warning disable CA1031 // A mistake of ours costs one answer, not the editor's server.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _send(Outgoing.Error(id, RpcError.InternalError, $"this is a mistake in netpol ({exception.GetType().Name}: {exception.Message}); please report this line"));
        }
    }

    private void Note(string method, JsonElement parameters)
    {
        // What is not understood is left alone; nobody waits for an answer.
        if (!_notifications.TryGetValue(method, out var handle) || (!_isInitialized && method != "exit"))
        {
            return;
        }

        try
        {
            handle(parameters);
        }
        catch (JsonException exception)
        {
            Log($"`{method}`: {exception.Message}");
        }
#pragma warning disable CA1031 // As for requests.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log($"this is a mistake in netpol (`{method}`: {exception.GetType().Name}: {exception.Message}); please report this line");
        }
    }

    private void Log(string message) => _send(Outgoing.Notification("window/logMessage", new LogMessage(1, message), ProtocolJson.Default.LogMessage));

    private InitializeResult Initialize(InitializeRequest request)
    {
        _isInitialized = true;
        ClientProcess = request.ProcessId;
        var folders = (request.WorkspaceFolders is { Length: > 0 } named ? named.Select(folder => folder.Uri) : [request.RootUri ?? ""])
            .Select(FileAddress.PathOf).OfType<string>().ToImmutableArray();
        var start = folders.FirstOrDefault() ?? "/";
        _workspace.Start(folders, [.. (request.InitializationOptions?.Roots ?? []).Select(root => Path.TrimEndingDirectorySeparator(Path.GetFullPath(root, start)))]);
        return new InitializeResult(
            new ServerCapabilities { SemanticTokensProvider = new SemanticTokensOptions(TokenColours.Legend, Full: true, Range: true) }, new ServerIdentity("netpol", _version));
    }

    private void Shutdown(JsonElement id)
    {
        _isShutDown = true;
        _send(Outgoing.Result(id, json => json.WriteNullValue()));
    }

    private void Put(string uri, Func<Document?, Document?> change)
    {
        if (FileAddress.PathOf(uri) is { } path)
        {
            _workspace.Put(path, change(_workspace.Find(path)));
            _isDirty = true;
        }
    }

    private void Saved(DocumentRequest saved)
    {
        if (FileAddress.PathOf(saved.TextDocument.Uri) is { } path)
        {
            _workspace.Saved(path);
            _isDirty = true;
        }
    }

    private Location[]? References(ReferencesRequest request) =>
        At(new DocumentPosition(request.TextDocument, request.Position), (question, offset) => Navigation.References(question, offset, request.Context?.IncludeDeclaration ?? true));

    private WorkspaceEdit? Rename(RenameRequest request) =>
        At(new DocumentPosition(request.TextDocument, request.Position), (question, offset) => Renaming.Rename(question, offset, request.NewName));

    private CodeAction[]? Actions(CodeActionRequest request) => On(request.TextDocument, question =>
    {
        var found = _workspace.Diagnostics()[question.File.FullPath].ToList();
        return CodeActions.In(question, request.Range, request.Context?.Only, found.Select(pair => pair.Diagnostic), path => UriOf(Path.GetFullPath(path, question.Build.Folder)));
    });

    private T? At<T>(DocumentPosition request, Func<Question, int, T?> answer)
        where T : class =>
        On(request.TextDocument, question => answer(question, Places.OffsetOf(question.Source, request.Position)));

    private T? On<T>(TextDocumentIdentifier document, Func<Question, T?> answer)
        where T : class
    {
        if (FileAddress.PathOf(document.Uri) is not { } path || _workspace.BuildsOf(path).ToImmutableArray() is not { IsEmpty: false } builds)
        {
            return null;
        }

        return answer(new Question(builds, builds[0].ByPath[path], UriOf));
    }

    private string UriOf(string path) => _workspace.Find(path)?.Uri ?? FileAddress.Of(path);

    private void Publish()
    {
        var found = _workspace.Diagnostics();
        var paths = found.Select(file => file.Key).Concat(_workspace.Documents.Select(document => document.Key)).ToHashSet(StringComparer.Ordinal);
        // What was said of a file that is in no build any more is taken back.
        foreach (var path in paths.Union(_published).Order(StringComparer.Ordinal).ToList())
        {
            ProblemReport[] reports = [.. found[path].Select(pair => Problems.Report(pair.Diagnostic, related => UriOf(Path.GetFullPath(related, pair.Build.Folder))))];
            _send(Outgoing.Notification(
                "textDocument/publishDiagnostics", new PublishedDiagnostics(UriOf(path), _workspace.Find(path)?.Version, reports), ProtocolJson.Default.PublishedDiagnostics));
        }

        _published.Clear();
        _published.UnionWith(paths);
    }

    private Action<JsonElement, JsonElement> Request<TRequest, TAnswer>(JsonTypeInfo<TRequest> request, JsonTypeInfo<TAnswer> answer, Func<TRequest, TAnswer?> handle)
        where TRequest : class
        where TAnswer : class => (id, parameters) =>
    {
        var result = handle(Read(parameters, request));
        _send(Outgoing.Result(id, json =>
        {
            if (result is null)
            {
                json.WriteNullValue();
            }
            else
            {
                JsonSerializer.Serialize(json, result, answer);
            }
        }));
    };

    private static Action<JsonElement> Notification<T>(JsonTypeInfo<T> type, Action<T> handle)
        where T : class => parameters => handle(Read(parameters, type));

    private static T Read<T>(JsonElement parameters, JsonTypeInfo<T> type)
        where T : class =>
        (parameters.ValueKind == JsonValueKind.Object ? parameters.Deserialize(type) : null) ?? throw new JsonException("there are no parameters");
}
