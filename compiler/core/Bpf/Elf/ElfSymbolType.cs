namespace Netpol.Compiler.Bpf.Elf;

/// <summary><c>STT_*</c> of elf.h.</summary>
public enum ElfSymbolType : byte
{
    None = 0,
    Object = 1,
    Function = 2,
    Section = 3,
    File = 4,
}
