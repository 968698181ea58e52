using System.Globalization;
using Netpol.Compiler.Layout;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Tests.Support;
using Xunit.Abstractions;
using BackendKind = Netpol.Toolchain.BackendKind;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>What a build says that its maps will cost is what the kernel says that they cost.</summary>
public sealed class MemoryTests(CorpusBundles bundles, ITestOutputHelper output) : IClassFixture<CorpusBundles>
{
    public static TheoryData<string> Cases => [.. CorpusCase.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Maps_cost_what_the_build_says(string name)
    {
        // Both backends make the maps of the manifest; this one needs no clang.
        var bundle = BundleFolder.Open(bundles.Of(new CorpusCase(name), backend: BackendKind.Bytecode)).Read();
        using TestNode node = new(bundle.Object);
        var (predicted, used) = (0L, 0L);
        foreach (var map in bundle.Manifest.Layout.Maps)
        {
            var memory = MapMemory.Of(map);
            var (said, seen) = (memory.Bytes + (memory.BytesPerProcessor * Processors.Possible), Used(node[map.Name]));
            output.WriteLine($"{map.Name,-24} {said,12} {seen,12}");
            if (memory.GrowsWithContent)
            {
                Assert.True(seen <= said, map.Name);
                continue;
            }

            Assert.True(Math.Abs(said - seen) <= Math.Max(512, seen / 20), $"{map.Name}: predicted {said}, used {seen}");
            (predicted, used) = (predicted + said, used + seen);
        }

        Assert.InRange(predicted, used * 95 / 100, used * 105 / 100);
    }

    private static long Used(BpfMap map) => File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{map.Handle.Number}"))
        .Where(line => line.StartsWith("memlock:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split('\t')[1], CultureInfo.InvariantCulture))
        .Single();
}
