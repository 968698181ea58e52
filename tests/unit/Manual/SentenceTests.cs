using System.Text.RegularExpressions;
using Netpol.Binding;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Questions;
using Netpol.Semantics;
using Netpol.Semantics.Proofs;
using Netpol.Tests.Support;
using Netpol.Text;

namespace Netpol.Tests.Unit.Manual;

/// <summary>
/// What <c>docs/language.md</c> states as a fact, sentence by sentence: <c>&lt;!-- fact: NAME --&gt;</c> stands behind the sentence, and <c>=== NAME</c> before the case in
/// <c>sentences.cases</c> that shows it: sources, and below <c>---</c> what becomes of flows, tests or the sources themselves.
/// </summary>
public sealed partial class SentenceTests
{
    private static readonly Dictionary<string, (string Text, string[] Expected)> Cases = Read();

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Fact]
    public void Every_sentence_with_a_mark_has_a_case_and_every_case_a_sentence() => Assert.Equal(
        Marks().Matches(File.ReadAllText(Repository.PathOf("docs/language.md"))).Select(mark => mark.Groups[1].Value).Order(StringComparer.Ordinal),
        Cases.Keys.Order(StringComparer.Ordinal));

    /// <summary>What only a running datapath, a node or several files show: <c>sentences.shown</c> names the tests that do.</summary>
    [Fact]
    public void Every_sentence_that_a_test_elsewhere_shows_names_one_that_there_is()
    {
        var shown = File.ReadLines(Repository.PathOf("tests/unit/Manual/sentences.shown")).Select(line => line.Split(": ")).ToDictionary(parts => parts[0], parts => parts[1].Split(' '));
        var tests = Directory.EnumerateFiles(Repository.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => TestMethod().Matches(File.ReadAllText(file)).Select(method => $"{Path.GetFileNameWithoutExtension(file)}.{method.Groups[1].Value}")).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(
            Shown().Matches(File.ReadAllText(Repository.PathOf("docs/language.md"))).Select(mark => mark.Groups[1].Value).Order(StringComparer.Ordinal),
            shown.Keys.Order(StringComparer.Ordinal));
        Assert.All(shown.Values.SelectMany(names => names), name => Assert.Contains(name, tests));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_sentence_says_is_so(string name)
    {
        var (text, expected) = Cases[name];
        var (unit, parsing) = NetpolParser.Parse(new SourceFile("case.netpol", text));
        var (model, binding) = Binder.Bind([unit]);
        var errors = parsing.Concat(binding).Where(diagnostic => diagnostic.Severity == Severity.Error).Select(diagnostic => $"error {diagnostic.Id}").ToList();

        Assert.NotEmpty(expected);
        Assert.Equal(expected.Where(line => line.StartsWith("error ", StringComparison.Ordinal)), errors);
        foreach (var line in expected.Where(line => !line.StartsWith("error ", StringComparison.Ordinal)))
        {
            Assert.Equal(line, line.StartsWith("tests ", StringComparison.Ordinal) ? $"tests {(TestsHold(model) ? "hold" : "fail")}" : Judged(model, line));
        }
    }

    private static bool TestsHold(NetworkModel model) => TestProver.Prove(model).Select(result => result.Outcome)
        .Concat(AssertionProver.Prove(model).Select(result => result.Outcome)).All(outcome => outcome is ProofOutcome.Holds);

    /// <summary>The line with the verdict as it is.</summary>
    private static string Judged(NetworkModel model, string line)
    {
        var parts = FlowLine().Match(line);
        Assert.True(parts.Success, $"`{line}` is no flow");
        var question = FlowQuestion.Of(
            End(parts.Groups["from"].Value), End(parts.Groups["to"].Value), FlowPort.Read(parts.Groups["port"].Value, out var problem) ?? throw new InvalidOperationException(problem),
            parts.Groups["others"].Success ? [End(parts.Groups["others"].Value).Endpoint!] : [], new UnusedAddresses(model), out problem);
        Assert.True(question is not null, $"`{line}`: {problem}");
        var verdict = new Evaluator(model).Judge(question.Universe, question.Flow).Verdict;
        return $"{line[..line.LastIndexOf(':')]}: {verdict.ToString().ToLowerInvariant()}";
    }

    /// <summary>An address behind <c>host@</c> is that of the endpoints' node, which speaks for itself; behind <c>node@</c> that of another, or one that forwards.</summary>
    private static FlowEnd End(string text) => text.Split('@') switch
    {
        ["host", var address] => new(Address.Parse(address), null, FlowEnd.OwnNode),
        ["node", var address] => new(Address.Parse(address), null, FlowEnd.AnotherNode),
        _ => FlowEnd.Read(text, out var problem) ?? throw new InvalidOperationException(problem),
    };

    private static Dictionary<string, (string Text, string[] Expected)> Read() => File.ReadAllText(Repository.PathOf("tests/unit/Manual/sentences.cases"))
        .Split("=== ", StringSplitOptions.RemoveEmptyEntries)
        .ToDictionary(part => part[..part.IndexOf('\n')].Trim(), part =>
        {
            var halves = part[(part.IndexOf('\n') + 1)..].Split("---\n");
            return (halves[0], halves[1].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        });

    [GeneratedRegex("<!-- fact: ([a-z-]+) -->")]
    private static partial Regex Marks();

    [GeneratedRegex("<!-- shown: ([a-z-]+) -->")]
    private static partial Regex Shown();

    [GeneratedRegex(@"public (?:async Task|void) (\w+)\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex("^(?<from>\\S+) -> (?<to>\\S+) on (?<port>\\S+)( with (?<others>\\S+))?: (allow|deny|reject)$")]
    private static partial Regex FlowLine();
}
