using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Text;

namespace Netpol.Compiler.Compilation;

/// <summary>What a session made of its sources as they are now.</summary>
/// <param name="Output">Null exactly where a diagnostic is an error.</param>
/// <param name="Sources">In the order in which they were met.</param>
/// <param name="IsRenumbered">Rules that stayed may have other ids than in the result before.</param>
public sealed record SessionResult(DatapathOutput? Output, ImmutableArray<SourceFile> Sources, ImmutableArray<Diagnostic> Diagnostics, bool IsRenumbered);
