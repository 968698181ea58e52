using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Backends.C;
using Netpol.Compiler.Bundling;
using Netpol.Compiler.Compilation;
using Netpol.Diagnostics;
using Netpol.Text;

namespace Netpol.Toolchain;

/// <summary>Makes a bundle's folder of what the compiler made: the object by clang or by the bytecode backend, manifest, listing, sources.</summary>
public static class BundleBuilder
{
    /// <summary>Folder of the sources in a bundle, so that a node can show their lines.</summary>
    public const string SourcesFolder = "sources";

    /// <summary>Compiles files and what they import, and writes the bundle.</summary>
    public static BuildResult Build(
        IReadOnlyCollection<string> paths, string folder, VerdictChoice choice = VerdictChoice.Auto, BackendKind backend = BackendKind.C)
    {
        var loaded = SourceLoader.Load(paths);
        var result = NetpolCompiler.Compile(loaded.Units, loaded.Diagnostics, choice);
        if (result.Output is null)
        {
            return new BuildResult(null, false, result.Diagnostics);
        }

        var built = Build(result.Output, loaded.Sources, folder, backend);
        return built with { Diagnostics = [.. result.Diagnostics, .. built.Diagnostics] };
    }

    /// <summary>Writes the bundle of what was compiled, whole or not at all.</summary>
    public static BuildResult Build(CompilationOutput output, ImmutableArray<SourceFile> sources, string folder, BackendKind backend)
    {
        if (backend == BackendKind.C)
        {
            var (sealedManifest, diagnostics) = Write(output, sources, folder);
            return new BuildResult(sealedManifest, true, diagnostics);
        }

        ImmutableArray<byte> verdicts = [];
        if (!output.Layout.Verdicts.AreTables)
        {
            var bytecode = BytecodeCompiler.Compile(output, sources);
            if (bytecode.Object.IsEmpty)
            {
                return new BuildResult(null, false, bytecode.Diagnostics);
            }

            verdicts = bytecode.Object;
        }

        var (manifest, problems) = WriteLinked(output, verdicts, sources, folder);
        return new BuildResult(manifest, true, problems);
    }

    /// <summary>Writes the bundle by clang, whole or not at all.</summary>
    /// <returns>The sealed manifest, or null with the reason. All reasons here are of the environment.</returns>
    public static (Manifest? Manifest, ImmutableArray<Diagnostic> Diagnostics) Write(
        CompilationOutput output, ImmutableArray<SourceFile> sources, string folder)
    {
        var (clang, diagnostics) = Clang.Find();
        return clang is null ? (null, diagnostics) : Write(output, sources, folder, clang);
    }

    public static (Manifest? Manifest, ImmutableArray<Diagnostic> Diagnostics) Write(
        CompilationOutput output, ImmutableArray<SourceFile> sources, string folder, Clang clang)
    {
        if (!Clang.HasBpfHeaders())
        {
            return (null, [ToolchainDiagnostics.NoBpfHeaders.Nowhere()]);
        }

        return Write(output, BackendKind.C, sources, folder, (target, objectPath) =>
        {
            WriteSources(target.Work, sources);
            DatapathLibrary.WriteTo(Path.Combine(target.Work, "datapath"));
            File.WriteAllText(Path.Combine(target.Work, CBackend.FileName), output.Code);
            if (clang.Compile(target.Work, CBackend.FileName, objectPath) is { } refusal)
            {
                var kept = target.Keep();
                File.WriteAllText(Path.Combine(kept, "clang.txt"), refusal);
                return Refused(refusal, kept);
            }

            File.WriteAllText(Path.Combine(target.Bundle, CBackend.FileName), output.Code);
            return null;
        });
    }

    // By libbpf's linker, of the library and what the bytecode backend made; of tables, the library is all.
    private static (Manifest? Manifest, ImmutableArray<Diagnostic> Diagnostics) WriteLinked(
        CompilationOutput output, ImmutableArray<byte> verdicts, ImmutableArray<SourceFile> sources, string folder) =>
        Write(output, BackendKind.Bytecode, sources, folder, (target, objectPath) =>
        {
            var library = BytecodeCompiler.Specialize(PrebuiltLibrary.Read(output.Layout.Features, output.Layout.Verdicts.AreTables), output);
            if (verdicts.IsEmpty)
            {
                File.WriteAllBytes(objectPath, library);
                return null;
            }

            var (libraryPath, verdictsPath) = (Path.Combine(target.Work, "library.o"), Path.Combine(target.Work, "verdicts.o"));
            File.WriteAllBytes(libraryPath, library);
            File.WriteAllBytes(verdictsPath, [.. verdicts]);

            // The library first: its weak functions are replaced by those that come after.
            return ObjectLinker.Link(objectPath, libraryPath, verdictsPath) is { } problem
                ? ToolchainDiagnostics.LinkingFailed.Nowhere(problem)
                : null;
        });

    private static (Manifest? Manifest, ImmutableArray<Diagnostic> Diagnostics) Write(
        CompilationOutput output, BackendKind backend, ImmutableArray<SourceFile> sources, string folder, Func<BundleFolder, string, Diagnostic?> make)
    {
        Manifest? made = null;
        var problem = Guarded(folder, target =>
        {
            var objectPath = Path.Combine(target.Bundle, ManifestWriter.ObjectName);
            if (make(target, objectPath) is { } refusal)
            {
                return refusal;
            }

            var elf = File.ReadAllBytes(objectPath);
            var manifest = ManifestWriter.Seal(output.Manifest with { Backend = backend == BackendKind.C ? "c" : "bytecode" }, elf);
            WriteParts(target, new PackedBundle(manifest, elf, () => output.Listing, output.Terms, sources));
            made = manifest.Manifest;
            return null;
        });
        return problem is null ? (made, []) : (null, [problem]);
    }

    /// <summary>Writes a bundle that is made already, whole or not at all.</summary>
    internal static BuildResult Write(PackedBundle bundle, string folder)
    {
        var problem = Guarded(folder, target =>
        {
            File.WriteAllBytes(Path.Combine(target.Bundle, ManifestWriter.ObjectName), bundle.Object.Span);
            WriteParts(target, bundle);
            return null;
        });
        return problem is null ? new BuildResult(bundle.Manifest.Manifest, true, []) : new BuildResult(null, true, [problem]);
    }

    private static void WriteParts(BundleFolder target, PackedBundle bundle)
    {
        WriteSources(Path.Combine(target.Bundle, SourcesFolder), bundle.Sources);
        File.WriteAllText(Path.Combine(target.Bundle, Listing.FileName), bundle.Listing());
        if (!bundle.Terms.IsEmpty)
        {
            File.WriteAllBytes(Path.Combine(target.Bundle, VerdictTerms.FileName), bundle.Terms.AsSpan());
        }

        File.WriteAllBytes(Path.Combine(target.Bundle, Manifest.FileName), bundle.Manifest.Text);
    }

    // All or nothing: what fails leaves the folder as it was.
    private static Diagnostic? Guarded(string folder, Func<BundleFolder, Diagnostic?> fill)
    {
        try
        {
            if (!BundleFolder.IsFree(folder))
            {
                return ToolchainDiagnostics.OutputTaken.Nowhere(folder);
            }

            using var target = BundleFolder.Create(folder);
            if (fill(target) is { } problem)
            {
                return problem;
            }

            target.Commit();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ToolchainDiagnostics.OutputUnwritable.Nowhere(folder, exception.Message);
        }
    }

    private static Diagnostic Refused(string text, string kept)
    {
        var first = text.Split('\n').FirstOrDefault(line => line.Contains("error:", StringComparison.Ordinal)) ?? text.Trim();
        var descriptor = ToolchainDiagnostics.ClangFailed;
        var help = string.Format(System.Globalization.CultureInfo.InvariantCulture, descriptor.Help, "", kept);
        return (descriptor with { Help = help }).Nowhere(first, kept);
    }

    // Paths are from the build root and never leave it: the front end has seen to that.
    private static void WriteSources(string folder, ImmutableArray<SourceFile> sources)
    {
        foreach (var source in sources)
        {
            var path = Path.Combine(folder, source.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? folder);
            File.WriteAllText(path, source.Text);
        }
    }
}
