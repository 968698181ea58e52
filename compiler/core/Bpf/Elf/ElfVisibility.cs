namespace Netpol.Compiler.Bpf.Elf;

/// <summary><c>STV_*</c> of elf.h. libbpf treats a hidden function as static once objects are linked.</summary>
public enum ElfVisibility : byte
{
    Default = 0,
    Internal = 1,
    Hidden = 2,
    Protected = 3,
}
