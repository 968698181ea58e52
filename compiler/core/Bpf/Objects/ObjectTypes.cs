using System.Collections.Immutable;
using Netpol.Compiler.Bpf.Btf;

namespace Netpol.Compiler.Bpf.Objects;

/// <summary>The types of an object: what was declared, and what libbpf wants to see of functions, maps and data.</summary>
internal sealed class ObjectTypes
{
    public const string MapsSection = ".maps";
    public const string LicenseSection = "license";
    private const int PointerSize = 8;

    private readonly BtfBuilder _builder;
    private readonly int _int;

    private ObjectTypes(ObjectSpec spec)
    {
        _builder = new BtfBuilder(spec.Types);
        _int = _builder.Add(new BtfType.Integer("int", 4, BtfEncoding.Signed));
    }

    /// <param name="functions">The id of each function's type, in order.</param>
    public static BtfTypes Of(ObjectSpec spec, out ImmutableArray<int> functions)
    {
        ObjectTypes types = new(spec);
        var builder = types._builder;
        functions = [.. spec.Functions.Select(function => builder.Add(
            new BtfType.Function(function.Code.Name, function.Prototype, function.IsGlobal ? BtfLinkage.Global : BtfLinkage.Static)))];
        foreach (var external in spec.Externals)
        {
            builder.Add(new BtfType.Function(external.Name, external.Prototype, BtfLinkage.External));
        }

        types.Maps(spec.Maps);
        foreach (var data in spec.Data)
        {
            types.Section(data.Section, data.Variable, data.Content.Length);
        }

        if (spec.License is { } license)
        {
            types.Section(LicenseSection, "_license", license.Length + 1);
        }

        return builder.ToTypes();
    }

    /// <summary>Bytes of the struct that a map's definition is.</summary>
    public static int SizeOf(MapSpec map) => PointerSize * (map.Flags == 0 ? 4 : 5);

    // libbpf's parse_btf_map_def: a number n is a pointer to an array of n, a type a pointer to it.
    private IEnumerable<(string Name, int Target)> Fields(MapSpec map)
    {
        yield return ("type", Number(map.Type));
        yield return map.KeyType == 0 ? ("key_size", Number(map.KeySize)) : ("key", map.KeyType);
        yield return map.ValueType == 0 ? ("value_size", Number(map.ValueSize)) : ("value", map.ValueType);
        yield return ("max_entries", Number(map.MaxEntries));
        if (map.Flags != 0)
        {
            yield return ("map_flags", Number(map.Flags));
        }
    }

    private int Number(int value) => _builder.ArrayOf(_int, value);

    private void Maps(ImmutableArray<MapSpec> maps)
    {
        if (maps.IsEmpty)
        {
            return;
        }

        var entries = ImmutableArray.CreateBuilder<BtfSectionEntry>();
        var offset = 0;
        foreach (var map in maps)
        {
            var size = SizeOf(map);
            var members = Fields(map).Select((field, index) =>
                new BtfMember(field.Name, _builder.PointerTo(field.Target), (uint)(8 * PointerSize * index)));
            var variable = _builder.Add(new BtfType.Variable(
                map.Name, _builder.Structure("", size, [.. members]), map.IsExternal ? BtfLinkage.External : BtfLinkage.Global));
            entries.Add(new BtfSectionEntry(variable, map.IsExternal ? 0 : offset, size));
            offset += map.IsExternal ? 0 : size;
        }

        _builder.Add(new BtfType.DataSection(MapsSection, offset, entries.ToImmutable()));
    }

    private void Section(string section, string variable, int size)
    {
        var id = _builder.Add(new BtfType.Variable(variable, _builder.ArrayOf(_builder.Unsigned("unsigned char", 1), size), BtfLinkage.Global));
        _builder.Add(new BtfType.DataSection(section, size, [new BtfSectionEntry(id, 0, size)]));
    }
}
