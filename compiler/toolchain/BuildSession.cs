using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Compiler.Bundling;
using Netpol.Compiler.Compilation;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Text;

namespace Netpol.Toolchain;

/// <summary>Builds the same files again and again while they change, by the bytecode backend: each time what has changed.</summary>
public sealed class BuildSession
{
    private readonly IReadOnlyList<string> _files;
    private readonly string _workingFolder;
    private readonly CompilationSession _compilation = new();
    private SizedLibrary? _library;

    /// <param name="files">Files, or folders of <c>.netpol</c> files; relative ones start at <paramref name="workingFolder"/>.</param>
    public BuildSession(IReadOnlyList<string> files, string workingFolder) =>
        (_files, _workingFolder) = ([.. files.Select(file => Path.GetFullPath(file, workingFolder))], workingFolder);

    /// <summary>Reads the files and builds what they say now.</summary>
    /// <param name="reached">Told the name of every stage as it ends.</param>
    public SessionBuild Build(Action<string>? reached = null)
    {
        var root = _workingFolder;
        ImmutableArray<SourceFile> read = [];
        var result = _compilation.Compile(
            parse =>
            {
                var loaded = SourceLoader.Load(_files, _workingFolder, parse);
                (root, read) = (loaded.Root, loaded.Sources);
                return (loaded.Units, loaded.Diagnostics);
            },
            reached);
        if (result.Output is not { } output)
        {
            return new SessionBuild(root, read, result.Diagnostics, result.IsRenumbered, null, null);
        }

        // Code is proved, linked and certified where the bundle is written.
        if (!output.Layout.Verdicts.AreTables)
        {
            return new SessionBuild(root, read, result.Diagnostics, result.IsRenumbered, output, null);
        }

        if (_library?.Fits(output) != true)
        {
            (_library, var problems) = SizedLibrary.Of(output, read);
            if (_library is null)
            {
                return new SessionBuild(root, read, [.. result.Diagnostics, .. problems], result.IsRenumbered, null, null);
            }
        }

        var library = _library;
        return new SessionBuild(root, read, result.Diagnostics, result.IsRenumbered, output, () => Pack(library, output, read));
    }

    private static PackedBundle Pack(SizedLibrary library, DatapathOutput output, ImmutableArray<SourceFile> sources)
    {
        var terms = output.Terms;
        return new PackedBundle(
            ManifestWriter.Seal(output.Manifest with { Backend = SessionBuild.Backend }, terms.AsSpan(), library.Object), library.Object, library.Certificate,
            () => output.Listing, terms, sources);
    }

    /// <summary>The library's object with what it takes, and all of a build that both depend on.</summary>
    private sealed record SizedLibrary(DatapathOutput For, byte[] Object, Certificate Certificate)
    {
        public static (SizedLibrary? Library, ImmutableArray<Diagnostic> Problems) Of(DatapathOutput output, ImmutableArray<SourceFile> sources)
        {
            var made = BytecodeCompiler.Specialize(PrebuiltLibrary.Read(output.Layout.Features, areTables: true), output);
            var (certificate, problems) = ObjectCheck.Run(output, made, sources);
            return (certificate is null ? null : new SizedLibrary(output, made, certificate), problems);
        }

        public bool Fits(DatapathOutput other) =>
            For.Layout.Features == other.Layout.Features
            && For.Layout.ReportsDrops == other.Layout.ReportsDrops
            && For.Layout.Maps.SequenceEqual(other.Layout.Maps)
            && For.Model.Scale == other.Model.Scale
            && Addresses(For).SequenceEqual(Addresses(other));

        private static IEnumerable<Address> Addresses(DatapathOutput output) => output.Scope.Services.SelectMany(binding => binding.Service.Addresses);
    }
}
