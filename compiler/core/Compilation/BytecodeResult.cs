using System.Collections.Immutable;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Diagnostics;

namespace Netpol.Compiler.Compilation;

/// <param name="Functions">Those that take the place of the library's.</param>
/// <param name="Object">The object they are in, to be linked behind the library's.</param>
/// <param name="Diagnostics">Where one is an error, there is no function and no object.</param>
public sealed record BytecodeResult(ImmutableArray<BpfFunction> Functions, ImmutableArray<byte> Object, ImmutableArray<Diagnostic> Diagnostics);
