using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Lsp.Workspace;
using Netpol.Tests.Support;
using Netpol.Tests.Unit.Compiler.Sessions;
using Netpol.Toolchain;

namespace Netpol.Tests.Unit.Lsp;

public sealed class DiagnosticTests
{
    [Fact]
    public void A_mistake_is_published_where_it_stands_and_taken_back_when_it_is_mended()
    {
        using var editor = Editor.Started();

        editor.Open("main.netpol", "group web = any\npolicy p for web {\n    ingress { allow from web on 8080 }\n}\n");
        var wrong = editor.Diagnostics("main.netpol");
        editor.Change("main.netpol", 2, (Editor.Range(2, 36, 2, 36), "/tcp"));
        var right = editor.Diagnostics("main.netpol");

        Assert.Equal(["2:32-2:36 error NP1014"], wrong);
        Assert.Empty(right);
    }

    [Fact]
    public void Columns_are_counted_in_utf16_units()
    {
        using var editor = Editor.Started();

        editor.Open("main.netpol", "group web = any // 😀\n/* 😀é */ group b = wbe\n");

        Assert.Equal(["1:20-1:23 error NP2002"], editor.Diagnostics("main.netpol"));
    }

    [Fact]
    public void Changes_are_of_the_text_that_the_one_before_left()
    {
        using var editor = Editor.Started();
        editor.Open("main.netpol", "group 😀 = any\r\ngroup b = any\r\n");

        editor.Change("main.netpol", 2, (Editor.Range(0, 6, 0, 8), "a"), (Editor.Range(0, 7, 0, 7), "bc"), (Editor.Range(1, 10, 1, 13), "abc"));

        Assert.Empty(editor.Diagnostics("main.netpol"));
    }

    [Fact]
    public void A_whole_new_text_takes_the_place_of_the_old_one()
    {
        using var editor = Editor.Started();
        editor.Open("main.netpol", "nonsense and\nmore\n");

        editor.Change("main.netpol", 2, (null, "group a = any\n"));

        Assert.Empty(editor.Diagnostics("main.netpol"));
    }

    [Fact]
    public void What_is_open_overrides_the_disk_and_problems_of_imports_are_published_with_them()
    {
        using var editor = Editor.Started(("lib/a.netpol", "group a = any\n"), ("lib/b.netpol", "group b = nowhere\n"));

        editor.Open("main.netpol", "import \"lib\"\ngroup c = a | d\n");
        var before = (editor.Diagnostics("main.netpol"), editor.Diagnostics("lib/b.netpol"));
        editor.Open("lib/b.netpol", "group d = any\n");
        var after = (editor.Diagnostics("main.netpol"), editor.Diagnostics("lib/b.netpol"));

        Assert.Equal(["1:14-1:15 error NP2002"], before.Item1);
        Assert.Equal(["0:10-0:17 error NP2002"], before.Item2);
        Assert.Empty(after.Item1);
        Assert.Empty(after.Item2);
    }

    [Fact]
    public void A_file_that_others_import_is_judged_with_them()
    {
        using var editor = Editor.Started(("main.netpol", "import \"lib.netpol\"\ngroup a = any\n"), ("lib.netpol", ""));

        editor.Open("lib.netpol", "group b = a\n");

        Assert.Empty(editor.Diagnostics("lib.netpol"));
    }

    [Fact]
    public void Roots_of_the_settings_are_one_build()
    {
        using var editor = new Editor(("p/a.netpol", "group a = any\n"), ("p/b.netpol", "group b = a\n"));
        editor.Ask("initialize", new() { ["rootUri"] = new Uri(editor.PathOf("")).AbsoluteUri, ["initializationOptions"] = new System.Text.Json.Nodes.JsonObject { ["roots"] = new System.Text.Json.Nodes.JsonArray("p") } });

        editor.Open("p/b.netpol", "group b = a\n");

        Assert.Empty(editor.Diagnostics("p/b.netpol"));
    }

    [Fact]
    public void A_second_place_and_help_come_along()
    {
        using var editor = Editor.Started();

        editor.Open("main.netpol", "group a = any\ngroup a = world\n");
        editor.Server.Settle();

        var report = Assert.Single(editor.Published("main.netpol"))!;
        var related = Assert.Single(report["relatedInformation"]!.AsArray())!;
        Assert.Equal("group `a` is declared twice\nRename one of the two: all names of a kind are seen in all files of a build.", (string?)report["message"]);
        Assert.Equal(("0:6-0:7", editor.UriOf("main.netpol")), (Editor.Places(related["location"]!["range"]!), (string?)related["location"]!["uri"]));
    }

    [Fact]
    public void What_only_compiling_shows_follows_when_nobody_types()
    {
        using var editor = Editor.Started();
        editor.Open("main.netpol", "assume no pods in any namespace where has gone\n");
        var typing = editor.Diagnostics("main.netpol");

        var check = editor.Server.NextCheck();
        check!()();

        Assert.Empty(typing);
        Assert.Equal(["0:0-0:46 error NP4509"], editor.Diagnostics("main.netpol"));
        Assert.Null(editor.Server.NextCheck());
    }

    [Fact]
    public void Closing_a_file_takes_back_what_was_said_of_it()
    {
        using var editor = Editor.Started();
        editor.Open("main.netpol", "nonsense\n");
        Assert.NotEmpty(editor.Diagnostics("main.netpol"));

        editor.Tell("textDocument/didClose", editor.Document("main.netpol"));

        Assert.Empty(editor.Diagnostics("main.netpol"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Whatever_is_typed_the_diagnostics_are_those_of_the_command(int seed)
    {
        using var folder = new TemporaryFolder();
        var sources = new EditedSources(seed);
        Build? build = null;
        for (var edit = 0; edit < 400; edit++)
        {
            foreach (var (name, text) in sources.Texts)
            {
                folder.File(name, text);
            }

            build = Build.Of([folder.Of(EditedSources.Main)], build, _ => null);
            var whole = SourceTree.Load([folder.Of(EditedSources.Main)], folder.Path);

            Assert.Equal(Rendered(whole.Diagnostics), Rendered(build.Diagnostics));
            sources.Edit(edit % 20 == 0);
        }
    }

    private static string Rendered(ImmutableArray<Diagnostic> diagnostics) => HumanRenderer.Render(diagnostics);
}
