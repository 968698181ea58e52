namespace Netpol.Compiler.Bpf;

/// <summary>The low three bits of an opcode.</summary>
public enum InstructionClass : byte
{
    LoadImmediate = 0,
    Load = 1,
    StoreImmediate = 2,
    Store = 3,
    Alu32 = 4,
    Jump64 = 5,
    Jump32 = 6,
    Alu64 = 7,
}
