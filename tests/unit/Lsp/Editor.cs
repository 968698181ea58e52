using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Netpol.Lsp;
using Netpol.Tests.Support;

namespace Netpol.Tests.Unit.Lsp;

/// <summary>A client of the server object: files of a folder of its own, messages to the server, and what came back.</summary>
internal sealed class Editor : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<JsonNode> _received = [];
    private int _id;

    public Editor(params (string Name, string Text)[] onDisk)
    {
        Server = new LanguageServer(content => _received.Add(JsonNode.Parse(content)!), "1.2.3");
        foreach (var (name, text) in onDisk)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
            File.WriteAllText(PathOf(name), text);
        }
    }

    public LanguageServer Server { get; }

    public static Editor Started(params (string Name, string Text)[] onDisk)
    {
        var editor = new Editor(onDisk);
        editor.Ask("initialize", new JsonObject { ["processId"] = null, ["rootUri"] = new Uri(editor.PathOf("")).AbsoluteUri, ["capabilities"] = new JsonObject() });
        editor.Tell("initialized", []);
        return editor;
    }

    /// <summary>With one file open; <c>|</c> in the marked text is taken out, and is where requests ask.</summary>
    public static (Editor Editor, JsonObject At) Open(string marked, params (string Name, string Text)[] onDisk)
    {
        var offset = marked.IndexOf('^', StringComparison.Ordinal);
        var editor = Started(onDisk);
        editor.Open("main.netpol", marked.Remove(offset, 1));
        var lines = marked[..offset].Split('\n');
        return (editor, editor.At("main.netpol", lines.Length - 1, lines[^1].Length));
    }

    public string PathOf(string name) => Path.Combine(_folder.Path, name);

    public string UriOf(string name) => new Uri(PathOf(name)).AbsoluteUri;

    public JsonObject Document(string name) => new() { ["textDocument"] = new JsonObject { ["uri"] = UriOf(name) } };

    public JsonObject At(string name, int line, int character)
    {
        var request = Document(name);
        request["position"] = new JsonObject { ["line"] = line, ["character"] = character };
        return request;
    }

    public JsonObject In(string name, int fromLine, int fromCharacter, int toLine, int toCharacter)
    {
        var request = Document(name);
        request["range"] = Range(fromLine, fromCharacter, toLine, toCharacter);
        return request;
    }

    public static JsonObject Range(int fromLine, int fromCharacter, int toLine, int toCharacter) => new()
    {
        ["start"] = new JsonObject { ["line"] = fromLine, ["character"] = fromCharacter },
        ["end"] = new JsonObject { ["line"] = toLine, ["character"] = toCharacter },
    };

    public void Open(string name, string text) => Tell("textDocument/didOpen", new JsonObject
    {
        ["textDocument"] = new JsonObject { ["uri"] = UriOf(name), ["languageId"] = "netpol", ["version"] = 1, ["text"] = text },
    });

    public void Change(string name, int version, params (JsonObject? Range, string Text)[] changes) => Tell("textDocument/didChange", new JsonObject
    {
        ["textDocument"] = new JsonObject { ["uri"] = UriOf(name), ["version"] = version },
        ["contentChanges"] = new JsonArray([.. changes.Select(change => change.Range is null
            ? new JsonObject { ["text"] = change.Text }
            : new JsonObject { ["range"] = change.Range, ["text"] = change.Text })]),
    });

    public void Tell(string method, JsonObject parameters) => Send(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = method, ["params"] = parameters });

    /// <summary>The whole answer.</summary>
    public JsonNode AskForAnswer(string method, JsonObject parameters)
    {
        Send(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = ++_id, ["method"] = method, ["params"] = parameters.DeepClone() });
        return _received.Last(message => message["id"]?.GetValueKind() == JsonValueKind.Number && (int?)message["id"] == _id);
    }

    /// <summary>The result, which must be one.</summary>
    public JsonNode? Ask(string method, JsonObject parameters)
    {
        var answer = AskForAnswer(method, parameters);
        Assert.True(answer["error"] is null, answer.ToJsonString());
        return answer["result"];
    }

    public JsonNode? LastReceived => _received.LastOrDefault();

    public void SendRaw(string content) => Server.Receive(Encoding.UTF8.GetBytes(content));

    /// <summary>What is published once nobody types: <c>1:13-1:17 error NP1014</c> with zero-based places, of one file.</summary>
    public IReadOnlyList<string> Diagnostics(string name)
    {
        Server.Settle();
        return [.. Published(name).Select(diagnostic => $"{Places(diagnostic!["range"]!)} {((int?)diagnostic["severity"] == 1 ? "error" : "warning")} {diagnostic["code"]}")];
    }

    public JsonArray Published(string name) => _received
        .Last(message => (string?)message["method"] == "textDocument/publishDiagnostics" && (string?)message["params"]!["uri"] == UriOf(name))["params"]!["diagnostics"]!.AsArray();

    public int Publications(string name) => _received
        .Count(message => (string?)message["method"] == "textDocument/publishDiagnostics" && (string?)message["params"]!["uri"] == UriOf(name));

    public static string Places(JsonNode range) =>
        $"{range["start"]!["line"]}:{range["start"]!["character"]}-{range["end"]!["line"]}:{range["end"]!["character"]}";

    /// <summary>A text after edits of the protocol, by the protocol's rules.</summary>
    public static string Edited(string text, JsonArray edits)
    {
        foreach (var edit in edits.OrderByDescending(edit => Offset(text, edit!["range"]!["start"]!)))
        {
            var (start, end) = (Offset(text, edit!["range"]!["start"]!), Offset(text, edit["range"]!["end"]!));
            text = string.Concat(text.AsSpan(0, start), (string?)edit["newText"], text.AsSpan(end));
        }

        return text;
    }

    public void Dispose() => _folder.Dispose();

    private void Send(JsonObject message) => Server.Receive(Encoding.UTF8.GetBytes(message.ToJsonString()));

    private static int Offset(string text, JsonNode position)
    {
        var start = 0;
        for (var line = 0; line < (int)position["line"]!; line++)
        {
            start = text.IndexOf('\n', start) + 1;
        }

        return start + (int)position["character"]!;
    }
}
