namespace Netpol.Compiler.Bpf.Elf;

/// <summary><c>R_BPF_*</c>: the kernel's Documentation/bpf/llvm_reloc.rst.</summary>
public enum ElfRelocationType : uint
{
    None = 0,

    /// <summary>A 64-bit immediate: the address of a map, of data or of a function.</summary>
    Immediate64 = 1,
    Absolute64 = 2,
    Absolute32 = 3,

    /// <summary>Of BTF; nobody who loads looks at it.</summary>
    NoLoad32 = 4,

    /// <summary>A call: slots from the section's beginning, less one, stand in its immediate.</summary>
    Call32 = 10,
}
