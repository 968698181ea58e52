using Netpol.Bundle;
using Netpol.Compiler.Bpf.Btf;
using Netpol.Compiler.Bpf.Elf;
using Netpol.Compiler.Compilation;
using Netpol.Diagnostics;
using Netpol.Tests.Support;
using Netpol.Toolchain;

namespace Netpol.Tests.Unit.Compiler.Bytecode;

/// <summary>Bundles of both backends are alike.</summary>
public sealed class BundleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("log", VerdictChoice.Auto)]
    [InlineData("log", VerdictChoice.Code)]
    [InlineData("named-ports", VerdictChoice.Code)]
    [InlineData("ipv6-only", VerdictChoice.Code)]
    [InlineData("service-group-backends", VerdictChoice.Auto)]
    [InlineData("service-group-backends", VerdictChoice.Code)]
    public void Manifests_of_both_backends_differ_in_the_backend_s_name_alone(string name, VerdictChoice choice)
    {
        var byClang = Build(name, choice, BackendKind.C);
        var ours = Build(name, choice, BackendKind.Bytecode);

        Assert.Equal("bytecode", ours.Backend);
        Assert.NotEqual(byClang.Digest, ours.Digest);
        Assert.Equal(
            Json(byClang with { Digest = "" }),
            Json(ours with { Backend = "c", Digest = "" }));
    }

    [Theory]
    [InlineData("log", VerdictChoice.Auto)]
    [InlineData("named-ports", VerdictChoice.Code)]
    [InlineData("ipv6-only", VerdictChoice.Auto)]
    [InlineData("service-group-backends", VerdictChoice.Code)]
    public void The_maps_of_the_object_are_those_of_the_manifest(string name, VerdictChoice choice)
    {
        var manifest = Build(name, choice, BackendKind.Bytecode);

        // The packet in hand, which nobody outside the programs looks at, is in no manifest.
        var maps = MapsOf(File.ReadAllBytes(Path.Combine(_folder.Of($"{name}-{choice}-{BackendKind.Bytecode}"), manifest.Object)));

        Assert.Equal(
            manifest.Layout.Maps.OrderBy(map => map.Name, StringComparer.Ordinal).Select(map => (map.Name, map.MaxEntries)),
            maps.Where(map => map.Name != "work").OrderBy(map => map.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void The_same_source_gives_the_same_bytes()
    {
        var objects = Enumerable.Range(0, 2).Select(n =>
        {
            var folder = _folder.Of($"same-{n}");
            Assert.NotNull(BundleBuilder.Build([new CorpusCase("log").Source], folder, VerdictChoice.Code, BackendKind.Bytecode).Manifest);
            return File.ReadAllBytes(Path.Combine(folder, "datapath.bpf.o"));
        }).ToList();

        Assert.Equal(objects[0], objects[1]);
    }

    private static List<(string Name, int Entries)> MapsOf(byte[] file)
    {
        Assert.True(ElfReader.TryRead(file, out var elf, out _));
        Assert.True(BtfReader.TryRead(elf.Section(".BTF")!.Data.AsSpan(), out var types, out _, out _));
        return [.. types.All.OfType<BtfType.DataSection>().Where(data => data.Name == ".maps").SelectMany(data => data.Entries).Select(entry =>
        {
            var variable = (BtfType.Variable)types[entry.Variable];
            // What sockets keep has no bound, and says none.
            return ((BtfType.Structure)types[variable.Target]).Members.SingleOrDefault(member => member.Name == "max_entries") is { } size
                ? (variable.Name, ((BtfType.Array)types[((BtfType.Pointer)types[size.Type]).Target]).Count)
                : (variable.Name, 0);
        })];
    }

    private static string Json(Manifest manifest) => System.Text.Json.JsonSerializer.Serialize(manifest, ManifestJson.Default.Manifest);

    private Manifest Build(string name, VerdictChoice choice, BackendKind backend)
    {
        var result = BundleBuilder.Build([new CorpusCase(name).Source], _folder.Of($"{name}-{choice}-{backend}"), choice, backend);
        return result.Manifest ?? throw new InvalidOperationException(MsBuildRenderer.Render(result.Diagnostics));
    }
}
