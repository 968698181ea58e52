using System.Collections.Immutable;
using Netpol.Binding;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Toolchain;

/// <summary>All files of a build, read with their imports, and what they mean.</summary>
/// <param name="Model">Complete only where no diagnostic is an error.</param>
/// <param name="Diagnostics">Of reading, parsing and binding.</param>
public sealed record SourceTree(LoadedSources Files, NetworkModel Model, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>The folder that paths in sources, diagnostics and rules start from.</summary>
    public string Root => Files.Root;

    public ImmutableArray<CompilationUnitSyntax> Units => Files.Units;

    public ImmutableArray<SourceFile> Sources => Files.Sources;

    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.IsError);

    /// <summary>Some of the files or folders asked for are not there or cannot be read.</summary>
    public bool LacksFiles => Diagnostics.Any(diagnostic => diagnostic.Descriptor == SyntaxDiagnostics.FileNotFound);

    /// <param name="files">Files, or folders of <c>.netpol</c> files; relative ones start at <paramref name="workingFolder"/>.</param>
    public static SourceTree Load(IReadOnlyList<string> files, string workingFolder)
    {
        var loaded = SourceLoader.Load([.. files.Select(file => Path.GetFullPath(file, workingFolder))], workingFolder);
        var (model, meaning) = Binder.Bind(loaded.Units);
        return new SourceTree(loaded, model, [.. loaded.Diagnostics, .. meaning]);
    }
}
