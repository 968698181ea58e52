using System.Text;
using System.Text.Json.Nodes;
using Netpol.Lsp.Rpc;

namespace Netpol.Tests.Unit.Lsp;

public sealed class ProtocolTests
{
    [Theory]
    [InlineData("{ no json", -32700)]
    [InlineData("[]", -32600)]
    [InlineData("7", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"shutdown"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"no/such"}""", -32601)]
    [InlineData("""{"jsonrpc":"2.0","id":"x","method":"textDocument/hover"}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"textDocument/hover","params":{"textDocument":5}}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"textDocument/hover","params":{}}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}""", -32600)]
    public void What_is_no_request_is_refused_and_the_server_goes_on(string content, int code)
    {
        using var editor = Editor.Started();

        editor.SendRaw(content);

        Assert.Equal(code, (int?)editor.LastReceived!["error"]!["code"]);
        Assert.NotNull(editor.Ask("textDocument/documentSymbol", Opened(editor)));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"$/nothing","params":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///never/opened.netpol"},"contentChanges":[{"text":"x"}]}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"untitled:1","text":"group"}}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"textDocument/didOpen"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":9,"result":null}""")]
    public void What_nobody_waits_for_never_ends_the_server(string content)
    {
        using var editor = Editor.Started();

        editor.SendRaw(content);
        editor.Server.Settle();

        Assert.NotNull(editor.Ask("textDocument/documentSymbol", Opened(editor)));
    }

    [Fact]
    public void Initialize_comes_first_and_shutdown_last()
    {
        using var editor = new Editor();

        var early = editor.AskForAnswer("textDocument/hover", editor.At("main.netpol", 0, 0));
        editor.Ask("initialize", new JsonObject { ["processId"] = 1, ["rootUri"] = null });
        editor.Ask("shutdown", []);
        var late = editor.AskForAnswer("textDocument/hover", editor.At("main.netpol", 0, 0));
        editor.Tell("exit", []);

        Assert.Equal((-32002, -32600, 0), ((int)early["error"]!["code"]!, (int)late["error"]!["code"]!, editor.Server.ExitCode));
    }

    [Fact]
    public void An_exit_without_shutdown_is_a_failure()
    {
        using var editor = Editor.Started();

        editor.Tell("exit", []);

        Assert.Equal(1, editor.Server.ExitCode);
    }

    [Fact]
    public void A_document_that_is_in_no_build_is_answered_with_nothing()
    {
        using var editor = Editor.Started();

        Assert.Null(editor.Ask("textDocument/hover", editor.At("never-opened.netpol", 0, 0)));
    }

    [Fact]
    public void Frames_are_found_among_other_lines_and_a_cut_one_ends_the_stream()
    {
        var stream = new MemoryStream(Encoding.UTF8.GetBytes(
            "garbage\r\n\r\nContent-Length: nine\r\n\r\nContent-Type: x\r\nContent-Length: 4\r\n\r\nabcdcontent-length:2\r\n\r\né\nContent-Length: 10\r\n\r\nabc"));
        var frames = new FrameReader(stream);

        var read = new List<string>();
        while (frames.Read() is { } content)
        {
            read.Add(Encoding.UTF8.GetString(content));
        }

        Assert.Equal(["abcd", "é"], read);
    }

    [Fact]
    public void One_key_stroke_binds_one_build()
    {
        using var editor = Editor.Started(("other.netpol", "group other = any\n"));
        var text = string.Concat(Enumerable.Range(0, 500).Select(index => $"group g{index} = any\n"));
        editor.Open("main.netpol", text);
        editor.Open("other.netpol", "group other = any\n");
        editor.Server.Settle();
        var before = editor.Server.Bindings;

        editor.Change("main.netpol", 2, (Editor.Range(250, 13, 250, 13), "x"));
        editor.Server.Settle();
        editor.Ask("textDocument/hover", editor.At("main.netpol", 250, 7));
        editor.Ask("textDocument/inlayHint", editor.In("main.netpol", 240, 0, 260, 0));

        Assert.Equal(1, editor.Server.Bindings - before);
        Assert.Equal(2, editor.Publications("main.netpol"));
    }

    private static JsonObject Opened(Editor editor)
    {
        editor.Open("main.netpol", "group a = any\n");
        return editor.Document("main.netpol");
    }
}
