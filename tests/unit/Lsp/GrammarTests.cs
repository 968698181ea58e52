using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Netpol.Binding;
using Netpol.Lsp.Features;
using Netpol.Lsp.Workspace;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Tests.Support;
using Netpol.Tests.Unit.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Unit.Lsp;

/// <summary>The extension for VS Code says what the language and the server say.</summary>
public sealed class GrammarTests
{
    private static readonly string Folder = Repository.PathOf("dsl/editor/vscode");

    [Fact]
    public void Every_word_of_the_language_has_a_colour()
    {
        var words = Words();

        var plain = words.Where(word => ScopeOf(word) is null).Order(StringComparer.Ordinal);

        Assert.InRange(words.Count, 70, 200);
        Assert.Equal("", string.Join(' ', plain));
    }

    [Theory]
    [InlineData("web")]
    [InlineData("from-here")]
    [InlineData("to.x")]
    [InlineData("ports2")]
    [InlineData("x-on")]
    [InlineData("_any")]
    public void A_name_is_no_word_of_the_language(string name) => Assert.Null(ScopeOf(name));

    [Theory]
    [InlineData("80/tcp")]
    [InlineData("8000-8099/udp")]
    [InlineData("10.0.0.0/8")]
    [InlineData("fd00::/8")]
    [InlineData("::1")]
    [InlineData("100Mbit/s")]
    [InlineData("30s")]
    public void A_literal_is_a_number(string literal) => Assert.Equal("constant.numeric.netpol", ScopeOf(literal));

    [Fact]
    public void Every_pattern_can_be_read_and_every_reference_is_there()
    {
        var grammar = Json("syntaxes/netpol.tmLanguage.json");
        var parts = Descendants(grammar).OfType<JsonObject>().ToList();

        Assert.All(parts.SelectMany(part => new[] { part["match"], part["begin"], part["end"] }).OfType<JsonValue>(), pattern => _ = new Regex((string)pattern!));
        Assert.All(
            parts.Select(part => (string?)part["include"]).OfType<string>(), include => Assert.NotNull(grammar["repository"]![include[1..]]));
    }

    [Fact]
    public void The_manifests_agree_and_name_files_that_are_there()
    {
        var package = Json("package.json");
        var manifest = XDocument.Load(Path.Combine(Folder, "extension.vsixmanifest"));
        XNamespace xml = "http://schemas.microsoft.com/developer/vsx-schema/2011";
        var identity = manifest.Descendants(xml + "Identity").Single();
        var version = XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;

        Assert.Equal(((string?)package["name"], (string?)package["publisher"], (string?)package["version"]),
            ((string?)identity.Attribute("Id"), (string?)identity.Attribute("Publisher"), (string?)identity.Attribute("Version")));
        Assert.Equal(version, (string?)package["version"]);
        Assert.All(
            [(string)package["main"]!, (string)package["contributes"]!["grammars"]![0]!["path"]!, (string)package["contributes"]!["languages"]![0]!["configuration"]!],
            file => Assert.True(File.Exists(Path.Combine(Folder, file)), file));
        Assert.NotNull(Json("language-configuration.json")["brackets"]);
    }

    // Those that the tokenizer reserves, and what is no name in texts that use all of the language.
    private static HashSet<string> Words()
    {
        var words = new HashSet<string>(
            Netpol.Syntax.Names.Reserved.Concat(IcmpTypes.Names(IpFamily.V4)).Concat(IcmpTypes.Names(IpFamily.V6)), StringComparer.Ordinal);
        foreach (var text in new[] { Tour.Text, CompletionTexts })
        {
            var source = new SourceFile("tour.netpol", text);
            var file = new BuildFile("/tour.netpol", PartedFile.Parse(source, null));
            Assert.Empty(file.Parsed.Diagnostics);
            var data = TokenColours.In(file, new TextSpan(0, text.Length)).Data;
            var (line, character) = (0, 0);
            foreach (var token in data.Chunk(5))
            {
                (line, character) = (line + token[0], token[0] == 0 ? character + token[1] : token[1]);
                if (TokenColours.Legend.TokenTypes[token[3]] == "keyword")
                {
                    words.Add(text.Substring(source.LineSpan(line + 1).Start + character, token[2]));
                }
            }
        }

        return words;
    }

    // What the tour has no room for.
    private const string CompletionTexts = """
        policy p audit for any tier baseline 1 { ingress open { pass from any on sctp, udp, icmpv6 } }
        service s {
            balance random
            inside cluster
            locality prefer zone
        }
        service t { balance least-connections; backends 10.0.0.1 weight 2 }
        cluster { families ipv4, ipv6 }
        qos q for any { priority burstable }
        qos r for any { priority best-effort }
        """;

    private static string? ScopeOf(string text)
    {
        foreach (var part in Descendants(Json("syntaxes/netpol.tmLanguage.json")).OfType<JsonObject>())
        {
            if ((string?)part["match"] is { } pattern && part["name"] is { } name && Regex.Match($" {text} ", pattern) is { Success: true, Index: 1 } match && match.Length == text.Length)
            {
                return (string?)name;
            }
        }

        return null;
    }

    private static JsonNode Json(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file)), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Disallow })!;

    private static IEnumerable<JsonNode> Descendants(JsonNode node) => node switch
    {
        JsonObject inner => inner.Select(property => property.Value).OfType<JsonNode>().SelectMany(Descendants).Prepend(node),
        JsonArray items => items.OfType<JsonNode>().SelectMany(Descendants).Prepend(node),
        _ => [node],
    };
}
