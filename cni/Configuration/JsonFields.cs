using System.Collections.Immutable;
using System.Text.Json;
using Netpol.Cni.Protocol;

namespace Netpol.Cni.Configuration;

/// <summary>One JSON object whose fields are asked by name and kind; a wrong kind is refused with the field's path. JSON null is "not there".</summary>
internal readonly struct JsonFields
{
    private readonly JsonElement _object;

    private JsonFields(JsonElement element, string path)
    {
        _object = element;
        Path = path;
    }

    /// <summary>Empty for the configuration itself.</summary>
    public string Path { get; }

    public static JsonFields Of(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Object
            ? new(element, path)
            : throw new CniException(
                CniErrorCode.InvalidConfig, path.Length == 0 ? "the network configuration is no JSON object" : $"`{path}` is no object");

    public JsonElement? Element(string name) =>
        _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public JsonFields? Object(string name) => Element(name) is { } value ? Of(value, PathOf(name)) : null;

    public string? String(string name) => Element(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Wrong(name, value, "a string");

    public string RequiredString(string name) => String(name) is { Length: > 0 } text
        ? text
        : throw new CniException(CniErrorCode.InvalidConfig, $"`{PathOf(name)}` is missing");

    public int? Integer(string name) => Element(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : throw Wrong(name, value, "a whole number");

    public bool Boolean(string name) => Element(name) is { } value && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, value, "true or false"),
    };

    public ImmutableArray<JsonElement> Array(string name) => Element(name) is not { } value ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()]
        : throw Wrong(name, value, "an array");

    /// <summary>Of an array; not empty.</summary>
    public string StringAt(string name, int index) => Array(name)[index] is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text
        ? text
        : throw Wrong($"{name}[{index}]", Array(name)[index], "a name");

    /// <summary>An object whose values are all strings.</summary>
    public ImmutableSortedDictionary<string, string>? Strings(string name)
    {
        if (Object(name) is not { } map)
        {
            return null;
        }

        var result = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var property in map._object.EnumerateObject())
        {
            result[property.Name] = property.Value.ValueKind == JsonValueKind.String && property.Value.GetString() is { } text
                ? text
                : throw map.Wrong(property.Name, property.Value, "a string");
        }

        return result.ToImmutable();
    }

    public IEnumerable<JsonProperty> Properties() => _object.EnumerateObject();

    public string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private CniException Wrong(string name, JsonElement value, string expected) =>
        new(CniErrorCode.InvalidConfig, $"`{PathOf(name)}` is not {expected}: `{value.GetRawText()}`");
}
