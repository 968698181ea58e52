using Netpol.Model;
using Netpol.Semantics;
using Netpol.Tests.Support.Kubernetes;
using Xunit.Abstractions;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>Each of the network policy recipes, imported, does what its page says; expectations are written by hand.</summary>
public sealed class RecipeTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. Recipe.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_recipe_does_what_its_page_says(string name)
    {
        if (Corpora.Folder(Recipe.Folder, output) is not { } folder)
        {
            return;
        }

        var evaluator = new Evaluator(Imported.Files(Path.Combine(folder, $"{name}.yaml")).Model);
        var universe = new Universe(RecipeCluster.Pods, []);

        Assert.All(Recipe.Of(name).Expectations(), expected =>
        {
            var flow = new Flow(AddressOf(expected.From), AddressOf(expected.To), expected.Traffic);
            var verdict = evaluator.Judge(universe, flow).Verdict;
            Assert.True(verdict == (expected.IsAllowed ? Verdict.Allow : Verdict.Deny), $"{expected.Text}: {verdict}");
        });
    }

    [Theory]
    [InlineData(Recipe.Folder, 15)]
    [InlineData("cyclonus/networkpolicies", 12)]
    public void Every_file_of_a_corpus_imports_without_errors_to_text_that_binds(string corpus, int files)
    {
        if (Corpora.Folder(corpus, output) is not { } folder)
        {
            return;
        }

        var paths = Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(files, paths.Count);
        Assert.All(paths, path => Assert.NotEmpty(Imported.Files(path).Model.Policies));
        Assert.NotEmpty(Imported.Files(paths).Model.Policies);
    }

    [Fact]
    public void Every_example_of_cluster_policies_imports_without_errors_to_text_that_binds()
    {
        if (Corpora.Folder("network-policy-api/cmd/policy-assistant", output) is not { } folder)
        {
            return;
        }

        var paths = Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories)
            .Where(path => File.ReadAllText(path).Contains("AdminNetworkPolicy\n", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();

        // Its lists say `Items`, which no server knows.
        Assert.Equal(1, paths.RemoveAll(path => Path.GetFileName(path) == "anp-list.yaml"));
        Assert.Equal(9, paths.Count);
        Assert.All(paths, path => Assert.NotEmpty(Imported.Files(path).Model.Policies));
    }

    private static Address AddressOf(Endpoint? pod) => pod?.Addresses[0] ?? RecipeCluster.WorldAddress;
}
