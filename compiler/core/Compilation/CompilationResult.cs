using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Layout;
using Netpol.Diagnostics;
using Netpol.Model;

namespace Netpol.Compiler.Compilation;

/// <summary>What a build made of its sources, stage by stage.</summary>
/// <param name="Lowered">The decisions as lowering made them, before passes.</param>
/// <param name="Terms">Content of the bundle's <c>verdicts.bin</c>; empty where verdicts are code.</param>
/// <param name="Manifest">Without digest; it is sealed once there is an object.</param>
public sealed record CompilationOutput(
    NetworkModel Model,
    DecisionProgram Lowered,
    DecisionProgram Program,
    DatapathLayout Layout,
    string Code,
    Manifest Manifest,
    string Listing,
    ImmutableArray<byte> Terms);

/// <param name="Output">Null exactly where a diagnostic is an error.</param>
public sealed record CompilationResult(CompilationOutput? Output, ImmutableArray<Diagnostic> Diagnostics);
