using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Netpol.Generator;

/// <summary>
/// Gives each bundle of a project a class. The build hands over <c>manifest.json</c> and <c>types.json</c> of each bundle as additional
/// files with the metadata <c>NetpolBundle</c>.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class BundleGenerator : IIncrementalGenerator
{
    /// <summary>Names of steps, by which a test sees what ran again.</summary>
    public const string FilesStep = "NetpolFiles";

    /// <inheritdoc cref="FilesStep"/>
    public const string BundlesStep = "NetpolBundles";

    private const string RuntimeType = "Netpol.Runtime.TypedBundle";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var files = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, cancellation) => FileOf(pair.Left, pair.Right.GetOptions(pair.Left), cancellation))
            .Where(static file => file is not null)
            .WithTrackingName(FilesStep);
        var bundles = files.Collect()
            .SelectMany(static (all, _) => Bundles(all))
            .WithTrackingName(BundlesStep);
        var rootNamespace = context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            options.GlobalOptions.TryGetValue("build_property.RootNamespace", out var name) ? name : "");
        var hasRuntime = context.CompilationProvider.Select(static (compilation, _) => compilation.GetTypeByMetadataName(RuntimeType) is not null);
        context.RegisterSourceOutput(bundles.Combine(rootNamespace.Combine(hasRuntime)), static (output, item) =>
        {
            var (result, (space, runtime)) = (item.Left, item.Right);
            if (result.Model is { } model)
            {
                output.AddSource($"{BundleWriter.ClassNameOf(model.Name)}.g.cs", BundleWriter.Write(model, space, runtime));
            }
            else
            {
                output.ReportDiagnostic(Diagnostic.Create(GeneratorDiagnostics.UnreadableBundle, Location.None, result.Bundle, result.Problem));
            }
        });
    }

    private static BundleFile? FileOf(AdditionalText text, AnalyzerConfigOptions options, CancellationToken cancellation) =>
        options.TryGetValue("build_metadata.AdditionalFiles.NetpolBundle", out var bundle) && bundle.Length > 0
        && text.GetText(cancellation) is { } content
            ? new BundleFile(bundle, Path.GetFileName(text.Path), content.ToString())
            : null;

    private static ImmutableArray<BundleResult> Bundles(ImmutableArray<BundleFile?> files) =>
    [
        .. files.OfType<BundleFile>().GroupBy(file => file.Bundle).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => BundleReader.Read(
            group.Key, TextOf(group, BundleFile.Manifest), TextOf(group, BundleFile.Types))),
    ];

    private static string? TextOf(IEnumerable<BundleFile> files, string name) => files.FirstOrDefault(file => file.Name == name)?.Text;
}
