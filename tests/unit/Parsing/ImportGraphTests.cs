using System.Text;
using Netpol.Binding;
using Netpol.Parsing;

namespace Netpol.Tests.Unit.Parsing;

public sealed class ImportGraphTests
{
    [Fact]
    public void A_file_counts_once_however_often_it_is_named()
    {
        var files = new Dictionary<string, string>
        {
            ["a.netpol"] = "import \"lib/b.netpol\"\nimport \"./lib/../lib/b.netpol\"",
            ["lib/b.netpol"] = "import \"c.netpol\"\ngroup b = c",
            ["lib/c.netpol"] = "group c = any",
        };

        var (units, diagnostics) = ImportGraph.Load(["a.netpol", "lib/c.netpol"], Reader(files));

        Assert.Empty(diagnostics);
        Assert.Equal(["lib/c.netpol", "lib/b.netpol", "a.netpol"], units.Select(unit => unit.Source.Path));
    }

    [Fact]
    public void A_folder_brings_its_netpol_files_in_order()
    {
        var files = new Dictionary<string, string>
        {
            ["a.netpol"] = "import \"lib\"",
            ["lib/z.netpol"] = "",
            ["lib/b.netpol"] = "",
            ["lib/notes.txt"] = "no netpol",
        };

        var (units, diagnostics) = ImportGraph.Load(["a.netpol"], Reader(files));

        Assert.Empty(diagnostics);
        Assert.Equal(["lib/b.netpol", "lib/z.netpol", "a.netpol"], units.Select(unit => unit.Source.Path));
    }

    [Fact]
    public void A_cycle_is_reported_with_its_chain()
    {
        var files = new Dictionary<string, string>
        {
            ["a.netpol"] = "import \"b.netpol\"",
            ["b.netpol"] = "import \"c.netpol\"",
            ["c.netpol"] = "import \"b.netpol\"",
        };

        var (_, diagnostics) = ImportGraph.Load(["a.netpol"], Reader(files));

        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal(
            ("NP1041", "the import closes a cycle: `b.netpol` -> `c.netpol` -> `b.netpol`", "c.netpol", 7),
            (diagnostic.Id, diagnostic.Message, diagnostic.Source?.Path, diagnostic.Span.Start));
    }

    [Theory]
    [InlineData("import \"missing.netpol\"", "`missing.netpol` cannot be read: no such file")]
    [InlineData("import \"/etc/netpol\"", "`/etc/netpol` cannot be read: the path is not relative to the importing file")]
    [InlineData("import \"empty\"", "`empty` cannot be read: the folder holds no .netpol file")]
    public void An_import_that_cannot_be_read_is_the_only_mistake_reported(string import, string message)
    {
        var files = new Dictionary<string, string>
        {
            ["a.netpol"] = $"{import}\npolicy p for unknown {{ ingress {{ allow from any on unknown }} }}",
            ["empty/notes.txt"] = "",
        };

        var (units, diagnostics) = ImportGraph.Load(["a.netpol"], Reader(files));
        var (_, bindingDiagnostics) = Binder.Bind(units);

        var diagnostic = Assert.Single(diagnostics.AddRange(bindingDiagnostics));
        Assert.Equal(("NP1040", message, 7), (diagnostic.Id, diagnostic.Message, diagnostic.Span.Start));
    }

    [Fact]
    public void A_missing_file_of_the_command_line_has_no_place()
    {
        var (units, diagnostics) = ImportGraph.Load(["nowhere.netpol"], Reader([]));

        var diagnostic = Assert.Single(diagnostics);
        Assert.Empty(units);
        Assert.Equal(
            ("NP1042", "`nowhere.netpol` cannot be read: no such file", null), (diagnostic.Id, diagnostic.Message, diagnostic.Source));
    }

    private static Func<string, SourceContent> Reader(Dictionary<string, string> files) => path =>
    {
        if (files.TryGetValue(path, out var text))
        {
            return new SourceContent.File(Encoding.UTF8.GetBytes(text));
        }

        var inside = files.Keys.Where(file => file.StartsWith($"{path}/", StringComparison.Ordinal)).Select(file => file[(path.Length + 1)..]).ToList();
        return inside.Count > 0 ? new SourceContent.Folder([.. inside]) : new SourceContent.Unreadable("no such file");
    };
}
