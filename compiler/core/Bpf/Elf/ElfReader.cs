using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Netpol.Compiler.Bpf.Elf;

/// <summary>Object files that we wrote, that clang wrote, or that anybody broke: it answers, and never reads beside the file.</summary>
public sealed class ElfReader
{
    private const int LargestSection = 1 << 28;

    private readonly byte[] _file;
    private readonly List<Header> _headers = [];
    private readonly List<int> _modelIndex = [];
    private readonly ImmutableArray<ElfSymbol>.Builder _symbols = ImmutableArray.CreateBuilder<ElfSymbol>();
    private readonly Dictionary<int, ImmutableArray<ElfRelocation>> _relocations = [];

    private ElfReader(byte[] file) => _file = file;

    /// <param name="problem">What is wrong with the file, as a sentence without its end.</param>
    public static bool TryRead(byte[] file, [NotNullWhen(true)] out ElfObject? model, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            (model, problem) = (new ElfReader(file).Read(), null);
            return true;
        }
        catch (InvalidDataException e)
        {
            (model, problem) = (null, e.Message);
            return false;
        }
    }

    private ElfObject Read()
    {
        var header = Slice(0, ElfConstants.HeaderSize);
        Expect(header[..7].SequenceEqual(ElfConstants.Identification[..7]), "this is no ELF file of 64 bits, little endian");
        Expect(
            (U16(header[16..]), U16(header[18..])) == (ElfConstants.Relocatable, ElfConstants.MachineBpf), "this is no relocatable object for BPF");
        ReadHeaders(U64(header[40..]), U16(header[58..]), U16(header[60..]));
        var names = U16(header[62..]);
        Expect(names < _headers.Count, "it has no table of section names");

        var tables = _headers.Where(section => section.Type == ElfSectionType.SymbolTable).ToList();
        Expect(tables.Count <= 1, "it has two symbol tables");
        var count = 0;
        for (var index = 0; index < _headers.Count; index++)
        {
            // The writer makes these from the model.
            var isMade = index == names || tables.Exists(table => table.Link == index)
                || _headers[index].Type is ElfSectionType.Null or ElfSectionType.SymbolTable or ElfSectionType.Relocations;
            _modelIndex.Add(isMade ? -1 : count++);
        }

        tables.ForEach(ReadSymbols);
        foreach (var section in _headers.Where(section => section.Type == ElfSectionType.Relocations))
        {
            ReadRelocations(section);
        }

        return new ElfObject([.. _headers.Index().Where(item => _modelIndex[item.Index] >= 0).Select(item => Section(item.Item, names, item.Index))], _symbols.ToImmutable());
    }

    private void ReadHeaders(ulong offset, int size, int count)
    {
        Expect(size == ElfConstants.SectionHeaderSize, "its section headers have another size");
        for (var index = 0; index < count; index++)
        {
            var bytes = Slice(offset + ((ulong)index * ElfConstants.SectionHeaderSize), ElfConstants.SectionHeaderSize);
            Header section = new(
                (int)U32(bytes), (ElfSectionType)U32(bytes[4..]), (ElfSectionFlags)U64(bytes[8..]), U64(bytes[24..]), U64(bytes[32..]),
                (int)U32(bytes[40..]), (int)U32(bytes[44..]), U64(bytes[48..]), U64(bytes[56..]));
            Expect(section.Alignment <= 1 << 20 && (section.Alignment & (section.Alignment - 1)) == 0, $"section {index} is aligned to no power of two");
            Expect(section.EntrySize <= LargestSection && section.Size <= LargestSection, $"section {index} is too large");
            _headers.Add(section);
        }
    }

    private ElfSection Section(Header section, int names, int index)
    {
        ImmutableArray<byte> data = section.Type == ElfSectionType.NoBits ? [.. new byte[section.Size]] : [.. Slice(section.Offset, section.Size)];
        return new ElfSection(
            Text(_headers[names], section.Name), section.Type, section.Flags, data, (int)section.Alignment, (int)section.EntrySize,
            _relocations.GetValueOrDefault(index, []));
    }

    private void ReadSymbols(Header table)
    {
        Expect(table.Link > 0 && table.Link < _headers.Count, "the names of its symbols are nowhere");
        var bytes = Slice(table.Offset, table.Size);
        Expect(bytes.Length % ElfConstants.SymbolSize == 0 && bytes.Length > 0, "its symbol table is cut off");
        for (bytes = bytes[ElfConstants.SymbolSize..]; !bytes.IsEmpty; bytes = bytes[ElfConstants.SymbolSize..])
        {
            _symbols.Add(new ElfSymbol(
                Text(_headers[table.Link], (int)U32(bytes)), (ElfSymbolType)(bytes[4] & 15), (ElfBinding)(bytes[4] >> 4), (ElfVisibility)(bytes[5] & 3),
                SymbolSection(U16(bytes[6..])), U64(bytes[8..]), U64(bytes[16..])));
        }
    }

    private int SymbolSection(int index)
    {
        if (index is 0 or ElfConstants.SectionAbsolute)
        {
            return index == 0 ? ElfSymbol.Undefined : ElfSymbol.Absolute;
        }

        Expect(index < _headers.Count && _modelIndex[index] >= 0, $"a symbol is in section {index}, which has no content");
        return _modelIndex[index];
    }

    private void ReadRelocations(Header table)
    {
        Expect(table.Info > 0 && table.Info < _headers.Count, "relocations are for a section that is not there");
        var bytes = Slice(table.Offset, table.Size);
        Expect(bytes.Length % ElfConstants.RelocationSize == 0, "a table of relocations is cut off");
        var relocations = ImmutableArray.CreateBuilder<ElfRelocation>();
        for (; !bytes.IsEmpty; bytes = bytes[ElfConstants.RelocationSize..])
        {
            ElfRelocation relocation = new(U64(bytes), (ElfRelocationType)U32(bytes[8..]), (int)U32(bytes[12..]) - 1);
            Expect(relocation.Symbol >= 0 && relocation.Symbol < _symbols.Count, "a relocation asks for a symbol that is not there");
            Expect(relocation.Offset < _headers[table.Info].Size, "a relocation is beside its section");
            relocations.Add(relocation);
        }

        Expect(_relocations.TryAdd(table.Info, relocations.ToImmutable()), "a section has two tables of relocations");
    }

    private string Text(Header table, int offset)
    {
        var bytes = Slice(table.Offset, table.Size);
        Expect(offset >= 0 && offset < bytes.Length, "a name is beside its table");
        var end = bytes[offset..].IndexOf((byte)0);
        Expect(end >= 0, "a name does not end");
        return Encoding.UTF8.GetString(bytes.Slice(offset, end));
    }

    private ReadOnlySpan<byte> Slice(ulong offset, ulong size)
    {
        Expect(offset <= (ulong)_file.Length && size <= (ulong)_file.Length - offset, "the file is cut off");
        return _file.AsSpan((int)offset, (int)size);
    }

    private static void Expect(bool isSo, string problem)
    {
        if (!isSo)
        {
            throw new InvalidDataException(problem);
        }
    }

    private static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ulong U64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private sealed record Header(
        int Name, ElfSectionType Type, ElfSectionFlags Flags, ulong Offset, ulong Size, int Link, int Info, ulong Alignment, ulong EntrySize);
}
