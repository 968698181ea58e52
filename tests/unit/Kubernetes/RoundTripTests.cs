using Netpol.Kubernetes;
using Netpol.Model;
using Netpol.Semantics.Analysis;
using Netpol.Tests.Support.Kubernetes;
using Netpol.Text;
using Xunit.Abstractions;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>Import, export, import: not one connection of all that could be is judged differently, as <c>netpol diff</c> decides it.</summary>
public sealed class RoundTripTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Recipe.Folder, 15)]
    [InlineData("cyclonus/networkpolicies", 12)]
    [InlineData("network-policy-api/conformance/base", 20)]
    [InlineData("network-policy-api/cmd/policy-assistant", 23)]
    public void Every_file_of_a_corpus_keeps_its_meaning(string corpus, int files)
    {
        if (Corpora.Folder(corpus, output) is not { } folder)
        {
            return;
        }

        var texts = Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => (Path: path, Text: File.ReadAllText(path)))
            .Where(file => file.Text.Contains("NetworkPolicy\n", StringComparison.Ordinal) && !file.Text.Contains("\nItems:", StringComparison.Ordinal))
            .ToList();

        Assert.Equal(files, texts.Count);
        Assert.All(texts, file => AssertSame(file.Text.Contains("{{", StringComparison.Ordinal) ? new ConformanceManifest(file.Text).Text() : file.Text));
    }

    [Fact]
    public void Random_worlds_keep_their_meaning()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            AssertSame(WorldYaml.Write(new WorldGenerator(seed).Next(), hasNamespaces: true, hasPods: false, isBlock: true));
        }
    }

    private static void AssertSame(string yaml)
    {
        var first = Imported.Of(new SourceFile("first.yaml", yaml));
        var export = KubernetesExporter.Export(first.Model, []);
        Assert.True(!export.HasErrors, $"{string.Join('\n', export.Diagnostics)}\n{first.Text}");
        var again = export.Text.Length == 0 ? NetworkModel.Empty : Imported.Of(new SourceFile("again.yaml", export.Text)).Model;

        var difference = ModelComparison.Compare(first.Model, again);

        Assert.True(difference.IsEmpty, $"{first.Text}\n{export.Text}\n{string.Join('\n', difference.Regions)}");
    }
}
