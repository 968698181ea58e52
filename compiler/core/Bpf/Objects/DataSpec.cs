using System.Collections.Immutable;

namespace Netpol.Compiler.Bpf.Objects;

/// <summary>A section of data with one variable in it; the loader makes a map of it.</summary>
/// <param name="Section">Such as <c>.rodata.table</c>; functions refer to its bytes by this name.</param>
public sealed record DataSpec(string Section, string Variable, ImmutableArray<byte> Content, bool IsWritable = false);
