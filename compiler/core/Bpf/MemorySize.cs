namespace Netpol.Compiler.Bpf;

/// <summary>How much one access moves; the value is its place in an opcode.</summary>
public enum MemorySize : byte
{
    Bits32 = 0x00,
    Bits16 = 0x08,
    Bits8 = 0x10,
    Bits64 = 0x18,
}
