using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Netpol.Text;

namespace Netpol.Diagnostics;

/// <summary>
/// Diagnostics as one JSON object. Its field names are a contract with readers, described in docs/diagnostics.md.
/// </summary>
public static class JsonRenderer
{
    internal static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Render(IReadOnlyCollection<Diagnostic> diagnostics)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("errors", diagnostics.Count(diagnostic => diagnostic.IsError));
            json.WriteNumber("warnings", diagnostics.Count(diagnostic => !diagnostic.IsError));
            json.WriteStartArray("diagnostics");
            foreach (var diagnostic in diagnostics)
            {
                Write(json, diagnostic);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static void Write(Utf8JsonWriter json, Diagnostic diagnostic)
    {
        json.WriteStartObject();
        json.WriteString("id", diagnostic.Id);
        json.WriteString("severity", Wording.Of(diagnostic.Severity));
        json.WriteString("message", diagnostic.Message);
        json.WriteString("help", diagnostic.Help);
        if (diagnostic.Source is { } source)
        {
            WritePlace(json, source, diagnostic.Span);
        }
        else
        {
            json.WriteNull("file");
        }

        if (diagnostic.Related is { } related)
        {
            json.WriteStartObject("related");
            json.WriteString("message", related.Message);
            WritePlace(json, related.Source, related.Span);
            json.WriteEndObject();
        }

        if (diagnostic is { Fix: { } fix, Source: { } fixedSource })
        {
            json.WriteStartObject("fix");
            json.WriteString("replacement", fix.Replacement);
            WritePlace(json, fixedSource, fix.Span);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, SourceFile source, TextSpan span)
    {
        var (start, end) = (source.PositionOf(span.Start), source.PositionOf(span.End));
        json.WriteString("file", source.Path);
        json.WriteNumber("line", start.Line);
        json.WriteNumber("column", start.Column);
        json.WriteNumber("endLine", end.Line);
        json.WriteNumber("endColumn", end.Column);
    }
}
