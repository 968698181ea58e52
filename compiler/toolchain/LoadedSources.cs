using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Toolchain;

/// <summary>All files of a build, read and parsed.</summary>
/// <param name="Root">
/// The build root: the innermost folder that holds every file of the build. Paths of sources are from here, with forward slashes.
/// </param>
/// <param name="Units">In the order in which they were met.</param>
/// <param name="Diagnostics">Of reading and parsing.</param>
public sealed record LoadedSources(
    string Root, ImmutableArray<CompilationUnitSyntax> Units, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>The files in the order of their paths.</summary>
    public ImmutableArray<SourceFile> Sources { get; } =
        [.. Units.Select(unit => unit.Source).OrderBy(source => source.Path, StringComparer.Ordinal)];
}
