namespace Netpol.Generator;

/// <summary>What a generated class needs to know of its bundle.</summary>
/// <param name="Structures">Those that keys and values of maps are made of.</param>
internal sealed record BundleModel(
    string Name,
    string Digest,
    EquatableArray<string> Sources,
    EquatableArray<RuleModel> Rules,
    EquatableArray<MapModel> Maps,
    EquatableArray<StructureModel> Structures);

/// <param name="Text">The rule as written, on one line.</param>
internal sealed record RuleModel(uint Id, string Direction, string Policy, string File, int Line, int Column, string Text);

/// <param name="Type">The kernel's name without prefix, lower case.</param>
/// <param name="Key">A type as <c>types.json</c> spells it; so <paramref name="Value"/>.</param>
internal sealed record MapModel(string Name, string Type, string Key, string Value);

/// <param name="Size">In bytes.</param>
internal sealed record StructureModel(string Name, int Size, EquatableArray<FieldModel> Fields);

/// <param name="Offset">In bytes.</param>
internal sealed record FieldModel(string Name, int Offset, string Type);
