using System.Collections.Concurrent;
using Netpol.Compiler.Compilation;
using Netpol.Diagnostics;
using Netpol.Toolchain;

namespace Netpol.Tests.Support;

/// <summary>
/// Bundles of corpus cases, each built once a test run, for tests that load them. Belongs to a fixture, which disposes it.
/// </summary>
public sealed class CorpusBundles : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, Lazy<string>> _built = new();

    /// <summary>The bundle's folder.</summary>
    public string Of(CorpusCase corpusCase, VerdictChoice choice = VerdictChoice.Auto, BackendKind backend = BackendKind.C) => _built.GetOrAdd(
        $"{corpusCase.Name}-{choice}-{backend}", name => new Lazy<string>(() => Build(corpusCase, _folder.Of(name), choice, backend))).Value;

    public void Dispose() => _folder.Dispose();

    private static string Build(CorpusCase corpusCase, string folder, VerdictChoice choice, BackendKind backend)
    {
        var result = BundleBuilder.Build([corpusCase.Source], folder, choice, backend);
        return result.Manifest is null
            ? throw new InvalidOperationException(MsBuildRenderer.Render(result.Diagnostics))
            : folder;
    }
}
