namespace Netpol.Compiler.Bpf.Btf;

/// <summary>A field of a structure.</summary>
/// <param name="BitOffset">As it is encoded: with bit fields, their width is in the upper byte.</param>
public sealed record BtfMember(string Name, int Type, uint BitOffset);
