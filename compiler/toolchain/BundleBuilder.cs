using System.Collections.Immutable;
using System.Text.Json;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Backends.C;
using Netpol.Compiler.Bundling;
using Netpol.Compiler.Certification;
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
            return Write(output, sources, folder);
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

        return WriteLinked(output, verdicts, sources, folder);
    }

    /// <summary>Writes the bundle by clang, whole or not at all.</summary>
    public static BuildResult Write(CompilationOutput output, ImmutableArray<SourceFile> sources, string folder)
    {
        var (clang, diagnostics) = Clang.Find();
        return clang is null ? new BuildResult(null, true, diagnostics) : Write(output, sources, folder, clang);
    }

    public static BuildResult Write(CompilationOutput output, ImmutableArray<SourceFile> sources, string folder, Clang clang)
    {
        if (!Clang.HasBpfHeaders())
        {
            return new BuildResult(null, true, [ToolchainDiagnostics.NoBpfHeaders.Nowhere()]);
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
    private static BuildResult WriteLinked(
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

    private static BuildResult Write(
        CompilationOutput output, BackendKind backend, ImmutableArray<SourceFile> sources, string folder, Func<BundleFolder, string, Diagnostic?> make)
    {
        BuildResult? made = null;
        var problem = Guarded(folder, target =>
        {
            var objectPath = Path.Combine(target.Bundle, ManifestWriter.ObjectName);
            if (make(target, objectPath) is { } refusal)
            {
                return refusal;
            }

            var elf = File.ReadAllBytes(objectPath);
            var (certificate, uncertified) = ObjectCheck.Run(output, elf, sources);
            if (certificate is null)
            {
                made = new BuildResult(null, false, uncertified);
                return null;
            }

            var terms = output.Terms;
            var manifest = ManifestWriter.Seal(output.Manifest with { Backend = backend == BackendKind.C ? "c" : "bytecode" }, terms.AsSpan(), elf);
            WriteParts(target, new PackedBundle(manifest, elf, certificate, () => output.Listing, terms, sources));
            target.Commit();
            made = new BuildResult(manifest.Manifest, true, []) { Certificate = certificate };
            return null;
        });
        return made ?? new BuildResult(null, true, problem is null ? [] : [problem]);
    }

    /// <summary>Writes a bundle that is made already, whole or not at all.</summary>
    /// <param name="replace">Is given the deed that puts it into its place, and says whether it was done; null: it is done.</param>
    internal static BuildResult Write(PackedBundle bundle, string folder, Func<Action, bool>? replace)
    {
        var isThere = true;
        var problem = Guarded(folder, target =>
        {
            File.WriteAllBytes(Path.Combine(target.Bundle, ManifestWriter.ObjectName), bundle.Object.Span);
            WriteParts(target, bundle);
            if (replace is null)
            {
                target.Commit();
            }
            else
            {
                isThere = replace(target.Commit);
            }

            return null;
        });
        return problem is null
            ? !isThere ? new BuildResult(null, false, []) : new BuildResult(bundle.Manifest.Manifest, true, []) { Certificate = bundle.Certificate }
            : new BuildResult(null, true, [problem]);
    }

    private static void WriteParts(BundleFolder target, PackedBundle bundle)
    {
        WriteSources(Path.Combine(target.Bundle, SourcesFolder), bundle.Sources);
        File.WriteAllText(Path.Combine(target.Bundle, Listing.FileName), bundle.Listing() + CertificateText.Print(bundle.Certificate));
        File.WriteAllText(
            Path.Combine(target.Bundle, Certificate.FileName), JsonSerializer.Serialize(bundle.Certificate, CertificateJson.Default.Certificate) + "\n");
        File.WriteAllText(
            Path.Combine(target.Bundle, MapTypes.FileName),
            JsonSerializer.Serialize(MapTypesReader.Read(bundle.Object.ToArray(), bundle.Manifest.Manifest), MapTypesJson.Default.MapTypes) + "\n");
        if (!bundle.Terms.IsEmpty)
        {
            File.WriteAllBytes(Path.Combine(target.Bundle, VerdictTerms.FileName), bundle.Terms.AsSpan());
        }

        File.WriteAllBytes(Path.Combine(target.Bundle, Manifest.FileName), bundle.Manifest.Text);
    }

    /// <summary>A folder that is filled and then committed; what fails, or commits nothing, leaves the place as it was.</summary>
    private static Diagnostic? Guarded(string folder, Func<BundleFolder, Diagnostic?> fill)
    {
        try
        {
            if (!BundleFolder.IsFree(folder))
            {
                return ToolchainDiagnostics.OutputTaken.Nowhere(folder);
            }

            using var target = BundleFolder.Create(folder);
            return fill(target);
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
