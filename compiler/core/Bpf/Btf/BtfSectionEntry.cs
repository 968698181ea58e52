namespace Netpol.Compiler.Bpf.Btf;

/// <summary>A variable's place in a section.</summary>
/// <param name="Variable">The id of a <see cref="BtfType.Variable"/>.</param>
public sealed record BtfSectionEntry(int Variable, int Offset, int Size);
