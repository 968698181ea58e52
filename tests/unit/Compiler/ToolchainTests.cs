using Netpol.Compiler.Compilation;
using Netpol.Tests.Support;
using Netpol.Toolchain;

namespace Netpol.Tests.Unit.Compiler;

public sealed class ToolchainTests
{
    [Fact]
    public void Without_clang_there_is_one_diagnostic_that_says_what_to_install()
    {
        using var empty = new TemporaryFolder();

        var (clang, diagnostics) = Clang.Find(null, empty.Path + ":/no/such/folder");

        Assert.Null(clang);
        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal(("NP4601", "no clang that can make BPF code was found"), (diagnostic.Id, diagnostic.Message));
        Assert.Contains("apt-get install clang-19", diagnostic.Help);
    }

    [Theory]
    [InlineData("/bin/true")]
    [InlineData("/no/such/clang")]
    [InlineData("/etc/passwd")]
    public void A_named_program_that_is_no_clang_is_refused_by_name(string named)
    {
        var (clang, diagnostics) = Clang.Find(named, "/usr/bin");

        Assert.Null(clang);
        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal(("NP4602", $"NETPOL_CLANG names `{named}`, which is no clang that can make BPF code"), (diagnostic.Id, diagnostic.Message));
    }

    [Fact]
    public void A_folder_that_is_no_bundle_is_not_replaced()
    {
        using var folder = new TemporaryFolder();
        var precious = folder.File("home/letter.txt", "dear");
        var source = folder.File("a.netpol", "");

        var result = BundleBuilder.Build([source], folder.Of("home"));

        Assert.True(result.IsSourceSound);
        var diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal("NP4605", diagnostic.Id);
        Assert.Equal("dear", File.ReadAllText(precious));
        Assert.Equal(["a.netpol", "home"], Names(folder.Path));
    }

    [Fact]
    public void A_bundle_is_replaced_whole_and_nothing_else_is_left()
    {
        using var folder = new TemporaryFolder();
        var source = folder.File("a.netpol", "");
        var first = BundleBuilder.Build([source], folder.Of("bundle"));
        folder.File("a.netpol", "policy closed for any { ingress { } }");

        var second = BundleBuilder.Build([source], folder.Of("bundle"));

        Assert.NotEqual(first.Manifest?.Digest, second.Manifest?.Digest);
        Assert.Contains(second.Manifest?.Digest ?? "none", File.ReadAllText(folder.Of("bundle/manifest.json")));
        Assert.Equal(["a.netpol", "bundle"], Names(folder.Path));
        Assert.Equal(["certificate.json", "datapath.bpf.c", "datapath.bpf.o", "listing.txt", "manifest.json", "sources", "types.json", "verdicts.bin"], Names(folder.Of("bundle")));
    }

    [Fact]
    public void An_error_in_the_source_leaves_no_folder()
    {
        using var folder = new TemporaryFolder();
        var source = folder.File("a.netpol", "policy closed for nobody-knows { ingress { } }");

        var result = BundleBuilder.Build([source], folder.Of("bundle"));

        Assert.False(result.IsSourceSound);
        Assert.NotEmpty(result.Diagnostics);
        Assert.Equal(["a.netpol"], Names(folder.Path));
    }

    [Fact]
    public void A_place_that_cannot_be_made_is_one_diagnostic()
    {
        using var folder = new TemporaryFolder();
        var source = folder.File("a.netpol", "");

        var result = BundleBuilder.Build([source], "/proc/netpol/bundle");

        var diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal(("NP4606", true), (diagnostic.Id, result.IsSourceSound));
    }

    [Fact]
    public void An_import_above_the_named_file_moves_the_build_root()
    {
        using var folder = new TemporaryFolder();
        folder.File("lib/platform.netpol", "group web = pods");
        var source = folder.File("app/a.netpol", "import \"../lib/platform.netpol\"");

        var loaded = SourceLoader.Load([source]);

        Assert.Empty(loaded.Diagnostics);
        Assert.Equal(folder.Path, loaded.Root);
        Assert.Equal(["app/a.netpol", "lib/platform.netpol"], loaded.Sources.Select(file => file.Path));
    }

    [Fact]
    public void A_source_that_never_ends_is_refused()
    {
        var loaded = SourceLoader.Load(["/dev/zero"]);

        var diagnostic = Assert.Single(loaded.Diagnostics);
        Assert.Contains("larger than 64 MiB", diagnostic.Message);
    }

    [Fact]
    public void A_policy_beyond_the_verifier_s_limit_is_refused_by_its_size()
    {
        using var folder = new TemporaryFolder();
        var rules = string.Join('\n', Enumerable.Range(0, 30_000).Select(n =>
            $"allow from cidr 10.{n / 250 % 250}.{n % 250}.0/24 on {(n % 60_000) + 1}/tcp, {(n % 60_000) + 3}/udp"));
        var source = folder.File("a.netpol", $"policy large for any {{ ingress {{\n{rules}\n}} }}");
        var loaded = SourceLoader.Load([source]);

        var result = NetpolCompiler.Compile(loaded.Units, loaded.Diagnostics, VerdictChoice.Code);

        Assert.Null(result.Output);
        Assert.Contains(result.Diagnostics, diagnostic => diagnostic.Id == "NP4501");
        Assert.Contains(result.Diagnostics, diagnostic => diagnostic.Id == "NP4502");
    }

    [Fact]
    public void A_rule_that_one_function_cannot_hold_is_refused_at_its_place()
    {
        using var folder = new TemporaryFolder();
        var ports = string.Join(", ", Enumerable.Range(0, 4000).Select(n => $"{(n * 3) + 1}-{(n * 3) + 2}/tcp"));
        var source = folder.File("a.netpol", $"policy large for any {{ ingress {{\n  allow from any on {ports}\n}} }}");
        var loaded = SourceLoader.Load([source]);

        var result = NetpolCompiler.Compile(loaded.Units, loaded.Diagnostics, VerdictChoice.Code);

        Assert.Null(result.Output);
        var diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal(("NP4504", 2), (diagnostic.Id, loaded.Sources[0].PositionOf(diagnostic.Span.Start).Line));
    }

    private static IEnumerable<string?> Names(string folder) =>
        Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
