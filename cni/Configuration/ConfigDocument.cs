using System.Text.Json;
using Netpol.Cni.Protocol;

namespace Netpol.Cni.Configuration;

/// <summary>The text on standard input, read as JSON.</summary>
internal static class ConfigDocument
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static JsonElement Parse(byte[] text)
    {
        if (text.Length == 0)
        {
            throw new CniException(
                CniErrorCode.DecodingFailure, "no network configuration on standard input", "a runtime writes the plugin's configuration there");
        }

        try
        {
            return JsonElement.Parse(text, Strict);
        }
        catch (JsonException error)
        {
            // The parser counts lines and bytes from 0.
            var place = error.LineNumber is { } line ? $" at line {line + 1}, byte {error.BytePositionInLine + 1}" : "";
            throw new CniException(CniErrorCode.DecodingFailure, $"the network configuration is no JSON{place}", error.Message);
        }
    }

    public static string Version(JsonElement document) =>
        JsonFields.Of(document, "").String("cniVersion") ?? CniVersion.WhenMissing;

    /// <summary>VERSION is asked without a configuration too; then the answer is in the latest version.</summary>
    public static string Version(byte[] text)
    {
        if (text.AsSpan().Trim("\0 \t\r\n"u8).IsEmpty)
        {
            return CniVersion.Latest;
        }

        return JsonFields.Of(Parse(text), "").String("cniVersion") ?? CniVersion.Latest;
    }
}
