using System.Collections.Immutable;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Diagnostics;

namespace Netpol.Compiler.Compilation;

/// <param name="Functions">Those that the library's are replaced with; empty exactly where a diagnostic is an error.</param>
public sealed record BytecodeResult(ImmutableArray<BpfFunction> Functions, ImmutableArray<Diagnostic> Diagnostics);
