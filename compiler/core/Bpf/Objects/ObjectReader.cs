using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Netpol.Compiler.Bpf.Btf;
using Netpol.Compiler.Bpf.Elf;
using Netpol.Compiler.Bpf.Functions;

namespace Netpol.Compiler.Bpf.Objects;

/// <summary>The functions of an object, ours or clang's, with the names of what they refer to and their source lines: for listings.</summary>
public sealed class ObjectReader
{
    private readonly ElfObject _elf;
    private readonly ImmutableArray<BtfLineRecord> _lines;
    private readonly Dictionary<(int Section, ulong Offset), string> _functions = [];

    private ObjectReader(ElfObject elf, ImmutableArray<BtfLineRecord> lines)
    {
        (_elf, _lines) = (elf, lines);
        foreach (var symbol in elf.Symbols.Where(IsCode))
        {
            _functions.TryAdd((symbol.Section, symbol.Value), symbol.Name);
        }
    }

    /// <param name="functions">By section and place.</param>
    public static bool TryRead(
        byte[] file, out ImmutableArray<ObjectFunction> functions, [NotNullWhen(false)] out string? problem)
    {
        functions = [];
        if (!ElfReader.TryRead(file, out var elf, out problem) || !TryLines(elf, out var lines, out problem))
        {
            return false;
        }

        try
        {
            ObjectReader reader = new(elf, lines);
            functions = [.. elf.Symbols.Where(reader.IsCode).OrderBy(symbol => symbol.Section).ThenBy(symbol => symbol.Value).Select(reader.Function)];
            return true;
        }
        catch (InvalidDataException e)
        {
            problem = e.Message;
            return false;
        }
    }

    private static bool TryLines(ElfObject elf, out ImmutableArray<BtfLineRecord> lines, [NotNullWhen(false)] out string? problem)
    {
        (lines, problem) = ([], "");
        if (elf.Section(".BTF") is not { } types || elf.Section(".BTF.ext") is not { } records)
        {
            return true;
        }

        if (!BtfReader.TryRead(types.Data.AsSpan(), out _, out var strings, out problem)
            || !BtfExtensionReader.TryRead(records.Data.AsSpan(), strings.AsSpan(), out var extension, out problem))
        {
            return false;
        }

        (lines, problem) = (extension.Lines, "");
        return true;
    }

    private bool IsCode(ElfSymbol symbol) =>
        symbol.Type == ElfSymbolType.Function && symbol.Section >= 0 && symbol.Size > 0 && _elf.Sections[symbol.Section].Flags.HasFlag(ElfSectionFlags.Execute);

    private ObjectFunction Function(ElfSymbol symbol)
    {
        var section = _elf.Sections[symbol.Section];
        if (symbol.Value > (ulong)section.Data.Length || symbol.Size > (ulong)section.Data.Length - symbol.Value
            || !InstructionCodec.TryDecode(section.Data.AsSpan((int)symbol.Value, (int)symbol.Size), out var instructions))
        {
            throw new InvalidDataException($"function `{symbol.Name}` has what is no instruction of version 3");
        }

        var start = (int)symbol.Value;
        BpfFunction code = new(symbol.Name, instructions, [], []);
        var places = code.SlotOfInstruction().SkipLast(1).Select((slot, index) => (Offset: start + (slot * InstructionCodec.SlotSize), index))
            .ToDictionary(place => place.Offset, place => place.index);
        var targets = section.Relocations.DistinctBy(relocation => relocation.Offset)
            .ToDictionary(relocation => relocation.Offset, relocation => _elf.Symbols[relocation.Symbol]);

        var linked = instructions.ToBuilder();
        var references = ImmutableArray.CreateBuilder<SymbolReference>();
        foreach (var (offset, index) in places.OrderBy(place => place.Value))
        {
            targets.TryGetValue((ulong)offset, out var target);
            if (Reference(instructions[index], symbol.Section, offset, target) is var (instruction, name))
            {
                linked[index] = instruction;
                references.Add(new SymbolReference(index, name));
            }
        }

        var lines = _lines.Where(line => line.Section == section.Name && places.ContainsKey(line.Offset))
            .Select(line => new LineEntry(places[line.Offset], new SourcePosition(line.File, line.Line, line.Column, line.Text)));
        return new ObjectFunction(section.Name, code with
        {
            Instructions = linked.ToImmutable(),
            References = references.ToImmutable(),
            Lines = [.. lines],
        });
    }

    private (Instruction Instruction, string Symbol)? Reference(Instruction instruction, int section, int offset, ElfSymbol? target)
    {
        if (instruction.Code == Code.CallFunction)
        {
            var name = target switch
            {
                null => Called(section, offset + ((1 + instruction.Immediate) * InstructionCodec.SlotSize)),
                { Section: >= 0 } => Called(target.Section, (long)target.Value + ((instruction.Immediate + 1) * InstructionCodec.SlotSize)),
                _ => target.Name,
            };
            return (instruction with { Immediate = -1 }, name);
        }

        if (instruction.Code != Code.LoadImmediate64 || target is null)
        {
            return null;
        }

        if (target.Section < 0 || _elf.Sections[target.Section].Name == ObjectTypes.MapsSection)
        {
            return (instruction with { Code = Code.LoadMap, Immediate = 0 }, target.Name);
        }

        var place = (long)target.Value + instruction.Immediate;
        return _elf.Sections[target.Section].Flags.HasFlag(ElfSectionFlags.Execute)
            ? (instruction with { Code = Code.LoadFunction, Immediate = 0 }, Called(target.Section, place))
            : (instruction with { Code = Code.LoadMapValue, Immediate = place << 32 }, _elf.Sections[target.Section].Name);
    }

    private string Called(int section, long offset) => _functions.TryGetValue((section, (ulong)offset), out var name)
        ? name
        : throw new InvalidDataException($"a call goes to byte {offset} of a section, where no function begins");
}
