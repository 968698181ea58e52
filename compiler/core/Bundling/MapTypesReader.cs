using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Compiler.Bpf.Btf;
using Netpol.Compiler.Bpf.Elf;

namespace Netpol.Compiler.Bundling;

/// <summary>What an object's BTF says of its maps' keys and values: those that <c>maps.h</c> declares by <c>__type</c>.</summary>
public sealed class MapTypesReader
{
    private readonly BtfTypes _types;
    private readonly SortedDictionary<string, StructureType?> _structures = new(StringComparer.Ordinal);

    private MapTypesReader(BtfTypes types) => _types = types;

    /// <exception cref="InvalidDataException">The object is none of ours.</exception>
    public static MapTypes Read(byte[] file, Manifest manifest)
    {
        if (!ElfReader.TryRead(file, out var elf, out var problem))
        {
            throw new InvalidDataException(problem);
        }

        if (elf.Section(".BTF") is not { } section || !BtfReader.TryRead(section.Data.AsSpan(), out var types, out _, out problem))
        {
            throw new InvalidDataException(problem ?? "the object has no BTF");
        }

        MapTypesReader reader = new(types);
        // What sockets keep can be read by whoever has the socket alone.
        var maps = reader.Maps(manifest.Layout.Maps.Where(map => map.Type != "sk_storage").Select(map => map.Name).ToHashSet());
        return new MapTypes(MapTypes.CurrentSchema, maps, [.. reader._structures.Values.OfType<StructureType>()]);
    }

    private ImmutableArray<MapType> Maps(HashSet<string> named)
    {
        var entries = _types.All.OfType<BtfType.DataSection>().Where(section => section.Name == ".maps").SelectMany(section => section.Entries);
        return
        [
            .. entries.Select(entry => _types[entry.Variable]).OfType<BtfType.Variable>().Where(variable => named.Contains(variable.Name))
                .Select(Map).OfType<MapType>().OrderBy(map => map.Name, StringComparer.Ordinal),
        ];
    }

    // struct { __type(key, K); __type(value, V); … } has members of these names that are pointers to K and V.
    private MapType? Map(BtfType.Variable variable)
    {
        if (_types[variable.Target] is not BtfType.Structure definition)
        {
            return null;
        }

        var (key, value) = (Pointed(definition, "key"), Pointed(definition, "value"));
        return key is null || value is null ? null : new MapType(variable.Name, Field(key.Value), Field(value.Value));
    }

    private int? Pointed(BtfType.Structure definition, string name) =>
        definition.Members.FirstOrDefault(member => member.Name == name) is { } found && _types[found.Type] is BtfType.Pointer pointer
            ? pointer.Target
            : null;

    private string Field(int type)
    {
        var counts = "";
        while (_types[type] is BtfType.Array array)
        {
            counts += $"[{array.Count}]";
            type = array.Element;
        }

        return NameOf(type) + counts;
    }

    private string NameOf(int type) => _types[type] switch
    {
        BtfType.Typedef { Name: "__be16" or "__be32" or "__be64" } typedef => typedef.Name[2..],
        BtfType.Typedef typedef => NameOf(typedef.Target),
        BtfType.Volatile qualified => NameOf(qualified.Target),
        BtfType.Const qualified => NameOf(qualified.Target),
        BtfType.Integer integer => $"{(integer.Encoding.HasFlag(BtfEncoding.Signed) ? 'i' : 'u')}{8 * integer.Size}",
        BtfType.Enumeration enumeration => $"{(enumeration.IsSigned ? 'i' : 'u')}{8 * enumeration.Size}",
        BtfType.Structure structure => NameOf(structure),
        var other => throw new InvalidDataException($"a map holds a type that has no layout: {other}"),
    };

    private string NameOf(BtfType.Structure structure)
    {
        if (!_structures.ContainsKey(structure.Name))
        {
            // Before its fields: what comes back to it finds it.
            _structures.Add(structure.Name, null);
            _structures[structure.Name] = new StructureType(structure.Name, structure.Size, [.. Fields(structure, 0)]);
        }

        return structure.Name;
    }

    // Members of a structure without a name are its owner's; of a union, which is many views of the same bytes, the first is enough.
    private IEnumerable<StructureField> Fields(BtfType.Structure structure, int from)
    {
        foreach (var member in structure.IsUnion ? structure.Members.Take(1) : structure.Members)
        {
            var offset = from + (int)(member.BitOffset / 8);
            if (member.Name.Length == 0 && _types[member.Type] is BtfType.Structure nested)
            {
                foreach (var field in Fields(nested, offset))
                {
                    yield return field;
                }
            }
            else
            {
                yield return new StructureField(member.Name, offset, Field(member.Type));
            }
        }
    }
}
