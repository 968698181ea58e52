using System.Text.Json;
using Netpol.Diagnostics;
using Netpol.Text;

namespace Netpol.Tests.Unit.Diagnostics;

public sealed class RendererTests
{
    private static readonly DiagnosticDescriptor Rule = new("NP9001", Severity.Error, "port `{0}` has no protocol", "Say which.");

    private static readonly DiagnosticDescriptor Warning = new("NP9002", Severity.Warning, "odd", "Look at it.");

    private static readonly SourceFile Source = new("web rules/a.netpol", "first\n\tallow 😀 8080 rest\nlast\n");

    private static readonly Diagnostic Full = Rule.At(Source, Of("8080"), "8080")
        .With(Source, Of("first"), "the first is here")
        .WithFix("8080/tcp");

    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public void People_see_the_line_underlined_the_help_the_second_place_and_the_fix()
    {
        var text = HumanRenderer.Render([Full, Rule.Nowhere("x")]);

        Assert.Equal("""
            web rules/a.netpol:2:10: error NP9001: port `8080` has no protocol
                2 |  allow 😀 8080 rest
                  |          ~~~~
               web rules/a.netpol:1:1: the first is here
                1 | first
                  | ~~~~~
               help: Say which.
               fix: write `8080/tcp`
            netpol: error NP9001: port `x` has no protocol
               help: Say which.

            """.ReplaceLineEndings("\n"), text);
    }

    [Fact]
    public void A_host_paints_the_pieces_by_their_role()
    {
        var text = HumanRenderer.Render([Warning.At(Source, Of("last"))], (role, piece) => $"<{role}>{piece}</>");

        Assert.Equal("""
            <Place>web rules/a.netpol:3:1: </><Warning>warning NP9002: </>odd
            <Excerpt>    3 | </>last
            <Excerpt>      | </><Warning>~~~~</>
            <Help>   help: </>Look at it.

            """.ReplaceLineEndings("\n"), text);
    }

    [Fact]
    public void Of_a_very_long_line_a_window_is_shown()
    {
        var source = new SourceFile("a.netpol", new string('x', 5_000_000) + "HERE" + new string('y', 5_000_000));

        var lines = HumanRenderer.Render([Warning.At(source, new TextSpan(5_000_000, 4))]).Split('\n');

        Assert.Equal("a.netpol:1:5000001: warning NP9002: odd", lines[0]);
        Assert.Equal($"    1 | …{new string('x', 40)}HERE{new string('y', 76)}…", lines[1]);
        Assert.Equal($"      | {new string(' ', 41)}~~~~", lines[2]);
    }

    [Fact]
    public void Characters_that_move_a_terminal_are_spelled_out()
    {
        var source = new SourceFile("a.netpol", "a\u001B[2J\u202Eb");

        var text = HumanRenderer.Render([Rule.At(source, new TextSpan(1, 1), "\u001B\n")]);

        Assert.DoesNotContain('\u001B', text);
        Assert.DoesNotContain('\u202E', text);
        Assert.Contains("    1 | a\\u{1b}[2J\\u{202e}b\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_span_over_several_lines_is_underlined_to_the_end_of_the_first()
    {
        var text = HumanRenderer.Render([Warning.At(Source, TextSpan.FromBounds(Of("rest").Start, Of("last").End))]);

        Assert.Contains($"      | {new string(' ', 14)}~~~~\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Msbuild_gets_a_line_a_diagnostic()
    {
        var text = MsBuildRenderer.Render([Full, Warning.Nowhere()]);

        Assert.Equal(
            "web rules/a.netpol(2,10): error NP9001: port `8080` has no protocol\nnetpol: warning NP9002: odd\n", text);
    }

    [Fact]
    public void Json_has_the_fields_of_the_contract()
    {
        using var json = JsonDocument.Parse(JsonRenderer.Render([Full, Warning.Nowhere()]));

        Assert.Equal((1, 1), (json.RootElement.GetProperty("errors").GetInt32(), json.RootElement.GetProperty("warnings").GetInt32()));
        var diagnostics = json.RootElement.GetProperty("diagnostics");
        Assert.Equal(
            """{"id":"NP9001","severity":"error","message":"port `8080` has no protocol","help":"Say which.","file":"web rules/a.netpol","line":2,"column":10,"endLine":2,"endColumn":14,"related":{"message":"the first is here","file":"web rules/a.netpol","line":1,"column":1,"endLine":1,"endColumn":6},"fix":{"replacement":"8080/tcp","file":"web rules/a.netpol","line":2,"column":10,"endLine":2,"endColumn":14}}""",
            Compact(diagnostics[0]));
        Assert.Equal("""{"id":"NP9002","severity":"warning","message":"odd","help":"Look at it.","file":null}""", Compact(diagnostics[1]));
    }

    [Fact]
    public void Sarif_has_rules_results_places_and_fixes()
    {
        using var sarif = JsonDocument.Parse(SarifRenderer.Render([Full, Warning.Nowhere()]));

        Assert.Equal("2.1.0", sarif.RootElement.GetProperty("version").GetString());
        var run = sarif.RootElement.GetProperty("runs")[0];
        Assert.Equal(
            ["NP9001", "NP9002"],
            run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("id").GetString()));
        var result = run.GetProperty("results")[0];
        Assert.Equal(
            """[{"physicalLocation":{"artifactLocation":{"uri":"web%20rules/a.netpol"},"region":{"startLine":2,"startColumn":10,"endLine":2,"endColumn":14}}}]""",
            Compact(result.GetProperty("locations")));
        Assert.Equal("the first is here", result.GetProperty("relatedLocations")[0].GetProperty("message").GetProperty("text").GetString());
        var replacement = result.GetProperty("fixes")[0].GetProperty("artifactChanges")[0].GetProperty("replacements")[0];
        Assert.Equal("8080/tcp", replacement.GetProperty("insertedContent").GetProperty("text").GetString());
        Assert.Equal(1, run.GetProperty("results").GetArrayLength());
        Assert.Equal("NP9002", run.GetProperty("invocations")[0].GetProperty("toolExecutionNotifications")[0].GetProperty("descriptor").GetProperty("id").GetString());
    }

    /// <summary>What code scanning asks of a file that is uploaded (GitHub, "SARIF support for code scanning").</summary>
    [Fact]
    public void Sarif_has_what_code_scanning_asks_for()
    {
        using var sarif = JsonDocument.Parse(SarifRenderer.Render([Full, Warning.At(Source, Of("last")), Warning.At(Source, Of("last")), Warning.Nowhere()]));

        Assert.Equal("https://json.schemastore.org/sarif-2.1.0.json", sarif.RootElement.GetProperty("$schema").GetString());
        var run = sarif.RootElement.GetProperty("runs")[0];
        var driver = run.GetProperty("tool").GetProperty("driver");
        Assert.Equal("netpol", driver.GetProperty("name").GetString());
        Assert.All(driver.GetProperty("rules").EnumerateArray(), rule => Assert.All(
            new[] { "shortDescription", "fullDescription", "help" }, text => Assert.NotEqual("", rule.GetProperty(text).GetProperty("text").GetString())));
        var results = run.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(3, results.Count);
        Assert.All(results, result =>
        {
            Assert.NotEqual("", result.GetProperty("message").GetProperty("text").GetString());
            var place = result.GetProperty("locations").EnumerateArray().Single().GetProperty("physicalLocation");
            Assert.True(Uri.TryCreate(place.GetProperty("artifactLocation").GetProperty("uri").GetString(), UriKind.Relative, out _));
            Assert.InRange(place.GetProperty("region").GetProperty("startLine").GetInt32(), 1, int.MaxValue);
            Assert.Equal(result.GetProperty("ruleId").GetString(), driver.GetProperty("rules")[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString());
        });
        var prints = results.Select(result => result.GetProperty("partialFingerprints").GetProperty("primaryLocationLineHash").GetString()!).ToList();
        Assert.Equal(3, prints.Distinct().Count());
        Assert.Equal(prints[1].Replace(":1", ":2", StringComparison.Ordinal), prints[2]);
    }

    private static TextSpan Of(string text) => new(Source.Text.IndexOf(text, StringComparison.Ordinal), text.Length);

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element, Relaxed);
}
