using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Parsing;
using Netpol.Tests.Support;
using Netpol.Tests.Unit.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Unit.Manual;

/// <summary>The grammar in <c>docs/language.md</c> is that of the parser: what can be derived from it parses, and what parses can be derived from it.</summary>
public sealed class GrammarTests
{
    private const int Derived = 3000;

    private static readonly ManualGrammar Grammar = ManualGrammar.Read();

    [Fact]
    public void Whatever_is_derived_from_the_grammar_parses()
    {
        var texts = new ManualTexts(Grammar, new Random(1));
        for (var index = 0; index < Derived; index++)
        {
            var text = texts.Of("statement");
            var (unit, diagnostics) = NetpolParser.Parse(new SourceFile("a.netpol", text));

            var errors = diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error).Select(diagnostic => $"{diagnostic.Id} {diagnostic.Message}").ToList();
            Assert.True(errors.Count == 0, $"{text}\n{string.Join('\n', errors)}");
            Assert.Single(unit.Statements);
            Assert.True(new ManualReading(Grammar, text).Is("file"), $"{text}\nis derived and not read");
        }

        Assert.Empty(Grammar.Names.Where(name => !texts.Taken.Contains(Grammar[name])).Except(["file"]));
    }

    /// <summary>The tour has every kind of syntax that the parser can make.</summary>
    [Fact]
    public void The_tour_is_of_the_grammar() => AssertIsOfTheGrammar("the tour", Tour.Text);

    [Fact]
    public void Whatever_parses_without_an_error_is_of_the_grammar()
    {
        var files = new[] { "tests/unit/corpus", "examples" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.netpol", SearchOption.AllDirectories)).ToImmutableArray();
        var read = 0;
        foreach (var file in files)
        {
            var text = File.ReadAllText(file);
            if (NetpolParser.Parse(new SourceFile(file, text)).Diagnostics.All(diagnostic => diagnostic.Severity != Severity.Error))
            {
                AssertIsOfTheGrammar(file, text);
                read++;
            }
        }

        Assert.True(read > 30, $"{read} files");
    }

    [Theory]
    [InlineData("group g = a | b & c")]
    [InlineData("policy p for any tier first 1 { }")]
    [InlineData("policy p for any { ingress { allow on 80/tcp } }")]
    [InlineData("policy p for any { ingress { allow from web on http { } } }")]
    [InlineData("service s { port 80 }")]
    [InlineData("assert \"a\" api -> db")]
    public void What_does_not_parse_is_not_of_it(string text)
    {
        Assert.Contains(NetpolParser.Parse(new SourceFile("a.netpol", text)).Diagnostics, diagnostic => diagnostic.Severity == Severity.Error);
        Assert.False(new ManualReading(Grammar, text).Is("file"));
    }

    private static void AssertIsOfTheGrammar(string name, string text)
    {
        var reading = new ManualReading(Grammar, text);
        Assert.True(reading.Is("file"), $"{name}: {reading.Stop}");
    }
}
