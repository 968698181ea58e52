using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Netpol.Tests.EndToEnd.Rig;
using Netpol.Tests.Support;

namespace Netpol.Tests.EndToEnd.Editor;

/// <summary>The language server as an editor has it: a process, two streams, frames of bytes.</summary>
public sealed class LanguageServerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly Process _server = Process.Start(new ProcessStartInfo(Product.Cli, "lsp") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
    private int _id;

    public void Dispose()
    {
        if (!_server.HasExited)
        {
            _server.Kill();
        }

        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_mistake_is_typed_seen_and_fixed_a_name_renamed_and_the_server_ends_when_told()
    {
        const string Text = "group web = pods where app == \"web\"\npolicy p for web {\n    ingress { allow from web on 80/tcp }\n}\n";
        var uri = new Uri(_folder.Of("shop.netpol")).AbsoluteUri;

        var capabilities = Ask("initialize", new JsonObject { ["processId"] = Environment.ProcessId, ["rootUri"] = new Uri(_folder.Path).AbsoluteUri, ["capabilities"] = new JsonObject() })["capabilities"]!;
        Tell("initialized", []);
        Tell("textDocument/didOpen", new JsonObject { ["textDocument"] = new JsonObject { ["uri"] = uri, ["languageId"] = "netpol", ["version"] = 1, ["text"] = Text } });
        var clean = Diagnostics(uri, 1);
        // The `/tcp` goes.
        Tell("textDocument/didChange", Changed(uri, 2, 2, 34, 38, ""));
        var mistake = Assert.Single(Diagnostics(uri, 2))!;
        var action = Ask("textDocument/codeAction", new JsonObject { ["textDocument"] = Named(uri), ["range"] = mistake["range"]!.DeepClone(), ["context"] = new JsonObject { ["diagnostics"] = new JsonArray() } })[0]!;
        var edit = action["edit"]!["changes"]![uri]![0]!;
        Tell("textDocument/didChange", Changed(uri, 3, 2, 32, 34, (string)edit["newText"]!));
        var mended = Diagnostics(uri, 3);
        var renamed = Ask("textDocument/rename", new JsonObject { ["textDocument"] = Named(uri), ["position"] = Position(0, 7), ["newName"] = "front" })["changes"]![uri]!.AsArray();
        var nothing = Send("shutdown", []);
        Tell("exit", []);

        Assert.Equal("utf-16", (string?)capabilities["positionEncoding"]);
        Assert.Empty(clean);
        Assert.Equal(("NP1014", 32, 34), ((string?)mistake["code"], (int?)mistake["range"]!["start"]!["character"], (int?)mistake["range"]!["end"]!["character"]));
        Assert.Equal("Write `80/tcp`", (string?)action["title"]);
        Assert.Empty(mended);
        Assert.Equal([(0, 6), (1, 13), (2, 25)], renamed.Select(change => ((int)change!["range"]!["start"]!["line"]!, (int)change["range"]!["start"]!["character"]!)));
        Assert.True(nothing.ContainsKey("result") && nothing["result"] is null);
        AssertEnds(0);
    }

    [Fact]
    public void Garbage_and_unknown_methods_do_not_end_it()
    {
        Write("no header at all\r\n\r\nContent-Length: x\r\n\r\n");
        Frame("{ this is no json");
        Frame("[1, 2]");
        Ask("initialize", new JsonObject { ["processId"] = null });
        Tell("no/such/notification", []);

        var unknown = Send("no/such/request", []);

        Assert.Equal(-32601, (int?)unknown["error"]!["code"]);
        Ask("textDocument/hover", new JsonObject { ["textDocument"] = Named("file:///nowhere.netpol"), ["position"] = Position(0, 0) }, isNull: true);
    }

    [Fact]
    public void It_ends_when_its_client_closes_the_stream()
    {
        Ask("initialize", new JsonObject { ["processId"] = null });

        _server.StandardInput.Close();

        AssertEnds(1);
    }

    [Fact]
    public void It_ends_when_the_process_of_its_client_has_gone()
    {
        using var client = Process.Start("sleep", "100");
        Ask("initialize", new JsonObject { ["processId"] = client.Id });

        client.Kill();
        client.WaitForExit();

        AssertEnds(1);
    }

    private void AssertEnds(int code)
    {
        Assert.True(_server.WaitForExit(Patience), "the server goes on");
        Assert.Equal((code, ""), (_server.ExitCode, _server.StandardError.ReadToEnd()));
    }

    private static JsonObject Named(string uri) => new() { ["uri"] = uri };

    private static JsonObject Position(int line, int character) => new() { ["line"] = line, ["character"] = character };

    private static JsonObject Changed(string uri, int version, int line, int from, int to, string text) => new()
    {
        ["textDocument"] = new JsonObject { ["uri"] = uri, ["version"] = version },
        ["contentChanges"] = new JsonArray(new JsonObject { ["range"] = new JsonObject { ["start"] = Position(line, from), ["end"] = Position(line, to) }, ["text"] = text }),
    };

    private JsonArray Diagnostics(string uri, int version)
    {
        while (true)
        {
            var message = Read();
            if ((string?)message["method"] == "textDocument/publishDiagnostics" && (string?)message["params"]!["uri"] == uri && (int?)message["params"]!["version"] == version)
            {
                return message["params"]!["diagnostics"]!.AsArray();
            }
        }
    }

    private JsonNode Ask(string method, JsonObject parameters, bool isNull = false)
    {
        var answer = Send(method, parameters);
        Assert.True(answer["error"] is null && answer["result"] is null == isNull, answer.ToJsonString());
        return answer["result"] ?? answer;
    }

    private JsonObject Send(string method, JsonObject parameters)
    {
        var id = ++_id;
        Frame(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters }.ToJsonString());
        while (true)
        {
            var message = Read();
            if (message["method"] is null && (int?)message["id"] == id)
            {
                return message;
            }
        }
    }

    private void Tell(string method, JsonObject parameters) => Frame(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = method, ["params"] = parameters }.ToJsonString());

    private void Frame(string content) => Write(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(content)}\r\n\r\n{content}"));

    private void Write(string text)
    {
        _server.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes(text));
        _server.StandardInput.BaseStream.Flush();
    }

    private JsonObject Read()
    {
        var reading = Task.Run(() =>
        {
            var header = new StringBuilder();
            var stream = _server.StandardOutput.BaseStream;
            while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                header.Append(stream.ReadByte() is var next and >= 0 ? (char)next : throw new EndOfStreamException("the server has ended"));
            }

            var content = new byte[int.Parse(header.ToString().Split(':')[1].Trim(), CultureInfo.InvariantCulture)];
            stream.ReadExactly(content);
            return JsonNode.Parse(content)!.AsObject();
        });
        Assert.True(reading.Wait(Patience), "the server does not answer");
        return reading.Result;
    }
}
