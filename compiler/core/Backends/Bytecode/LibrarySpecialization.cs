using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Netpol.Bundle;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Btf;
using Netpol.Compiler.Bpf.Elf;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Layout;

namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>
/// The datapath library's object, made for one bundle: with the sizes of its maps, and constants such as whether drops make events.
/// Nothing else in it depends on a policy.
/// </summary>
internal static class LibrarySpecialization
{
    /// <summary>What <c>library.bpf.c</c> has in place of the constants: the number of the first.</summary>
    private const long FirstConstant = 0x6e65_7470_6f6c_0001;

    private const string MapsSection = ".maps";
    private const string TypesSection = ".BTF";

    public static bool TrySpecialize(
        byte[] library, DecisionScope program, DatapathLayout layout, [NotNullWhen(true)] out byte[]? specialized, [NotNullWhen(false)] out string? problem)
    {
        specialized = null;
        if (!ElfReader.TryRead(library, out var elf, out problem))
        {
            return false;
        }

        if (elf.Section(TypesSection) is not { } section)
        {
            problem = "the library has no types";
            return false;
        }

        if (!BtfReader.TryRead(section.Data.AsSpan(), out var types, out var strings, out problem))
        {
            return false;
        }

        var bounds = ServiceBounds.Of(program);
        ImmutableArray<ulong> constants =
        [
            layout.ReportsDrops ? 1UL : 0, bounds.First4, bounds.Last4, bounds.First6, bounds.Last6, (ulong)layout.Capacities.ConnectionSets,
            bounds.NodePorts.First, bounds.NodePorts.Last,
        ];
        var sized = BtfWriter.Write(WithSizes(types, layout.Maps), new StringTable(strings.AsSpan()));
        ImmutableArray<ElfSection> sections =
        [
            .. elf.Sections.Select(each => each.Name == TypesSection ? each with { Data = [.. sized] }
                : each.Flags.HasFlag(ElfSectionFlags.Execute) ? WithConstants(each, constants)
                : each),
        ];
        specialized = ElfWriter.Write(elf with { Sections = sections });
        return true;
    }

    // A map's definition is a variable of a structure whose member max_entries is a pointer to an array of so many.
    private static BtfTypes WithSizes(BtfTypes types, ImmutableArray<MapEntry> maps)
    {
        var entries = maps.ToDictionary(map => map.Name, map => map.MaxEntries, StringComparer.Ordinal);
        BtfBuilder builder = new(types);
        Dictionary<int, BtfType> replaced = [];
        foreach (var place in types.All.OfType<BtfType.DataSection>().Where(data => data.Name == MapsSection).SelectMany(data => data.Entries))
        {
            if (types[place.Variable] is not BtfType.Variable variable || !entries.TryGetValue(variable.Name, out var count)
                || types[variable.Target] is not BtfType.Structure structure)
            {
                continue;
            }

            var members = structure.Members.Select(member => member.Name == "max_entries" ? member with { Type = Number(builder, types, member, count) } : member);
            replaced.Add(place.Variable, variable with { Target = builder.Add(structure with { Members = [.. members] }) });
        }

        return new BtfTypes([.. builder.ToTypes().All.Select((type, index) => replaced.GetValueOrDefault(index + 1, type))]);
    }

    private static int Number(BtfBuilder builder, BtfTypes types, BtfMember member, int count) =>
        types[member.Type] is BtfType.Pointer pointer && types[pointer.Target] is BtfType.Array array
            ? builder.PointerTo(builder.Add(array with { Count = count }))
            : throw new InvalidOperationException("the size of a map is no array");

    private static ElfSection WithConstants(ElfSection section, ImmutableArray<ulong> constants)
    {
        if (!InstructionCodec.TryDecode(section.Data.AsSpan(), out var instructions))
        {
            throw new InvalidOperationException($"section {section.Name} has what is no instruction of version 3");
        }

        return section with
        {
            Data = [.. InstructionCodec.Encode(instructions.Select(instruction => With(instruction, constants)))],
        };
    }

    private static Instruction With(Instruction instruction, ImmutableArray<ulong> constants)
    {
        var number = instruction.Immediate - FirstConstant;
        return instruction.Code == Code.LoadImmediate64 && number >= 0 && number < constants.Length
            ? instruction with { Immediate = (long)constants[(int)number] }
            : instruction;
    }
}
