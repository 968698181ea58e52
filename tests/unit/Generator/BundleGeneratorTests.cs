using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Netpol.Bundle;
using Netpol.Generator;
using Netpol.Tests.Support;
using Netpol.Toolchain;

namespace Netpol.Tests.Unit.Generator;

public sealed class BundleGeneratorTests
{
    private const string Source = """
        group web = pods where app == "web"
        /// "Quotes", <tags> & what else a comment may hold.
        group api = pods where app == "api"
        policy api-guard for api {
            ingress {
                allow from web on 8080/tcp
                deny from pods where note == "a \"b\" <c>" log
            }
            egress { allow to any on 53/udp }
        }
        policy "api.guard" for web { ingress { allow from any on 80/tcp } }
        service checkout {
            address 10.96.0.10
            port http 80/tcp -> 8080
            backends api
        }
        scale { connections 4096 }
        """;

    private static readonly Lazy<(string Manifest, string Types)> Built = new(Build);

    [Fact]
    public void A_bundle_becomes_a_class_that_compiles()
    {
        var driver = Driver().RunGeneratorsAndUpdateCompilation(GeneratorHarness.Compilation(hasRuntime: true), out var compilation, out var diagnostics);

        Assert.Empty(diagnostics);
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
        Verifier.Verify(TextOf(driver), "txt");
    }

    [Fact]
    public void Without_the_runtime_there_are_ids_and_places_alone()
    {
        _ = Driver().RunGeneratorsAndUpdateCompilation(
            GeneratorHarness.Compilation(hasRuntime: false, "class Reader { const uint Id = global::User.PolicyBundle.Rules.ApiGuardIngress1; }"),
            out var compilation, out var diagnostics);

        Assert.Empty(diagnostics);
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
    }

    /// <summary>Structures have their size in the kernel, and fields their place.</summary>
    [Fact]
    public void Layouts_are_those_of_the_object()
    {
        using MemoryStream assembly = new();
        _ = Driver().RunGeneratorsAndUpdateCompilation(GeneratorHarness.Compilation(hasRuntime: true), out var compilation, out _);
        Assert.True(compilation.Emit(assembly).Success);
        var bundle = System.Reflection.Assembly.Load(assembly.ToArray()).GetType("User.PolicyBundle")!;
        var types = System.Text.Json.JsonSerializer.Deserialize(Built.Value.Types, MapTypesJson.Default.MapTypes)!;

        Assert.NotEmpty(types.Structures);
        foreach (var structure in types.Structures)
        {
            var generated = bundle.GetNestedType(string.Concat(structure.Name.Split('_').Select(part => char.ToUpperInvariant(part[0]) + part[1..])))!;
            Assert.Equal(structure.Size, SizeOf(generated));
            Assert.Equal(
                structure.Fields.Select(field => field.Offset),
                generated.GetFields().Select(field => (int)System.Runtime.InteropServices.Marshal.OffsetOf(generated, field.Name)));
        }
    }

    [Fact]
    public void A_second_run_with_nothing_changed_is_all_cached()
    {
        var compilation = GeneratorHarness.Compilation(hasRuntime: true, "class A;");
        var driver = Driver().RunGenerators(compilation);
        driver = driver.RunGenerators(compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class B;")));

        var result = driver.GetRunResult().Results.Single();
        foreach (var step in (string[])[BundleGenerator.FilesStep, BundleGenerator.BundlesStep])
        {
            Assert.All(result.TrackedSteps[step].SelectMany(run => run.Outputs), output => Assert.True(
                output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step}: {output.Reason}"));
        }

        Assert.All(
            result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs),
            output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    [Fact]
    public void Of_two_bundles_only_the_one_that_changed_is_written_again()
    {
        var (manifest, types) = Built.Value;
        var compilation = GeneratorHarness.Compilation(hasRuntime: true);
        GeneratorHarness.BundleText changing = new("policy", "manifest.json", manifest);
        var driver = GeneratorHarness.Driver(
                ("edge", "manifest.json", manifest), ("edge", "types.json", types), ("policy", "types.json", types))
            .AddAdditionalTexts([changing]).RunGenerators(compilation);
        driver = driver.ReplaceAdditionalText(
            changing, new GeneratorHarness.BundleText("policy", "manifest.json", manifest.Replace("allow from web", "allow from  web", StringComparison.Ordinal)))
            .RunGenerators(compilation);

        var reasons = driver.GetRunResult().Results.Single().TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs)
            .Select(output => output.Reason).Order();
        Assert.Equal([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached], reasons.OrderBy(reason => reason != IncrementalStepRunReason.Modified));
    }

    [Theory]
    [InlineData("{}", "The given key")]
    [InlineData("garbage", "invalid")]
    [InlineData("{\"schema\": 99}", "another version of netpol wrote it")]
    [InlineData(null, "it has no manifest.json")]
    public void What_cannot_be_read_is_one_error(string? manifest, string expected)
    {
        var files = new List<(string, string, string)> { ("policy", "types.json", "{\"schema\": 1}") };
        if (manifest is not null)
        {
            files.Add(("policy", "manifest.json", manifest));
        }

        var result = GeneratorHarness.Driver([.. files]).RunGenerators(GeneratorHarness.Compilation(hasRuntime: true)).GetRunResult();

        var diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal("NP9001", diagnostic.Id);
        Assert.Contains(expected, diagnostic.GetMessage(), StringComparison.Ordinal);
        Assert.Empty(result.GeneratedTrees);
    }

    private static int SizeOf(Type type) => (int)typeof(System.Runtime.CompilerServices.Unsafe)
        .GetMethod(nameof(System.Runtime.CompilerServices.Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    private static GeneratorDriver Driver() => GeneratorHarness.Driver(
        ("policy", "manifest.json", Built.Value.Manifest), ("policy", "types.json", Built.Value.Types));

    // Digests change with every edit of the datapath; what is generated does not.
    private static string TextOf(GeneratorDriver driver)
    {
        var digest = System.Text.RegularExpressions.Regex.Match(Built.Value.Manifest, "\"digest\": \"([0-9a-f]{64})\"").Groups[1].Value;
        return driver.GetRunResult().GeneratedTrees.Single().ToString().Replace(digest, "DIGEST", StringComparison.Ordinal);
    }

    private static (string Manifest, string Types) Build()
    {
        using TemporaryFolder folder = new();
        var built = BundleBuilder.Build([folder.File("shop.netpol", Source)], folder.Of("bundle"), backend: BackendKind.Bytecode);
        Assert.Empty(built.Diagnostics.Where(diagnostic => diagnostic.IsError));
        return (File.ReadAllText(folder.Of("bundle/manifest.json")), File.ReadAllText(folder.Of("bundle/types.json")));
    }
}
