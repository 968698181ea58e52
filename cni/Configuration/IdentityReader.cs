using System.Collections.Immutable;
using System.Text.Json;
using Netpol.Cni.Protocol;
using Netpol.Loader;

namespace Netpol.Cni.Configuration;

/// <summary>Finds in a configuration who the container is. Every source is optional; docs/cni.md names them in order.</summary>
internal static class IdentityReader
{
    /// <summary>The capability by which a runtime that knows us says everything.</summary>
    public const string Capability = "netpol";

    /// <summary>containerd hands a pod's annotations to plugins that declare this capability.</summary>
    public const string AnnotationsCapability = "io.kubernetes.cri.pod-annotations";

    public const string NamespaceAnnotation = "netpol/namespace";
    public const string LabelsAnnotation = "netpol/labels";
    public const string NamespaceLabelsAnnotation = "netpol/namespace-labels";
    public const string PortsAnnotation = "netpol/ports";

    private static readonly ImmutableArray<string> CapabilityKeys = ["namespace", "name", "labels", "namespaceLabels", "ports"];

    private static readonly ImmutableArray<string> Annotations =
        [NamespaceAnnotation, LabelsAnnotation, NamespaceLabelsAnnotation, PortsAnnotation];

    public static ConfigIdentity Read(JsonFields config)
    {
        var runtime = config.Object("runtimeConfig");
        return new(
            runtime?.Object(Capability) is { } capability ? ReadCapability(capability) : new(),
            runtime?.Object(AnnotationsCapability) is { } annotations ? ReadAnnotations(annotations) : new(),
            config.Object("args")?.Object("cni") is { } arguments ? ReadArguments(arguments) : new(),
            ReadObject(config));
    }

    private static IdentityLayer ReadCapability(JsonFields fields)
    {
        foreach (var property in fields.Properties().Where(property => !CapabilityKeys.Contains(property.Name)))
        {
            throw Unknown(fields.PathOf(property.Name), property, CapabilityKeys);
        }

        return ReadObject(fields) with { Name = NotEmpty(fields, "name") };
    }

    private static IdentityLayer ReadObject(JsonFields fields) => new(
        NotEmpty(fields, "namespace"),
        null,
        RequireKeys(fields, "labels"),
        RequireKeys(fields, "namespaceLabels"),
        fields.Object("ports") is { } ports ? ReadPorts(ports) : null);

    // The annotations of a pod are other people's too: only ours have to be known.
    private static IdentityLayer ReadAnnotations(JsonFields fields)
    {
        foreach (var property in fields.Properties()
            .Where(property => property.Name.StartsWith("netpol/", StringComparison.Ordinal) && !Annotations.Contains(property.Name)))
        {
            throw Unknown(fields.PathOf(property.Name), property, Annotations);
        }

        return new(
            NotEmpty(fields, NamespaceAnnotation),
            null,
            List(fields, LabelsAnnotation, IdentityText.ReadLabels),
            List(fields, NamespaceLabelsAnnotation, IdentityText.ReadLabels),
            List(fields, PortsAnnotation, IdentityText.ReadPorts));
    }

    // The convention of CNI's CONVENTIONS.md: [{"key": "app", "value": "web"}].
    private static IdentityLayer ReadArguments(JsonFields fields)
    {
        if (fields.Element("labels") is null)
        {
            return new();
        }

        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (entry, index) in fields.Array("labels").Select((entry, index) => (entry, index)))
        {
            var label = JsonFields.Of(entry, $"{fields.PathOf("labels")}[{index}]");
            labels[label.RequiredString("key")] = label.String("value") ?? "";
        }

        return new(Labels: labels.ToImmutable());
    }

    private static ImmutableSortedDictionary<string, ImmutableArray<NamedPort>> ReadPorts(JsonFields fields)
    {
        var ports = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<NamedPort>>(StringComparer.Ordinal);
        foreach (var property in fields.Properties())
        {
            var texts = property.Value.ValueKind == JsonValueKind.Array
                ? fields.Array(property.Name)
                : [property.Value];
            ports[property.Name] = [.. texts.Select(text => ReadPort(fields, property.Name, text))];
        }

        return ports.ToImmutable();
    }

    private static NamedPort ReadPort(JsonFields fields, string name, JsonElement text) =>
        text.ValueKind == JsonValueKind.String && text.GetString() is { } value && IdentityText.TryReadPort(name, value, out var port)
            ? port
            : throw new CniException(
                CniErrorCode.InvalidConfig,
                $"`{fields.PathOf(name)}`: `{text.GetRawText()}` is not a port",
                IdentityText.PortForm);

    private static ImmutableSortedDictionary<string, string>? RequireKeys(JsonFields fields, string name)
    {
        var labels = fields.Strings(name);
        return labels is not null && labels.ContainsKey("")
            ? throw new CniException(CniErrorCode.InvalidConfig, $"`{fields.PathOf(name)}` has a label without a key")
            : labels;
    }

    private static string? NotEmpty(JsonFields fields, string name) => fields.String(name) is { Length: > 0 } text ? text : null;

    private static ImmutableSortedDictionary<string, T>? List<T>(
        JsonFields fields, string name, Func<string, (ImmutableSortedDictionary<string, T>? Values, string Problem)> read)
    {
        if (fields.String(name) is not { } text)
        {
            return null;
        }

        var (values, problem) = read(text);
        return values ?? throw new CniException(CniErrorCode.InvalidConfig, $"`{fields.PathOf(name)}`: {problem}");
    }

    private static CniException Unknown(string path, JsonProperty property, ImmutableArray<string> known)
    {
        var meant = ClosestName.Find(property.Name, known);
        return new(
            CniErrorCode.UnsupportedField,
            $"unknown key `{path}`, with value `{property.Value.GetRawText()}`" + (meant is null ? "" : $"; did you mean `{meant}`?"),
            $"keys there are {string.Join(", ", known)}");
    }
}
