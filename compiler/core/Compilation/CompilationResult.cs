using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Backends.C;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Layout;
using Netpol.Diagnostics;
using Netpol.Model;

namespace Netpol.Compiler.Compilation;

/// <summary>What a build made of its sources, but for code: all there is to make where verdicts are tables.</summary>
/// <param name="Manifest">Without digests; it is sealed once there is an object.</param>
public record DatapathOutput(NetworkModel Model, DecisionScope Scope, DatapathLayout Layout, Manifest Manifest)
{
    /// <summary>Content of the bundle's <c>verdicts.bin</c>; empty where verdicts are code. Made at every call.</summary>
    public ImmutableArray<byte> Terms => Layout.Verdicts.Terms is { } terms ? ImmutableCollectionsMarshal.AsImmutableArray(VerdictTermsFile.Write(terms)) : [];

    /// <summary>Printed at every call.</summary>
    public string Listing => Bundling.Listing.Print(Manifest, Layout.Verdicts.Terms);
}

/// <summary>What a build made of its sources, stage by stage.</summary>
/// <param name="Lowered">The decisions as lowering made them, before passes.</param>
public sealed record CompilationOutput(
    NetworkModel Model,
    DecisionProgram Lowered,
    DecisionProgram Program,
    DatapathLayout Layout,
    Manifest Manifest)
    : DatapathOutput(Model, Program, Layout, Manifest)
{
    private readonly string? _code;

    /// <summary>The C of the datapath; printed at every call.</summary>
    public string Code
    {
        get => _code ?? CBackend.Emit(Program, Layout, Manifest.Sources);
        init => _code = value;
    }
}

/// <param name="Output">Null exactly where a diagnostic is an error.</param>
public sealed record CompilationResult(CompilationOutput? Output, ImmutableArray<Diagnostic> Diagnostics);
