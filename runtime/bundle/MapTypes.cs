using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Netpol.Bundle;

/// <summary>
/// Keys and values of a bundle's maps, as the object's BTF tells them: for programs that read maps. Stored as <c>types.json</c> in the
/// bundle's folder; nothing on a node depends on it, so that what every attachment reads stays small.
/// </summary>
/// <param name="Schema"><see cref="CurrentSchema"/>; a reader refuses what it does not know.</param>
/// <param name="Maps">Those of the manifest with keys and values of a type, in ordinal order of their names.</param>
/// <param name="Structures">What they are made of, in ordinal order of their names.</param>
public sealed record MapTypes(int Schema, ImmutableArray<MapType> Maps, ImmutableArray<StructureType> Structures)
{
    public const int CurrentSchema = 1;

    public const string FileName = "types.json";
}

/// <param name="Key">A type: its name, and behind it of an array the dimensions from the outermost: <c>u8[2][16]</c>. Names are <c>u8</c> to
/// <c>u64</c> and <c>i8</c> to <c>i64</c> in the host's byte order, <c>be16</c> to <c>be64</c> in the network's, and those of structures.</param>
/// <param name="Value">The same; of one processor, where the map has a value for each.</param>
public sealed record MapType(string Name, string Key, string Value);

/// <param name="Size">In bytes, with what pads its end.</param>
public sealed record StructureType(string Name, int Size, ImmutableArray<StructureField> Fields);

/// <param name="Offset">In bytes.</param>
/// <param name="Type">As <see cref="MapType.Key"/>.</param>
public sealed record StructureField(string Name, int Offset, string Type);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(MapTypes))]
public sealed partial class MapTypesJson : JsonSerializerContext;
