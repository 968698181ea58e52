using System.Collections.Immutable;
using Netpol.Binding;
using Netpol.Kubernetes;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Semantics;
using Netpol.Text;
using Xunit.Abstractions;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>Each of the network policy recipes, imported, does what its page says; expectations are written by hand.</summary>
public sealed class RecipeTests(ITestOutputHelper output)
{
    private const string Recipes = "kubernetes-network-policy-recipes";

    [Theory]
    [InlineData("01-deny-all-traffic-to-an-application", "web", "other/web, db/web, far/web, world/web", "")]
    [InlineData("01-deny-all-traffic-to-an-application", "web", "", "other/db, web/other, web/world")]
    [InlineData("02-limit-traffic-to-an-application", "api", "other/api, world/api, far/api", "search/api, db/api, api/other")]
    [InlineData("02a-allow-all-traffic-to-an-application", "web", "", "other/web, far/web, world/web, web/world")]
    [InlineData("03-deny-all-non-whitelisted-traffic-in-the-namespace", "all", "other/web, web/other, world/db, far/db", "web/far, web/world, world/far")]
    [InlineData("04-deny-traffic-from-other-namespaces", "all", "far/web, ops-monitor/web, world/web", "other/web, web/db, web/far")]
    [InlineData("05-allow-traffic-from-all-namespaces", "web", "world/web", "far/web, other/web, ops-plain/web, world/db")]
    [InlineData("06-allow-traffic-from-a-namespace", "web", "other/web, far/web, ops-plain/web, world/web", "prod/web, other/db")]
    [InlineData("07-allow-traffic-from-some-pods-in-another-namespace", "web", "ops-plain/web, prod/web, other/web, world/web", "ops-monitor/web")]
    [InlineData("08-allow-external-traffic", "web", "", "world/web, far/web, other/web")]
    [InlineData("09-allow-traffic-only-to-a-port", "apiserver", "monitor/apiserver/8000, other/apiserver/5000, far/apiserver/5000", "monitor/apiserver/5000, apiserver/world")]
    [InlineData("10-allowing-traffic-with-multiple-selectors", "db", "other/db, web/db, world/db", "search/db, api/db, inventory/db")]
    [InlineData("11-deny-egress-traffic-from-an-application.yaml", "foo", "foo/web, foo/dns/53, foo/world", "other/foo, world/foo, other/web")]
    [InlineData("11-deny-egress-traffic-from-an-application-2", "foo", "foo/web, foo/world/53, foo/dns/80", "foo/dns/53, other/foo")]
    [InlineData("12-deny-all-non-whitelisted-traffic-from-the-namespace", "all", "web/other, foo/world, foo/dns/53", "far/web, world/web, far/world")]
    [InlineData("14-deny-external-egress-traffic", "foo", "foo/world, foo/web, foo/world/53", "foo/dns/53, other/world, other/foo")]
    public void A_recipe_does_what_its_page_says(string recipe, string about, string denied, string allowed)
    {
        if (Corpora.Folder(Recipes, output) is not { } folder)
        {
            return;
        }

        var path = Directory.EnumerateFiles(folder, "*.yaml").Single(file =>
            Path.GetFileName(file) == recipe || Path.GetFileNameWithoutExtension(file) == recipe);
        var (model, _) = Import(path);

        var universe = new Universe([.. Cast.Values], []);
        var evaluator = new Evaluator(model);
        foreach (var flow in Flows(denied))
        {
            Assert.True(evaluator.Judge(universe, flow.Value).Verdict == Verdict.Deny, $"{about}: {flow.Key} passes");
        }

        foreach (var flow in Flows(allowed))
        {
            Assert.True(evaluator.Judge(universe, flow.Value).Verdict == Verdict.Allow, $"{about}: {flow.Key} is denied");
        }
    }

    [Theory]
    [InlineData(Recipes, 15)]
    [InlineData("cyclonus/networkpolicies", 12)]
    public void Every_file_of_a_corpus_imports_without_errors_to_text_that_binds(string corpus, int files)
    {
        if (Corpora.Folder(corpus, output) is not { } folder)
        {
            return;
        }

        var paths = Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(files, paths.Count);
        Assert.All(paths, path => Assert.NotEmpty(Import(path).Model.Policies));
        Assert.NotEmpty(Import([.. paths]).Model.Policies);
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

        Assert.NotEmpty(clusterPolicies);
        Assert.All(clusterPolicies, source => Assert.Contains(
            KubernetesImporter.Import([source]).Diagnostics,
            diagnostic => diagnostic.Id == "NP5009" && diagnostic.Message.StartsWith("`ClusterNetworkPolicy` of `policy.networking.k8s.io/", StringComparison.Ordinal)));
    }

    private static readonly ImmutableDictionary<string, Endpoint> Cast = new[]
    {
        Pod("web", "default", "app=web"),
        Pod("api", "default", "app=bookstore,role=api"),
        Pod("search", "default", "app=bookstore,role=search"),
        Pod("db", "default", "app=bookstore,role=db"),
        Pod("inventory", "default", "app=inventory,role=web"),
        Pod("foo", "default", "app=foo"),
        Pod("other", "default", "app=other"),
        Pod("apiserver", "default", "app=apiserver"),
        Pod("monitor", "default", "role=monitoring"),
        Pod("far", "far", "app=web"),
        Pod("prod", "prod", "app=x"),
        Pod("ops-monitor", "ops", "type=monitoring"),
        Pod("ops-plain", "ops", "app=x"),
        Pod("dns", "kube-system", "k8s-app=kube-dns"),
    }.Select((pod, index) => pod(index)).ToImmutableDictionary(pod => pod.Name!);

    private static readonly Address World = Address.Parse("198.51.100.9");

    private static Func<int, Endpoint> Pod(string name, string @namespace, string labels)
    {
        var namespaceLabels = new Dictionary<string, string>();
        if (@namespace is "prod" or "ops")
        {
            namespaceLabels.Add(@namespace == "prod" ? "purpose" : "team", @namespace == "prod" ? "production" : "operations");
        }

        return index => new Endpoint(
            @namespace, namespaceLabels, labels.Split(',').Select(label => label.Split('=')).ToDictionary(label => label[0], label => label[1]),
            [Address.Parse($"10.0.0.{index + 1}")], [], name);
    }

    /// <summary><c>from/to</c> or <c>from/to/port</c>; UDP and TCP where the port is 53, else TCP.</summary>
    private static IEnumerable<KeyValuePair<string, Flow>> Flows(string list) =>
        from words in list.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(flow => flow.Split('/'))
        let port = words.Length > 2 ? ushort.Parse(words[2]) : (ushort)80
        from protocol in port == 53 ? new[] { Protocol.Tcp, Protocol.Udp } : [Protocol.Tcp]
        select KeyValuePair.Create(
            $"{string.Join('/', words)} {protocol}", new Flow(AddressOf(words[0]), AddressOf(words[1]), Traffic.To(protocol, port)));

    private static Address AddressOf(string name) => name == "world" ? World : Cast[name].Addresses[0];

    private static (NetworkModel Model, ImportResult Import) Import(params string[] paths)
    {
        var import = KubernetesImporter.Import([.. paths.Select(path => SourceFile.FromUtf8(path, File.ReadAllBytes(path)))]);
        Assert.False(import.HasErrors, string.Join('\n', import.Diagnostics));

        var (unit, mistakes) = NetpolParser.Parse(new SourceFile("imported.netpol", import.Text));
        var (model, meaning) = Binder.Bind([unit]);
        Assert.DoesNotContain(mistakes.Concat(meaning), diagnostic => diagnostic.IsError);
        return (model, import);
    }
}
