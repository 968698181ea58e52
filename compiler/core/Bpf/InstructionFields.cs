namespace Netpol.Compiler.Bpf;

/// <summary>Which fields an instruction reads; the others are zero in its encoding.</summary>
[Flags]
public enum InstructionFields : byte
{
    None = 0,
    Destination = 1,
    Source = 2,
    Offset = 4,
    Immediate = 8,
}
