using System.Collections.Immutable;

namespace Netpol.Compiler.Bpf.Elf;

/// <summary>A section and what shall be put into it when it is linked.</summary>
/// <param name="Data">Of a section without bytes: as many zeros as it is long.</param>
/// <param name="Alignment">A power of two.</param>
/// <param name="EntrySize">0: not a table.</param>
public sealed record ElfSection(
    string Name,
    ElfSectionType Type,
    ElfSectionFlags Flags,
    ImmutableArray<byte> Data,
    int Alignment,
    int EntrySize,
    ImmutableArray<ElfRelocation> Relocations)
{
    /// <summary>Bytes of the program, such as code or constants.</summary>
    public static ElfSection Of(string name, ElfSectionFlags flags, byte[] data, int alignment, params ImmutableArray<ElfRelocation> relocations) =>
        new(name, ElfSectionType.ProgramBits, flags, [.. data], alignment, 0, relocations);
}
