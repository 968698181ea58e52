namespace Netpol.Generator;

/// <summary>The structures of maps as C# structs of the same layout.</summary>
internal sealed class StructureWriter(CodeText code)
{
    /// <summary>Sixteen bytes of the datapath are an address.</summary>
    private const string Address = "u8[16]";

    private readonly SortedDictionary<string, (string Element, string Name, int Count)> _arrays = new(StringComparer.Ordinal);

    public void Write(EquatableArray<StructureModel> structures)
    {
        foreach (var structure in structures)
        {
            code.Line();
            code.Summary($"struct {structure.Name} of the datapath.");
            code.Line($"[global::System.Runtime.InteropServices.StructLayout(global::System.Runtime.InteropServices.LayoutKind.Explicit, Size = {structure.Size})]");
            code.Open($"public struct {Identifiers.Pascal(structure.Name)}");
            var taken = new HashSet<string> { Identifiers.Pascal(structure.Name) };
            foreach (var field in structure.Fields)
            {
                code.Line($"[global::System.Runtime.InteropServices.FieldOffset({field.Offset})]");
                code.Line($"public {TypeOf(field.Type)} {Identifiers.Unique(Identifiers.Pascal(field.Name), taken)};");
            }

            code.Close();
        }
    }

    /// <summary>The arrays that were named so far.</summary>
    public void WriteArrays()
    {
        foreach (var (element, name, count) in _arrays.Values)
        {
            code.Line();
            code.Summary($"{count} values in a row.");
            code.Line($"[global::System.Runtime.CompilerServices.InlineArray({count})]");
            code.Open($"public struct {name}");
            code.Line($"private {element} _first;");
            code.Close();
        }
    }

    /// <summary>The C# type of <c>be32</c>, <c>u8[2][16]</c> or a structure.</summary>
    public string TypeOf(string type)
    {
        var bracket = type.IndexOf('[');
        return type == Address ? "global::Netpol.Runtime.AddressBytes"
            : bracket >= 0 ? ArrayOf(type, bracket)
            : type switch
            {
                "u8" => "byte",
                "u16" => "ushort",
                "u32" => "uint",
                "u64" => "ulong",
                "i8" => "sbyte",
                "i16" => "short",
                "i32" => "int",
                "i64" => "long",
                "be16" => "global::Netpol.Runtime.BigEndian16",
                "be32" => "global::Netpol.Runtime.BigEndian32",
                _ => Identifiers.Pascal(type),
            };
    }

    private string ArrayOf(string type, int bracket)
    {
        var close = type.IndexOf(']');
        var count = int.Parse(type.Substring(bracket + 1, close - bracket - 1), System.Globalization.CultureInfo.InvariantCulture);
        var element = type.Remove(bracket, close - bracket + 1);
        var elementType = TypeOf(element);
        var name = $"{(element.Contains('[') ? elementType.Substring(elementType.LastIndexOf('.') + 1) : Identifiers.Pascal(element))}Times{count}";
        _arrays[name] = (elementType, name, count);
        return name;
    }
}
