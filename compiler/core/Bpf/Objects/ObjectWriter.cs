using System.Collections.Immutable;
using System.Text;
using Netpol.Compiler.Bpf.Btf;
using Netpol.Compiler.Bpf.Elf;
using Netpol.Compiler.Bpf.Functions;

namespace Netpol.Compiler.Bpf.Objects;

/// <summary>
/// Makes of functions and maps the object that clang would: libbpf links it with others and loads it. The same specification gives the
/// same bytes.
/// </summary>
public static class ObjectWriter
{
    internal const string CodeSection = ".text";

    /// <exception cref="InvalidOperationException">A function refers to what the specification does not have.</exception>
    public static byte[] Write(ObjectSpec spec) => ElfWriter.Write(Model(spec));

    internal static ElfObject Model(ObjectSpec spec)
    {
        var starts = Starts(spec);
        var sections = ImmutableArray.CreateBuilder<ElfSection>();
        // Its relocations follow, once the symbols have their numbers.
        sections.Add(ElfSection.Of(CodeSection, ElfSectionFlags.Allocate | ElfSectionFlags.Execute, Bytes(spec), InstructionCodec.SlotSize));
        foreach (var data in spec.Data)
        {
            sections.Add(ElfSection.Of(data.Section, ElfSectionFlags.Allocate | (data.IsWritable ? ElfSectionFlags.Write : 0), [.. data.Content], 8));
        }

        var mapBytes = spec.Maps.Where(map => !map.IsExternal).Sum(ObjectTypes.SizeOf);
        if (!spec.Maps.IsEmpty)
        {
            sections.Add(ElfSection.Of(ObjectTypes.MapsSection, ElfSectionFlags.Allocate | ElfSectionFlags.Write, new byte[mapBytes], 8));
        }

        if (spec.License is { } license)
        {
            sections.Add(ElfSection.Of(ObjectTypes.LicenseSection, ElfSectionFlags.Allocate | ElfSectionFlags.Write, [.. Encoding.UTF8.GetBytes(license), 0], 1));
        }

        var types = ObjectTypes.Of(spec, out var functionTypes);
        StringTable strings = new();
        var extension = BtfExtensionWriter.Write(Extension(spec, starts, functionTypes), strings);
        sections.Add(ElfSection.Of(".BTF", ElfSectionFlags.None, BtfWriter.Write(types, strings), 4));
        sections.Add(ElfSection.Of(".BTF.ext", ElfSectionFlags.None, extension, 4));

        var symbols = ObjectSymbols.Of(spec, [.. sections.Select(section => section.Name)], starts);
        sections[0] = sections[0] with { Relocations = Relocations(spec, symbols, starts) };
        return new ElfObject(sections.ToImmutable(), symbols);
    }

    private static ImmutableArray<int> Starts(ObjectSpec spec)
    {
        var starts = ImmutableArray.CreateBuilder<int>();
        var slot = 0;
        foreach (var function in spec.Functions)
        {
            starts.Add(slot * InstructionCodec.SlotSize);
            slot += function.Code.Slots;
        }

        return starts.ToImmutable();
    }

    private static byte[] Bytes(ObjectSpec spec) => InstructionCodec.Encode(spec.Functions.SelectMany(function => function.Code.Instructions.Select(Unlinked)));

    // As clang leaves them: what kind of immediate it is follows from the symbol, and the loader writes it down.
    private static Instruction Unlinked(Instruction instruction) => instruction.Code switch
    {
        Code.LoadMap => instruction with { Code = Code.LoadImmediate64, Immediate = 0 },
        Code.LoadMapValue => instruction with { Code = Code.LoadImmediate64, Immediate = (uint)(instruction.Immediate >> 32) },
        _ => instruction,
    };

    private static BtfExtension Extension(ObjectSpec spec, ImmutableArray<int> starts, ImmutableArray<int> types)
    {
        var lines = ImmutableArray.CreateBuilder<BtfLineRecord>();
        var hasLines = spec.Functions.Any(function => !function.Code.Lines.IsEmpty);
        foreach (var (function, start) in spec.Functions.Zip(starts))
        {
            // The kernel takes either a line for the beginning of every function, or no lines: check_btf_line.
            if (hasLines && (function.Code.Lines.IsEmpty || function.Code.Lines[0].Instruction != 0))
            {
                throw new InvalidOperationException($"other functions have source positions, {function.Code.Name} has none for its first instruction");
            }

            var slots = function.Code.SlotOfInstruction();
            lines.AddRange(function.Code.Lines.Select(line => new BtfLineRecord(
                CodeSection, start + (slots[line.Instruction] * InstructionCodec.SlotSize),
                line.Position.File, line.Position.Text, line.Position.Line, line.Position.Column)));
        }

        return new BtfExtension([.. starts.Zip(types, (start, type) => new BtfFunctionRecord(CodeSection, start, type))], lines.ToImmutable());
    }

    private static ImmutableArray<ElfRelocation> Relocations(ObjectSpec spec, ImmutableArray<ElfSymbol> symbols, ImmutableArray<int> starts)
    {
        Dictionary<string, int> byName = new(StringComparer.Ordinal);
        for (var index = 0; index < symbols.Length; index++)
        {
            byName.Add(symbols[index].Name, index);
        }

        foreach (var data in spec.Data)
        {
            byName.Add(data.Section, byName[data.Variable]);
        }

        return [.. spec.Functions.Zip(starts).SelectMany(pair => Relocations(pair.First.Code, pair.Second, byName))];
    }

    private static IEnumerable<ElfRelocation> Relocations(BpfFunction function, int start, Dictionary<string, int> symbols)
    {
        var slots = function.SlotOfInstruction();
        foreach (var (instruction, symbol) in function.References)
        {
            var type = function.Instructions[instruction].Code == Code.CallFunction ? ElfRelocationType.Call32 : ElfRelocationType.Immediate64;
            yield return symbols.TryGetValue(symbol, out var index)
                ? new ElfRelocation((ulong)(start + (slots[instruction] * InstructionCodec.SlotSize)), type, index)
                : throw new InvalidOperationException($"{function.Name} refers to `{symbol}`, which is not in the object");
        }
    }
}
