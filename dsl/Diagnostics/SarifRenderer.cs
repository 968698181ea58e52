using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Netpol.Text;
using Org.BouncyCastle.Crypto.Digests;

namespace Netpol.Diagnostics;

/// <summary>
/// Diagnostics as a SARIF 2.1.0 log (OASIS), the form that code hosts and review tools read. Code scanning takes only results with a place, so
/// what has none is a notification of the run.
/// </summary>
public static class SarifRenderer
{
    public static string Render(IReadOnlyCollection<Diagnostic> diagnostics)
    {
        var placed = diagnostics.Where(diagnostic => diagnostic.Source is not null).ToList();
        var rules = diagnostics.Select(diagnostic => diagnostic.Descriptor).DistinctBy(rule => rule.Id)
            .OrderBy(rule => rule.Id, StringComparer.Ordinal).ToList();
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, JsonRenderer.Options))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            WriteTool(json, rules);
            json.WriteString("columnKind", "unicodeCodePoints");
            WriteInvocation(json, diagnostics.Where(diagnostic => diagnostic.Source is null));
            json.WriteStartArray("results");
            var seen = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var diagnostic in placed)
            {
                WriteResult(json, diagnostic, rules.FindIndex(rule => rule.Id == diagnostic.Id), seen);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static void WriteTool(Utf8JsonWriter json, List<DiagnosticDescriptor> rules)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "netpol");
        json.WriteStartArray("rules");
        foreach (var rule in rules)
        {
            json.WriteStartObject();
            json.WriteString("id", rule.Id);
            WriteText(json, "shortDescription", rule.Format);
            WriteText(json, "fullDescription", $"{rule.Format}. {rule.Help}");
            WriteText(json, "help", rule.Help);
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", Level(rule.Severity));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteInvocation(Utf8JsonWriter json, IEnumerable<Diagnostic> notes)
    {
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", true);
        json.WriteStartArray("toolExecutionNotifications");
        foreach (var note in notes)
        {
            json.WriteStartObject();
            json.WriteStartObject("descriptor");
            json.WriteString("id", note.Id);
            json.WriteEndObject();
            json.WriteString("level", Level(note.Severity));
            WriteText(json, "message", note.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteResult(Utf8JsonWriter json, Diagnostic diagnostic, int ruleIndex, Dictionary<string, int> seen)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", diagnostic.Id);
        json.WriteNumber("ruleIndex", ruleIndex);
        json.WriteString("level", Level(diagnostic.Severity));
        WriteText(json, "message", diagnostic.Message);
        json.WriteStartArray("locations");
        if (diagnostic.Source is { } source)
        {
            WriteLocation(json, source, diagnostic.Span, null);
        }

        json.WriteEndArray();
        WriteFingerprint(json, diagnostic, seen);
        if (diagnostic.Related is { } related)
        {
            json.WriteStartArray("relatedLocations");
            WriteLocation(json, related.Source, related.Span, related.Message);
            json.WriteEndArray();
        }

        if (diagnostic is { Fix: { } fix, Source: { } fixedSource })
        {
            WriteFix(json, fixedSource, fix);
        }

        json.WriteEndObject();
    }

    /// <summary>The same for the same mistake when lines above it come and go: of its kind, its file and its line's text, and which of these it is.</summary>
    private static void WriteFingerprint(Utf8JsonWriter json, Diagnostic diagnostic, Dictionary<string, int> seen)
    {
        var line = diagnostic.Source is { } source ? source.LineText(source.PositionOf(diagnostic.Span.Start).Line).Trim() : "";
        // Not the framework's, which asks OpenSSL: a machine need not have it.
        Sha256Digest digest = new();
        digest.BlockUpdate(Encoding.UTF8.GetBytes($"{diagnostic.Id}\n{diagnostic.Source?.Path}\n{line}"));
        Span<byte> bytes = stackalloc byte[digest.GetDigestSize()];
        digest.DoFinal(bytes);
        var hash = Convert.ToHexStringLower(bytes[..8]);
        seen[hash] = seen.GetValueOrDefault(hash) + 1;
        json.WriteStartObject("partialFingerprints");
        json.WriteString("primaryLocationLineHash", $"{hash}:{seen[hash]}");
        json.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter json, SourceFile source, TextSpan span, string? message)
    {
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        WriteArtifact(json, source);
        WriteRegion(json, "region", source, span);
        json.WriteEndObject();
        if (message is not null)
        {
            WriteText(json, "message", message);
        }

        json.WriteEndObject();
    }

    private static void WriteFix(Utf8JsonWriter json, SourceFile source, SuggestedFix fix)
    {
        json.WriteStartArray("fixes");
        json.WriteStartObject();
        WriteText(json, "description", $"Write `{fix.Replacement}`.");
        json.WriteStartArray("artifactChanges");
        json.WriteStartObject();
        WriteArtifact(json, source);
        json.WriteStartArray("replacements");
        json.WriteStartObject();
        WriteRegion(json, "deletedRegion", source, fix.Span);
        WriteText(json, "insertedContent", fix.Replacement);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteArtifact(Utf8JsonWriter json, SourceFile source)
    {
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", string.Join('/', source.Path.Split('/').Select(Uri.EscapeDataString)));
        json.WriteEndObject();
    }

    private static void WriteRegion(Utf8JsonWriter json, string name, SourceFile source, TextSpan span)
    {
        var (start, end) = (source.PositionOf(span.Start), source.PositionOf(span.End));
        json.WriteStartObject(name);
        json.WriteNumber("startLine", start.Line);
        json.WriteNumber("startColumn", start.Column);
        json.WriteNumber("endLine", end.Line);
        json.WriteNumber("endColumn", end.Column);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static string Level(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => throw new UnreachableException(),
    };
}
