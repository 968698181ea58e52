using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Netpol.Bench.Lsp;

/// <summary>A client of <c>netpol lsp</c> with one document open: it writes a message and reads until the answer comes.</summary>
internal sealed class Client : IDisposable
{
    private const string Uri = "file:///nowhere/large.netpol";

    private readonly Process _server;
    private int _id;
    private int _version = 1;

    private Client(Process server) => _server = server;

    public static Client Start(string netpol)
    {
        var server = Process.Start(new ProcessStartInfo(netpol, "lsp") { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{netpol} does not start");
        var client = new Client(server);
        client.Ask("initialize", new JsonObject { ["processId"] = Environment.ProcessId, ["rootUri"] = null, ["capabilities"] = new JsonObject() });
        return client;
    }

    public void Open(string text)
    {
        Tell("textDocument/didOpen", new JsonObject { ["textDocument"] = new JsonObject { ["uri"] = Uri, ["languageId"] = "netpol", ["version"] = _version, ["text"] = text } });
        WaitForDiagnostics();
    }

    public Stroke Type(int line, int character, string text)
    {
        var started = Stopwatch.GetTimestamp();
        Change(line, character, line, character, text);
        WaitForDiagnostics();
        var diagnosed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Ask("textDocument/completion", Request(("position", Position(line, character + (text == "\n" ? 0 : 1)))));
        var seen = new JsonObject { ["start"] = Position(Math.Max(0, line - 30), 0), ["end"] = Position(line + 30, 0) };
        Ask("textDocument/semanticTokens/range", Request(("range", seen.DeepClone())));
        Ask("textDocument/inlayHint", Request(("range", seen)));
        Ask("textDocument/documentSymbol", Request());
        return new Stroke(diagnosed, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    public void Erase(int fromLine, int fromCharacter, int toLine, int toCharacter)
    {
        Change(fromLine, fromCharacter, toLine, toCharacter, "");
        WaitForDiagnostics();
    }

    /// <summary>What the server has taken of processors since it started, in milliseconds: also told on a machine that does other things.</summary>
    public double ProcessorTime
    {
        get
        {
            _server.Refresh();
            return _server.TotalProcessorTime.TotalMilliseconds;
        }
    }

    public void Dispose()
    {
        Ask("shutdown", []);
        Tell("exit", []);
        _server.WaitForExit();
        _server.Dispose();
    }

    private void Change(int fromLine, int fromCharacter, int toLine, int toCharacter, string text) => Tell("textDocument/didChange", new JsonObject
    {
        ["textDocument"] = new JsonObject { ["uri"] = Uri, ["version"] = ++_version },
        ["contentChanges"] = new JsonArray(new JsonObject
        {
            ["range"] = new JsonObject { ["start"] = Position(fromLine, fromCharacter), ["end"] = Position(toLine, toCharacter) },
            ["text"] = text,
        }),
    });

    private static JsonObject Position(int line, int character) => new() { ["line"] = line, ["character"] = character };

    private static JsonObject Request(params (string Name, JsonNode Value)[] more)
    {
        var request = new JsonObject { ["textDocument"] = new JsonObject { ["uri"] = Uri } };
        foreach (var (name, value) in more)
        {
            request[name] = value;
        }

        return request;
    }

    private void Tell(string method, JsonObject parameters) => Write(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = method, ["params"] = parameters });

    private void Ask(string method, JsonObject parameters)
    {
        var id = ++_id;
        Write(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters });
        while (true)
        {
            using var message = Read();
            if (message.RootElement.TryGetProperty("id", out var answered) && answered.GetInt32() == id)
            {
                if (message.RootElement.TryGetProperty("error", out var error))
                {
                    throw new InvalidOperationException($"{method}: {error}");
                }

                return;
            }
        }
    }

    private void WaitForDiagnostics()
    {
        while (true)
        {
            using var message = Read();
            if (message.RootElement.TryGetProperty("method", out var method) && method.ValueEquals("textDocument/publishDiagnostics")
                && message.RootElement.GetProperty("params").GetProperty("version").GetInt32() == _version)
            {
                return;
            }
        }
    }

    private void Write(JsonObject message)
    {
        var content = Encoding.UTF8.GetBytes(message.ToJsonString());
        var output = _server.StandardInput.BaseStream;
        output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {content.Length}\r\n\r\n")));
        output.Write(content);
        output.Flush();
    }

    private JsonDocument Read()
    {
        var header = new StringBuilder();
        var input = _server.StandardOutput.BaseStream;
        while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            header.Append(input.ReadByte() is var next and >= 0 ? (char)next : throw new InvalidOperationException("the server has ended"));
        }

        var content = new byte[int.Parse(header.ToString().Split(':')[1].Trim(), CultureInfo.InvariantCulture)];
        input.ReadExactly(content);
        return JsonDocument.Parse(content);
    }
}
