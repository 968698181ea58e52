namespace Netpol.Compiler.Bpf.Btf;

/// <summary>A value of an enumeration.</summary>
public sealed record BtfConstant(string Name, int Value);
