using System.Collections.Immutable;
using Netpol.Compiler.Bpf.Elf;

namespace Netpol.Compiler.Bpf.Objects;

/// <summary>The symbols of an object: local functions, then what others see, then what others have.</summary>
internal static class ObjectSymbols
{
    public static ImmutableArray<ElfSymbol> Of(ObjectSpec spec, ImmutableArray<string> sections, ImmutableArray<int> starts)
    {
        var symbols = ImmutableArray.CreateBuilder<ElfSymbol>();
        void Functions(bool isGlobal)
        {
            foreach (var (function, start) in spec.Functions.Zip(starts))
            {
                if (function.IsGlobal == isGlobal)
                {
                    Define(function.Code.Name, ElfSymbolType.Function, isGlobal, ObjectWriter.CodeSection, start, function.Code.Slots * InstructionCodec.SlotSize);
                }
            }
        }

        void Define(string name, ElfSymbolType type, bool isGlobal, string section, int value, int size) => symbols.Add(new ElfSymbol(
            name, type, isGlobal ? ElfBinding.Global : ElfBinding.Local, ElfVisibility.Default, sections.IndexOf(section), (ulong)value, (ulong)size));

        void Undefined(string name) =>
            symbols.Add(new ElfSymbol(name, ElfSymbolType.None, ElfBinding.Global, ElfVisibility.Default, ElfSymbol.Undefined, 0, 0));

        Functions(isGlobal: false);
        Functions(isGlobal: true);
        foreach (var data in spec.Data)
        {
            Define(data.Variable, ElfSymbolType.Object, isGlobal: true, data.Section, 0, data.Content.Length);
        }

        var offset = 0;
        foreach (var map in spec.Maps.Where(map => !map.IsExternal))
        {
            Define(map.Name, ElfSymbolType.Object, isGlobal: true, ObjectTypes.MapsSection, offset, ObjectTypes.SizeOf(map));
            offset += ObjectTypes.SizeOf(map);
        }

        if (spec.License is { } license)
        {
            Define("_license", ElfSymbolType.Object, isGlobal: true, ObjectTypes.LicenseSection, 0, license.Length + 1);
        }

        foreach (var map in spec.Maps.Where(map => map.IsExternal))
        {
            Undefined(map.Name);
        }

        foreach (var function in spec.Externals)
        {
            Undefined(function.Name);
        }

        return symbols.ToImmutable();
    }
}
