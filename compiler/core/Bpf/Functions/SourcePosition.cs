namespace Netpol.Compiler.Bpf.Functions;

/// <summary>The place in a source file that an instruction was made for.</summary>
/// <param name="File">As it shall be shown.</param>
/// <param name="Line">From 1; BTF has room for 22 bits.</param>
/// <param name="Column">From 1; BTF has room for 10 bits.</param>
/// <param name="Text">The line's text; never empty where the kernel shall take it.</param>
public sealed record SourcePosition(string File, int Line, int Column, string Text);
