using System.Collections.Immutable;
using System.Text.Json;

namespace Netpol.Loader.State;

/// <summary>
/// The records of the state folder as JSON, written and read field by field: a serialiser's tables of types would be built anew in
/// every attachment, and cost more than the attachment.
/// </summary>
internal static class RecordText
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = PlainEncoder.Instance };

    internal static byte[] Of(NodeRecord record) => Write(json =>
    {
        json.WriteNumber("schema", record.Schema);
        json.WriteNumber("lastEndpoint", record.LastEndpoint);
        json.WriteNumber("lastEpoch", record.LastEpoch);
        json.WriteStartObject("namespaces");
        foreach (var (name, id) in record.Namespaces)
        {
            json.WriteNumber(name, id);
        }

        json.WriteEndObject();
        json.WriteString("slots", record.Slots);
        WriteTexts(json, "hostAddresses", record.HostAddresses);
        json.WriteNumber("spare", record.Spare);
        json.WriteString("cgroup", record.Cgroup);
        if (record.Zone is not null)
        {
            json.WriteString("zone", record.Zone);
        }

        if (record.SocketsLed)
        {
            json.WriteBoolean("socketsLed", true);
        }

        if (record.Straight != StraightDelivery.None)
        {
            WriteTexts(json, "straight", record.Straight.To);
            WriteTexts(json, "viaStack", record.Straight.ViaStack);
        }

        if (!record.Uplinks.IsEmpty)
        {
            WriteTexts(json, "uplinks", record.Uplinks);
        }

        if (record.Xdp != XdpMode.None)
        {
            json.WriteNumber("xdp", (int)record.Xdp);
        }
    });

    internal static NodeRecord ReadNode(JsonElement json) => new(
        json.GetProperty("schema").GetInt32(),
        json.GetProperty("lastEndpoint").GetUInt32(),
        json.GetProperty("lastEpoch").GetUInt32(),
        json.GetProperty("namespaces").EnumerateObject()
            .ToImmutableSortedDictionary(entry => entry.Name, entry => entry.Value.GetUInt32(), StringComparer.Ordinal),
        Text(json, "slots"),
        ReadTexts(json, "hostAddresses"),
        json.TryGetProperty("spare", out var spare) ? spare.GetInt32() : 0,
        json.TryGetProperty("cgroup", out var cgroup) ? cgroup.GetString() ?? "" : "",
        json.TryGetProperty("zone", out var zone) ? zone.GetString() : null,
        json.TryGetProperty("socketsLed", out var led) && led.GetBoolean())
    {
        Straight = json.TryGetProperty("straight", out _)
            ? new StraightDelivery(ReadTexts(json, "straight"), ReadTexts(json, "viaStack"))
            : StraightDelivery.None,
        Uplinks = json.TryGetProperty("uplinks", out _) ? ReadTexts(json, "uplinks") : [],
        Xdp = json.TryGetProperty("xdp", out var xdp) ? (XdpMode)xdp.GetInt32() : XdpMode.None,
    };

    internal static byte[] Of(GenerationRecord record) => Write(json =>
    {
        json.WriteNumber("schema", record.Schema);
        json.WriteNumber("generation", record.Generation);
        json.WriteString("digest", record.Digest);
        json.WriteString("bundle", record.Bundle);
        json.WriteString("stamp", record.Stamp);
        WriteTexts(json, "nodeMaps", record.NodeMaps);
        json.WriteNumber("revision", record.Revision);
    });

    internal static GenerationRecord ReadGeneration(JsonElement json) => new(
        json.GetProperty("schema").GetInt32(),
        json.GetProperty("generation").GetUInt32(),
        Text(json, "digest"),
        Text(json, "bundle"),
        Text(json, "stamp"),
        ReadTexts(json, "nodeMaps"),
        json.TryGetProperty("revision", out var revision) ? revision.GetUInt32() : 0);

    internal static byte[] Of(EndpointRecord record) => Write(json =>
    {
        json.WriteNumber("schema", record.Schema);
        json.WriteNumber("id", record.Id);
        json.WriteNumber("slot", record.Slot);
        json.WriteNumber("interfaceIndex", record.InterfaceIndex);
        json.WriteNumber("namespaceId", record.NamespaceId);
        json.WriteString("hook", record.Hook);
        json.WriteBoolean("attached", record.Attached);
        json.WriteNumber("pending", (int)record.Pending);
        json.WriteNumber("socketNamespace", record.SocketNamespace);
        json.WriteStartObject("spec");
        Write(json, record.Spec);
        json.WriteEndObject();
    });

    internal static EndpointRecord ReadEndpoint(JsonElement json) => new(
        json.GetProperty("schema").GetInt32(),
        json.GetProperty("id").GetUInt32(),
        json.GetProperty("slot").GetInt32(),
        json.GetProperty("interfaceIndex").GetInt32(),
        json.GetProperty("namespaceId").GetUInt32(),
        Text(json, "hook"),
        json.GetProperty("attached").GetBoolean(),
        ReadSpec(json.GetProperty("spec")),
        json.TryGetProperty("pending", out var pending) ? (Pending)pending.GetInt32() : Pending.None,
        json.TryGetProperty("socketNamespace", out var socketNamespace) ? socketNamespace.GetUInt64() : 0);

    /// <summary>Two specs are the same where these are: arrays in them compare by reference.</summary>
    internal static byte[] Of(EndpointSpec spec) => Write(json => Write(json, spec));

    private static void Write(Utf8JsonWriter json, EndpointSpec spec)
    {
        json.WriteString("containerId", spec.ContainerId);
        json.WriteString("interfaceName", spec.InterfaceName);
        json.WriteString("hostInterface", spec.HostInterface);
        json.WriteString("mac", spec.Mac);
        WriteTexts(json, "addresses", spec.Addresses);
        json.WriteString("namespace", spec.Namespace);
        WriteLabels(json, "namespaceLabels", spec.NamespaceLabels);
        WriteLabels(json, "labels", spec.Labels);
        json.WriteStartArray("ports");
        foreach (var port in spec.Ports)
        {
            json.WriteStartObject();
            json.WriteString("name", port.Name);
            json.WriteString("protocol", port.Protocol);
            json.WriteNumber("port", port.Port);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (spec.Name is not null)
        {
            json.WriteString("name", spec.Name);
        }

        if (spec.Network is not null)
        {
            json.WriteString("network", spec.Network);
        }

        if (spec.NetworkNamespace is not null)
        {
            json.WriteString("networkNamespace", spec.NetworkNamespace);
        }

        if (spec.Zone is not null)
        {
            json.WriteString("zone", spec.Zone);
        }

        if (spec.DrainingSince is { } since)
        {
            json.WriteNumber("drainingSince", since);
        }
    }

    private static EndpointSpec ReadSpec(JsonElement json) => new(
        Text(json, "containerId"),
        Text(json, "interfaceName"),
        Text(json, "hostInterface"),
        Text(json, "mac"),
        ReadTexts(json, "addresses"),
        Text(json, "namespace"),
        ReadLabels(json, "namespaceLabels"),
        ReadLabels(json, "labels") ?? ImmutableSortedDictionary<string, string>.Empty,
        [.. json.GetProperty("ports").EnumerateArray()
            .Select(port => new NamedPort(Text(port, "name"), Text(port, "protocol"), port.GetProperty("port").GetInt32()))],
        json.TryGetProperty("name", out var name) ? name.GetString() : null,
        json.TryGetProperty("network", out var network) ? network.GetString() : null,
        json.TryGetProperty("networkNamespace", out var networkNamespace) ? networkNamespace.GetString() : null)
    {
        Zone = json.TryGetProperty("zone", out var zone) ? zone.GetString() : null,
        DrainingSince = json.TryGetProperty("drainingSince", out var since) ? since.GetUInt32() : null,
    };

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, Plain))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";

    private static void WriteTexts(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static ImmutableArray<string> ReadTexts(JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateArray().Select(text => text.GetString() ?? "")];

    private static void WriteLabels(Utf8JsonWriter json, string name, ImmutableSortedDictionary<string, string>? labels)
    {
        if (labels is null)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var (key, value) in labels)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static ImmutableSortedDictionary<string, string>? ReadLabels(JsonElement json, string name) =>
        json.TryGetProperty(name, out var labels)
            ? labels.EnumerateObject().ToImmutableSortedDictionary(label => label.Name, label => label.Value.GetString() ?? "")
            : null;
}
