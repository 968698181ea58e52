using System.Collections.Immutable;
using Netpol.Compiler.Bundling;
using Netpol.Compiler.Compilation;
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

        // Code is proved and linked where the bundle is written.
        var packed = output.Layout.Verdicts.AreTables ? Pack(output, read) : null;
        reached?.Invoke("seal");
        return new SessionBuild(root, read, result.Diagnostics, result.IsRenumbered, output, packed);
    }

    private PackedBundle Pack(DatapathOutput output, ImmutableArray<SourceFile> sources)
    {
        _library = _library?.Fits(output) == true ? _library : SizedLibrary.Of(output);
        return new PackedBundle(
            ManifestWriter.Seal(output.Manifest with { Backend = "bytecode" }, _library.Object), _library.Object, () => output.Listing, output.Terms, sources);
    }

    /// <summary>The library's object, and all of a build that it depends on.</summary>
    private sealed record SizedLibrary(DatapathOutput For, byte[] Object)
    {
        public static SizedLibrary Of(DatapathOutput output) =>
            new(output, BytecodeCompiler.Specialize(PrebuiltLibrary.Read(output.Layout.Features, areTables: true), output));

        public bool Fits(DatapathOutput other) =>
            For.Layout.Features == other.Layout.Features
            && For.Layout.ReportsDrops == other.Layout.ReportsDrops
            && For.Layout.Maps.SequenceEqual(other.Layout.Maps)
            && Addresses(For).SequenceEqual(Addresses(other));

        private static IEnumerable<Address> Addresses(DatapathOutput output) => output.Scope.Services.SelectMany(binding => binding.Service.Addresses);
    }
}
