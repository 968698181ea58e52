using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Netpol.Compiler.Bpf.Elf;

/// <summary>
/// Every section of the file with its bytes and its place:
/// <code>
/// | header | sections of the model | .rel.* | .symtab | .strtab | .shstrtab | section headers |
/// </code>
/// </summary>
internal sealed record ElfLayout(ImmutableArray<ElfLayout.Placed> Sections, ulong HeadersAt)
{
    public static ElfLayout Of(ElfObject model)
    {
        var sections = ImmutableArray.CreateBuilder<Placed>();
        StringTable names = new();
        var offset = (ulong)ElfConstants.HeaderSize;
        sections.Add(new Placed(0, ElfSectionType.Null, ElfSectionFlags.None, 0, [], 0, 0, 0, 0, 0));

        void Add(string name, ElfSectionType type, ElfSectionFlags flags, byte[] data, int link, int info, int alignment, int entrySize)
        {
            offset = AlignUp(offset, alignment);
            var bytes = type == ElfSectionType.NoBits ? [] : data;
            sections.Add(new Placed(names.Add(name), type, flags, offset, bytes, (ulong)data.Length, link, info, alignment, entrySize));
            offset += (ulong)bytes.Length;
        }

        foreach (var section in model.Sections)
        {
            Add(section.Name, section.Type, section.Flags, [.. section.Data], 0, 0, section.Alignment, section.EntrySize);
        }

        var relocated = model.Sections.Count(section => !section.Relocations.IsEmpty);
        var symbolTable = 1 + model.Sections.Length + relocated;
        for (var index = 0; index < model.Sections.Length; index++)
        {
            var section = model.Sections[index];
            if (!section.Relocations.IsEmpty)
            {
                Add(".rel" + section.Name, ElfSectionType.Relocations, ElfSectionFlags.InfoIsSection, Relocations(section), symbolTable, index + 1, 8, ElfConstants.RelocationSize);
            }
        }

        StringTable strings = new();
        var symbols = Symbols(model, strings);
        var locals = 1 + model.Symbols.Count(symbol => symbol.Binding == ElfBinding.Local);
        Add(".symtab", ElfSectionType.SymbolTable, ElfSectionFlags.None, symbols, symbolTable + 1, locals, 8, ElfConstants.SymbolSize);
        Add(".strtab", ElfSectionType.StringTable, ElfSectionFlags.None, strings.ToArray(), 0, 0, 1, 0);
        names.Add(".shstrtab");
        Add(".shstrtab", ElfSectionType.StringTable, ElfSectionFlags.None, names.ToArray(), 0, 0, 1, 0);
        return new ElfLayout(sections.ToImmutable(), AlignUp(offset, 8));
    }

    private static byte[] Relocations(ElfSection section)
    {
        var bytes = new byte[section.Relocations.Length * ElfConstants.RelocationSize];
        var rest = bytes.AsSpan();
        foreach (var relocation in section.Relocations)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, relocation.Offset);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[8..], (uint)relocation.Type);
            BinaryPrimitives.WriteInt32LittleEndian(rest[12..], relocation.Symbol + 1);
            rest = rest[ElfConstants.RelocationSize..];
        }

        return bytes;
    }

    private static byte[] Symbols(ElfObject model, StringTable strings)
    {
        var bytes = new byte[(model.Symbols.Length + 1) * ElfConstants.SymbolSize];
        var rest = bytes.AsSpan(ElfConstants.SymbolSize);
        var isGlobal = false;
        foreach (var symbol in model.Symbols)
        {
            if (isGlobal && symbol.Binding == ElfBinding.Local)
            {
                throw new InvalidOperationException($"the local symbol `{symbol.Name}` stands behind a global one");
            }

            isGlobal |= symbol.Binding != ElfBinding.Local;
            BinaryPrimitives.WriteUInt32LittleEndian(rest, strings.Add(symbol.Name));
            rest[4] = (byte)((byte)symbol.Binding << 4 | (byte)symbol.Type);
            rest[5] = (byte)symbol.Visibility;
            BinaryPrimitives.WriteUInt16LittleEndian(rest[6..], symbol.Section switch
            {
                ElfSymbol.Undefined => 0,
                ElfSymbol.Absolute => ElfConstants.SectionAbsolute,
                var section => (ushort)(section + 1),
            });
            BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], symbol.Value);
            BinaryPrimitives.WriteUInt64LittleEndian(rest[16..], symbol.Size);
            rest = rest[ElfConstants.SymbolSize..];
        }

        return bytes;
    }

    private static ulong AlignUp(ulong offset, int alignment) =>
        alignment <= 1 ? offset : (offset + (ulong)alignment - 1) / (ulong)alignment * (ulong)alignment;

    /// <param name="Name">Offset in .shstrtab.</param>
    /// <param name="Bytes">Empty where the section has none in the file.</param>
    internal sealed record Placed(
        uint Name, ElfSectionType Type, ElfSectionFlags Flags, ulong Offset, byte[] Bytes, ulong Size, int Link, int Info, int Alignment, int EntrySize);
}
