namespace Netpol.Compiler.Bpf.Btf;

/// <summary>A parameter of a function.</summary>
public sealed record BtfParameter(string Name, int Type);
