namespace Netpol.Compiler.Bpf.Elf;

/// <summary><c>STB_*</c> of elf.h.</summary>
public enum ElfBinding : byte
{
    Local = 0,
    Global = 1,
    Weak = 2,
}
