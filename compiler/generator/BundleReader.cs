using System.Collections.Immutable;
using System.Text.Json;

namespace Netpol.Generator;

/// <summary>Manifest and types of one bundle to a model, or to a sentence that says why not.</summary>
internal static class BundleReader
{
    // Of runtime/bundle: what this generator can read.
    private const int ManifestSchema = 3;
    private const int TypesSchema = 1;

    public static BundleResult Read(string bundle, string? manifest, string? types)
    {
        if (manifest is null || types is null)
        {
            return new BundleResult(bundle, null, $"it has no {(manifest is null ? BundleFile.Manifest : BundleFile.Types)}");
        }

        try
        {
            using var manifestDocument = JsonDocument.Parse(manifest);
            using var typesDocument = JsonDocument.Parse(types);
            return Read(bundle, manifestDocument.RootElement, typesDocument.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new BundleResult(bundle, null, exception.Message);
        }
    }

    private static BundleResult Read(string bundle, JsonElement manifest, JsonElement types)
    {
        if (manifest.GetProperty("schema").GetInt32() != ManifestSchema || types.GetProperty("schema").GetInt32() != TypesSchema)
        {
            return new BundleResult(bundle, null, "another version of netpol wrote it");
        }

        var kinds = manifest.GetProperty("layout").GetProperty("maps").EnumerateArray()
            .ToDictionary(map => Text(map, "name"), map => Text(map, "type"));
        return new BundleResult(bundle, new BundleModel(
            bundle,
            Text(manifest, "digest"),
            All(manifest, "sources", source => source.GetString() ?? ""),
            All(manifest, "rules", rule => new RuleModel(
                rule.GetProperty("id").GetUInt32(), Text(rule, "direction"), Text(rule, "policy"), Text(rule, "file"),
                rule.GetProperty("line").GetInt32(), rule.GetProperty("column").GetInt32(), Text(rule, "text"))),
            All(types, "maps", map => new MapModel(Text(map, "name"), kinds[Text(map, "name")], Text(map, "key"), Text(map, "value"))),
            All(types, "structures", structure => new StructureModel(
                Text(structure, "name"), structure.GetProperty("size").GetInt32(),
                All(structure, "fields", field => new FieldModel(Text(field, "name"), field.GetProperty("offset").GetInt32(), Text(field, "type")))))), null);
    }

    private static EquatableArray<T> All<T>(JsonElement owner, string name, Func<JsonElement, T> read)
        where T : IEquatable<T> => new(owner.GetProperty(name).EnumerateArray().Select(read).ToImmutableArray());

    private static string Text(JsonElement owner, string name) => owner.GetProperty(name).GetString() ?? "";
}

/// <param name="Problem">Why there is no model; null where there is one.</param>
internal sealed record BundleResult(string Bundle, BundleModel? Model, string? Problem);
