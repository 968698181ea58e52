namespace Netpol.Compiler.Bpf.Btf;

/// <summary>A function begins.</summary>
/// <param name="Offset">In the section, in bytes.</param>
/// <param name="Type">The id of a <see cref="BtfType.Function"/>.</param>
public sealed record BtfFunctionRecord(string Section, int Offset, int Type);
