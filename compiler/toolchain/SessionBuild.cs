using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Compilation;
using Netpol.Diagnostics;
using Netpol.Text;

namespace Netpol.Toolchain;

/// <summary>What a session built of its files as they are now.</summary>
public sealed class SessionBuild
{
    private static readonly VerdictTerms NoTerms = new([], [], []);

    internal const string Backend = "bytecode";

    private readonly DatapathOutput? _output;
    private readonly Lazy<PackedBundle>? _packed;

    /// <param name="pack">Where verdicts are tables.</param>
    internal SessionBuild(
        string root, ImmutableArray<SourceFile> sources, ImmutableArray<Diagnostic> diagnostics, bool isRenumbered, DatapathOutput? output, Func<PackedBundle>? pack)
    {
        (Root, Sources, Diagnostics, IsRenumbered, _output) = (root, sources, diagnostics, isRenumbered, output);
        _packed = pack is null ? null : new Lazy<PackedBundle>(pack);
        Manifest = output is null ? null : output.Manifest with { Backend = Backend };
    }

    /// <summary>The folder that paths of sources start from.</summary>
    public string Root { get; }

    /// <summary>As far as they could be read.</summary>
    public ImmutableArray<SourceFile> Sources { get; }

    public ImmutableArray<Diagnostic> Diagnostics { get; }

    /// <summary>Rules that stayed may have other ids than in the build before.</summary>
    public bool IsRenumbered { get; }

    /// <summary>Null where a diagnostic is an error. Without digests: they take longer than all else.</summary>
    public Manifest? Manifest { get; }

    /// <summary>Those that tables are made of; none where verdicts are code.</summary>
    public VerdictTerms Terms => _output?.Layout.Verdicts.Terms ?? NoTerms;

    /// <summary>
    /// The manifest with the digests of the bundle that <see cref="Write"/> writes; null where verdicts are code: there is no digest before there is an object.
    /// </summary>
    public Manifest? Seal() => _packed?.Value.Manifest.Manifest;

    /// <summary>Writes the bundle, whole or not at all.</summary>
    /// <param name="replace">
    /// Of a bundle whose verdicts are tables: is given the deed that puts it into its place when all of it is written, and says whether it did it. Null: it is done.
    /// </param>
    public BuildResult Write(string folder, Func<Action, bool>? replace = null) => (_packed, _output) switch
    {
        ({ } packed, _) => BundleBuilder.Write(packed.Value, folder, replace),
        (null, CompilationOutput output) => BundleBuilder.Build(output, Sources, folder, BackendKind.Bytecode),
        _ => throw new InvalidOperationException("sources with errors make no bundle"),
    };
}
