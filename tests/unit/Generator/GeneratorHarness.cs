using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Netpol.Generator;

namespace Netpol.Tests.Unit.Generator;

/// <summary>Runs the generator as a compiler does, on files of bundles that the build hands over.</summary>
internal static class GeneratorHarness
{
    private static readonly ImmutableArray<MetadataReference> Platform =
    [
        .. ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static CSharpCompilation Compilation(bool hasRuntime, params string[] sources) => CSharpCompilation.Create(
        "User",
        sources.Select(source => CSharpSyntaxTree.ParseText(source)),
        Platform.Where(reference => hasRuntime || !IsRuntime(reference)),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <param name="files">A bundle's name, and its files by name.</param>
    public static GeneratorDriver Driver(params (string Bundle, string Name, string Text)[] files)
    {
        var texts = files.Select(file => new BundleText(file.Bundle, file.Name, file.Text)).ToImmutableArray<AdditionalText>();
        return CSharpGeneratorDriver.Create(
            [new BundleGenerator().AsSourceGenerator()], texts, optionsProvider: new Options(),
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
    }

    private static bool IsRuntime(MetadataReference reference) =>
        Path.GetFileName(reference.Display ?? "").StartsWith("Netpol.", StringComparison.Ordinal);

    internal sealed class BundleText(string bundle, string name, string text) : AdditionalText
    {
        public string Bundle => bundle;

        public override string Path => $"/obj/netpol/{bundle}/{name}";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private sealed class Options : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values("build_property.RootNamespace", "User");

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Values("", "");

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) =>
            new Values("build_metadata.AdditionalFiles.NetpolBundle", textFile is BundleText text ? text.Bundle : "");
    }

    private sealed class Values(string known, string content) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, out string value)
        {
            value = content;
            return key == known;
        }
    }
}
