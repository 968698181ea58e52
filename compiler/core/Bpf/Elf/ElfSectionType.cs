namespace Netpol.Compiler.Bpf.Elf;

/// <summary><c>SHT_*</c> of elf.h; other values are kept as they are.</summary>
public enum ElfSectionType : uint
{
    Null = 0,
    ProgramBits = 1,
    SymbolTable = 2,
    StringTable = 3,
    RelocationsWithAddends = 4,
    NoBits = 8,
    Relocations = 9,
}
