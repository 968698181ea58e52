using System.Collections.Immutable;

namespace Netpol.Compiler.Bpf.Elf;

/// <summary>
/// A relocatable object of 64 bits, little endian, for BPF: what is in it, not where. Tables of symbols, strings, section names and
/// relocations are not among the sections; they are made from the model.
/// </summary>
/// <param name="Symbols">Local ones first, as ELF demands; without the null symbol.</param>
public sealed record ElfObject(ImmutableArray<ElfSection> Sections, ImmutableArray<ElfSymbol> Symbols)
{
    /// <summary>The index of the section, or -1.</summary>
    public int IndexOfSection(string name)
    {
        for (var index = 0; index < Sections.Length; index++)
        {
            if (Sections[index].Name == name)
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>The first section of the name.</summary>
    public ElfSection? Section(string name) => IndexOfSection(name) is >= 0 and var index ? Sections[index] : null;
}
