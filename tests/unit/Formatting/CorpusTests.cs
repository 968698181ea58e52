using Netpol.Binding;
using Netpol.Formatting;
using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Unit.Formatting;

/// <summary>The sources in tests/unit/corpus: each is right, and its print means what it means.</summary>
public sealed class CorpusTests
{
    public static TheoryData<string> Cases =>
        [.. Directory.GetDirectories(Root()).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_of_the_corpus_is_right_and_its_print_binds_to_the_same(string name)
    {
        var folder = Path.Combine(Root(), name);

        var (units, diagnostics) = ImportGraph.Load(["source.netpol"], path => Read(Path.Combine(folder, path)));
        var (model, bindingDiagnostics) = Binder.Bind(units);
        var printed = units.Select(unit => NetpolParser.Parse(new SourceFile(unit.Source.Path, NetpolFormatter.Print(unit)))).ToList();
        var (again, againDiagnostics) = Binder.Bind([.. printed.Select(result => result.Unit)]);

        Assert.Empty(diagnostics.AddRange(bindingDiagnostics).AddRange(againDiagnostics).AddRange(printed.SelectMany(result => result.Diagnostics)));
        Assert.Equal(units.Select(NetpolFormatter.Print), printed.Select(result => NetpolFormatter.Print(result.Unit)));
        Assert.Equal(units.Select(SyntaxText.Of), printed.Select(result => SyntaxText.Of(result.Unit)));
        Assert.Equal(model.Groups.Select(group => group.Name), again.Groups.Select(group => group.Name));
        Assert.Equal(
            model.Policies.SelectMany(policy => policy.Blocks).Select(block => (block.Direction, block.Rules.Length)),
            again.Policies.SelectMany(policy => policy.Blocks).Select(block => (block.Direction, block.Rules.Length)));
    }

    [Fact]
    public void The_corpus_has_at_least_25_cases() => Assert.InRange(Directory.GetDirectories(Root()).Length, 25, int.MaxValue);

    private static SourceContent Read(string path) =>
        File.Exists(path) ? new SourceContent.File(File.ReadAllBytes(path))
        : Directory.Exists(path) ? new SourceContent.Folder([.. Directory.GetFiles(path).Select(file => Path.GetFileName(file))])
        : new SourceContent.Unreadable("no such file");

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Dsl.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("no Dsl.sln above the tests"), "tests", "unit", "corpus");
    }
}
