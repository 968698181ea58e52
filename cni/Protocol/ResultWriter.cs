using System.Text.Encodings.Web;
using System.Text.Json;

namespace Netpol.Cni.Protocol;

/// <summary>The JSON that goes to the runtime: results, versions, errors.</summary>
internal static class ResultWriter
{
    // Read by programs and by people, never inside HTML: `'` and `<` stay as they are.
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteError(Stream output, string version, CniErrorCode code, string message, string details)
    {
        using var json = new Utf8JsonWriter(output, Readable);
        json.WriteStartObject();
        json.WriteString("cniVersion", version);
        json.WriteNumber("code", (int)code);
        json.WriteString("msg", message);
        json.WriteString("details", details);
        json.WriteEndObject();
    }

    public static void WriteVersions(Stream output, string version)
    {
        using var json = new Utf8JsonWriter(output, Readable);
        json.WriteStartObject();
        json.WriteString("cniVersion", version);
        json.WriteStartArray("supportedVersions");
        foreach (var supported in CniVersion.Supported)
        {
            json.WriteStringValue(supported);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The result of the plugin before, as it came: byte for byte.</summary>
    public static void WritePrevious(Stream output, JsonElement previous) =>
        output.Write(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(previous));

    /// <summary>The result of an ADD of our own; interface 0 is the host's, 1 the container's.</summary>
    public static void WriteAttachment(Stream output, string version, Attachment attachment)
    {
        using var json = new Utf8JsonWriter(output, Readable);
        json.WriteStartObject();
        json.WriteString("cniVersion", version);

        json.WriteStartArray("interfaces");
        WriteInterface(json, attachment.Host.Name, attachment.Host.Mac, "");
        WriteInterface(json, attachment.Container.Name, attachment.Container.Mac, attachment.Sandbox);
        json.WriteEndArray();

        json.WriteStartArray("ips");
        foreach (var address in attachment.Addresses)
        {
            json.WriteStartObject();
            json.WriteNumber("interface", 1);
            json.WriteString("address", $"{address.Address}/{address.PrefixLength}");
            if (address.Gateway is { } gateway)
            {
                json.WriteString("gateway", gateway.ToString());
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();

        json.WriteStartArray("routes");
        foreach (var route in attachment.Routes)
        {
            json.WriteStartObject();
            json.WriteString("dst", $"{route.Destination}/{route.PrefixLength}");
            json.WriteString("gw", route.Gateway.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();

        json.WritePropertyName("dns");
        if (attachment.Dns is { } dns)
        {
            dns.WriteTo(json);
        }
        else
        {
            json.WriteStartObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteInterface(Utf8JsonWriter json, string name, string mac, string sandbox)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("mac", mac);
        if (sandbox.Length > 0)
        {
            json.WriteString("sandbox", sandbox);
        }

        json.WriteEndObject();
    }
}
