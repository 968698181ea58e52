using System.CommandLine;
using System.Text.Json.Nodes;
using Netpol.Semantics.Analysis;

namespace Netpol.Cli;

/// <summary><c>netpol coverage</c>: which rules the tests and assertions in the sources exercise.</summary>
internal sealed class CoverageCommand : NetpolCommand
{
    private readonly Terminal _terminal;

    private readonly Argument<string[]> _files = SourceArguments.Files();

    private readonly Option<bool> _json = new("--json") { Description = "One JSON object" };

    public CoverageCommand(Terminal terminal)
        : base("coverage", "Say which rules the tests exercise, and which none does.", "netpol coverage shop.netpol")
    {
        _terminal = terminal;
        Add(_files);
        Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        if (SourceArguments.Load(_terminal, arguments.GetRequiredValue(_files), out var code) is not { } tree)
        {
            return code;
        }

        var rules = TestCoverage.Of(tree.Model);
        var exercised = rules.Count(rule => !rule.Lines.IsEmpty);
        if (arguments.GetValue(_json))
        {
            _terminal.Output.WriteLine(JsonOutput.Indented(new JsonObject
            {
                ["rules"] = rules.Length,
                ["exercised"] = exercised,
                ["policies"] = new JsonArray([.. rules.Select(Json)]),
            }));
            return ExitCode.Good;
        }

        foreach (var rule in rules)
        {
            var lines = rule.Lines.IsEmpty ? "no line" : DiagnosticOutput.Counted(rule.Lines.Length, "line");
            _terminal.Output.WriteLine($"  {lines,-9} {rule.Rule.Origin}  policy `{rule.Policy.Name}`: {rule.Rule.Origin.Text}");
        }

        _terminal.Output.WriteLine($"{exercised} of {DiagnosticOutput.Counted(rules.Length, "rule")} exercised");
        return ExitCode.Good;
    }

    private static JsonNode Json(CoveredRule rule) => new JsonObject
    {
        ["rule"] = rule.Rule.Origin.ToString(),
        ["policy"] = rule.Policy.Name,
        ["direction"] = DiffJson.Word(rule.Direction),
        ["text"] = rule.Rule.Origin.Text,
        ["lines"] = JsonOutput.Array(rule.Lines.Select(line => line.ToString())),
    };
}
