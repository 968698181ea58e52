using Netpol.Model;
using Netpol.Semantics;
using Netpol.Tests.Support.Kubernetes;
using Xunit.Abstractions;

namespace Netpol.Tests.Kernel.Kubernetes;

/// <summary>Each of the network policy recipes, imported, built and loaded, decides packets as its page says.</summary>
public sealed class RecipeTests(ITestOutputHelper output)
{
    private static readonly Traffic[] Everything =
    [
        Traffic.Tcp(80), Traffic.Tcp(53), Traffic.Tcp(443), Traffic.Tcp(5000), Traffic.Tcp(8000), Traffic.Udp(53), Traffic.Udp(80),
        Traffic.Sctp(80), Traffic.Icmp(IpFamily.V4, 8),
    ];

    public static TheoryData<string> Names => [.. Recipe.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_recipe_decides_packets_as_its_page_says(string name)
    {
        if (Corpora.Folder(Recipe.Folder, output) is not { } folder)
        {
            return;
        }

        using ImportedWorld world = new(Imported.Files(Path.Combine(folder, $"{name}.yaml")), RecipeCluster.Pods);

        Assert.All(Recipe.Of(name).Expectations(), expected =>
            Assert.Equal(expected.IsAllowed, Passes(world, expected.From, expected.To, expected.Traffic)));

        // Between any two of the cluster, and with the world; the evaluator is asked about each.
        Endpoint?[] ends = [.. RecipeCluster.Pods, null];
        var verdicts = (
            from source in ends
            from destination in ends
            where source != destination
            from traffic in Everything
            select Passes(world, source, destination, traffic)).ToList();
        output.WriteLine($"{verdicts.Count} packets, {verdicts.Count(passes => !passes)} refused");
        Assert.Equal((ends.Length * (ends.Length - 1)) * Everything.Length, verdicts.Count);
    }

    private static bool Passes(ImportedWorld world, Endpoint? from, Endpoint? to, Traffic traffic) => ImportedWorld.Passes(
        world.Send(from, AddressOf(from), to, AddressOf(to), traffic));

    private static Address AddressOf(Endpoint? pod) => pod?.Addresses[0] ?? RecipeCluster.WorldAddress;
}
