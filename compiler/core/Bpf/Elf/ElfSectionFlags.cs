namespace Netpol.Compiler.Bpf.Elf;

/// <summary><c>SHF_*</c> of elf.h; other bits are kept as they are.</summary>
[Flags]
public enum ElfSectionFlags : ulong
{
    None = 0,
    Write = 1,
    Allocate = 2,
    Execute = 4,

    /// <summary><c>sh_info</c> is the index of a section: of relocations, the one they are for.</summary>
    InfoIsSection = 0x40,
}
