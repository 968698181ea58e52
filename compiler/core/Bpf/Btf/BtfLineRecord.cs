namespace Netpol.Compiler.Bpf.Btf;

/// <summary>From here on code stands for a line of source.</summary>
/// <param name="Offset">In the section, in bytes.</param>
/// <param name="Column">Ten bits of it are kept, 22 of the line.</param>
public sealed record BtfLineRecord(string Section, int Offset, string File, string Text, int Line, int Column);
