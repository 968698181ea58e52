using System.Globalization;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Tests.Support.Kubernetes;
using Netpol.Text;
using Xunit.Abstractions;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>ClusterNetworkPolicy does here what the conformance suite of its own project asks of an implementation.</summary>
public sealed class ConformanceTests(ITestOutputHelper output)
{
    private const string Folder = "network-policy-api/conformance/base";

    public static TheoryData<string> Names => [.. ConformanceCase.All.Select(test => test.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_conformance_test_finds_what_it_expects(string name)
    {
        if (Corpora.Folder(Folder, output) is not { } folder)
        {
            return;
        }

        var test = ConformanceCase.All.Single(candidate => candidate.Name == name);
        var manifest = new ConformanceManifest(File.ReadAllText(Path.Combine(folder, $"{test.Manifest}.yaml")));
        var universe = new Universe(ConformanceCluster.Pods, [ConformanceCluster.Node]);
        Imported? imported = null;
        var pokes = 0;
        foreach (var words in test.Commands())
        {
            if (words is not [var from, var to, var traffic, "allow" or "deny"])
            {
                manifest.Change(words);
                imported = null;
                continue;
            }

            imported ??= Imported.Of(new SourceFile("manifest.yaml", manifest.Text()));
            var evaluator = new Evaluator(imported.Model);
            foreach (var (source, destination) in ConformanceCluster.AddressesOf(from).Zip(ConformanceCluster.AddressesOf(to)))
            {
                var verdict = evaluator.Judge(universe, new Flow(source, destination, TrafficOf(traffic))).Verdict;
                Assert.True(
                    verdict == (words[^1] == "allow" ? Verdict.Allow : Verdict.Deny), $"{string.Join(' ', words)} ({source}): {verdict}\n{imported.Text}");
                pokes++;
            }
        }

        Assert.InRange(pokes, 4, int.MaxValue);
    }

    [Fact]
    public void Every_manifest_of_the_suite_has_its_test()
    {
        if (Corpora.Folder(Folder, output) is not { } folder)
        {
            return;
        }

        var manifests = Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories)
            .Select(path => Path.ChangeExtension(Path.GetRelativePath(folder, path), null)).Where(manifest => manifest != "manifests");

        Assert.Empty(manifests.Except(ConformanceCase.All.Select(test => test.Manifest)));
    }

    private static Traffic TrafficOf(string words)
    {
        var slash = words.IndexOf('/', StringComparison.Ordinal);
        return Traffic.To(Enum.Parse<Protocol>(words[..slash], ignoreCase: true), ushort.Parse(words[(slash + 1)..], CultureInfo.InvariantCulture));
    }
}
