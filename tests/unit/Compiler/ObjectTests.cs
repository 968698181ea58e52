using System.Globalization;
using System.Text;
using Netpol.Bundle;
using Netpol.Compiler.Bundling;
using Netpol.Compiler.Compilation;
using Netpol.Tests.Support;
using Netpol.Toolchain;

namespace Netpol.Tests.Unit.Compiler;

/// <summary>What clang makes of the generated source. Each test runs clang about once a case.</summary>
public sealed class ObjectTests
{
    public static TheoryData<string> Names => [.. CorpusCase.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_maps_of_the_object_are_those_of_the_manifest(string name)
    {
        using var folder = new TemporaryFolder();
        var loaded = SourceLoader.Load([new CorpusCase(name).Source]);
        var compiled = NetpolCompiler.Compile(loaded.Units, loaded.Diagnostics).Output;
        Assert.NotNull(compiled);

        // clang compares: a wrong size is an error there, and so is a map that the object does not define.
        var asserting = compiled with { Code = compiled.Code + string.Concat(compiled.Manifest.Layout.Maps.Select(Assertions)) };
        var (manifest, _, diagnostics) = BundleBuilder.Write(asserting, loaded.Sources, folder.Of("bundle"));

        Assert.True(manifest is not null, string.Join('\n', diagnostics));
    }

    [Fact]
    public void A_wrong_size_in_the_manifest_is_found()
    {
        using var folder = new TemporaryFolder();
        var loaded = SourceLoader.Load([new CorpusCase("log").Source]);
        var compiled = NetpolCompiler.Compile(loaded.Units, loaded.Diagnostics).Output;
        Assert.NotNull(compiled);
        var wrong = compiled.Manifest.Layout.Maps.Single(map => map.Name == "rule_counters") with { ValueSize = 8 };

        var (manifest, _, diagnostics) = BundleBuilder.Write(
            compiled with { Code = compiled.Code + Assertions(wrong) }, loaded.Sources, folder.Of("bundle"));

        Assert.Null(manifest);
        var refused = Assert.Single(diagnostics);
        Assert.Equal("NP4604", refused.Id);
        Assert.Contains("static assertion failed", refused.Message);
        Assert.Contains(folder.Path, refused.Help);
        Assert.False(Directory.Exists(folder.Of("bundle")));
    }

    [Fact]
    public void The_same_source_gives_the_same_bytes_in_any_folder()
    {
        using var here = new TemporaryFolder();
        using var there = new TemporaryFolder();
        var source = new CorpusCase("imports").Folder;
        Copy(source, here.Of("a"));
        Copy(source, there.Of("deeper/folder"));

        var first = BundleBuilder.Build([here.Of("a/source.netpol")], here.Of("bundle"));
        var second = BundleBuilder.Build([there.Of("deeper/folder/source.netpol")], there.Of("other/bundle"));

        Assert.NotNull(first.Manifest);
        Assert.Equal(first.Manifest.Digest, second.Manifest?.Digest);
        Assert.Equal(Contents(here.Of("bundle")), Contents(there.Of("other/bundle")));
    }

    [Fact]
    public void Every_instruction_of_a_rule_has_the_rule_s_line()
    {
        using var folder = new TemporaryFolder();
        var source = folder.File("app.netpol", """
            default namespace shop
            policy api for pods where app == "api" {
                ingress {
                    allow from pods where app == "web" on 80/tcp, 443/tcp, 8000-8099/tcp, 53/udp, icmp(8), icmpv6(128), sctp
                }
            }
            """);

        var built = BundleBuilder.Build([source], folder.Of("bundle"), VerdictChoice.Code);

        Assert.NotNull(built.Manifest);
        var strings = Encoding.UTF8.GetString(File.ReadAllBytes(folder.Of("bundle/" + ManifestWriter.ObjectName)));
        Assert.Contains("allow from pods where app == \"web\" on 80/tcp", strings);

        // The object keeps each line that code is shown as; the lines around the rule must not be among them.
        Assert.DoesNotContain("\0    ingress {\0", strings);
        Assert.DoesNotContain("\0    }\0", strings);
    }

    private static string Assertions(MapEntry map)
    {
        // libbpf's map definitions: `key` is a pointer to the key, numbers are lengths of arrays.
        string Size(string field, int bytes) => bytes == 0 ? "" : map.Type == "prog_array"
            ? string.Create(CultureInfo.InvariantCulture, $"_Static_assert(sizeof(*{map.Name}.{field}_size) / sizeof(int) == {bytes}, \"{map.Name} {field}\");\n")
            : string.Create(CultureInfo.InvariantCulture, $"_Static_assert(sizeof(*{map.Name}.{field}) == {bytes}, \"{map.Name} {field}\");\n");
        // A storage of sockets has as many entries as there are sockets.
        var entries = map.Type == "sk_storage" ? "" : string.Create(CultureInfo.InvariantCulture,
            $"_Static_assert(sizeof(*{map.Name}.max_entries) / sizeof(int) == {map.MaxEntries}, \"{map.Name} entries\");\n");
        return Size("key", map.KeySize) + Size("value", map.ValueSize) + entries;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*.netpol", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static string Contents(string folder) => string.Join('\n', Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(file => $"{Path.GetRelativePath(folder, file)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"));
}
