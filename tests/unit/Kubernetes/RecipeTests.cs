using Netpol.Kubernetes;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Tests.Support.Kubernetes;
using Netpol.Text;
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
    public void Every_file_of_cluster_policies_is_refused_by_name()
    {
        if (Corpora.Folder("network-policy-api/conformance/base", output) is not { } folder)
        {
            return;
        }

        var clusterPolicies = Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories)
            .Select(path => SourceFile.FromUtf8(path, File.ReadAllBytes(path)))
            .Where(source => source.Text.Contains("kind: ClusterNetworkPolicy", StringComparison.Ordinal)).ToList();

        // Some are templates, which become YAML when that project's own tests fill in their ports.
        var templates = clusterPolicies.RemoveAll(source => source.Text.Contains("{{", StringComparison.Ordinal));
        Assert.Equal((18, 2), (clusterPolicies.Count, templates));
        Assert.All(clusterPolicies, source => Assert.Contains(
            KubernetesImporter.Import([source]).Diagnostics,
            diagnostic => diagnostic.Id == "NP5009" && diagnostic.Message.StartsWith("`ClusterNetworkPolicy` of `policy.networking.k8s.io/", StringComparison.Ordinal)));
    }

    private static Address AddressOf(Endpoint? pod) => pod?.Addresses[0] ?? RecipeCluster.WorldAddress;
}
