using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Diagnostics;

namespace Netpol.Toolchain;

/// <summary>What became of a build.</summary>
/// <param name="Manifest">Of the bundle that was written; null where none was.</param>
/// <param name="IsSourceSound">False: the sources have errors. True without a manifest: the environment failed.</param>
public sealed record BuildResult(Manifest? Manifest, bool IsSourceSound, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Of the bundle that was written.</summary>
    public Certificate? Certificate { get; init; }
}
