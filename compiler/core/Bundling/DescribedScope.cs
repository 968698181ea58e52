using Netpol.Bundle;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Layout;

namespace Netpol.Compiler.Bundling;

/// <summary>A scope with its layout, and the manifest that says both.</summary>
public sealed record DescribedScope(DecisionScope Scope, DatapathLayout Layout, Manifest Manifest);
