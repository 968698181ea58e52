using System.CommandLine;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Semantics.Analysis;
using Netpol.Semantics.Proofs;
using Spectre.Console;

namespace Netpol.Cli;

/// <summary><c>netpol test</c>: decides tests and assertions, and shows a flow for each line that fails.</summary>
internal sealed class TestCommand : NetpolCommand
{
    private readonly Terminal _terminal;

    private readonly Argument<string[]> _files = SourceArguments.Files();

    private readonly Option<bool> _mutate = new("--mutate")
    {
        Description = "Drop, negate and widen each rule in turn, and list what no test notices.",
    };

    public TestCommand(Terminal terminal)
        : base("test", "Decide the tests and assertions in the sources, over every packet there could be.", "netpol test shop.netpol", "netpol test shop.netpol --mutate")
    {
        _terminal = terminal;
        Add(_files);
        Add(_mutate);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        if (SourceArguments.Load(_terminal, arguments.GetRequiredValue(_files), out var code) is not { } tree)
        {
            return code;
        }

        var results = TestProver.Prove(tree.Model);
        var console = _terminal.Markup();
        foreach (var test in results.GroupBy(result => result.Test))
        {
            console.WriteLine($"test \"{test.Key.Name}\"");
            foreach (var result in test)
            {
                Show(console, result.Line.Origin, result.Outcome, result.Line.Request);
            }
        }

        var assertions = AssertionProver.Prove(tree.Model);
        foreach (var result in assertions)
        {
            console.WriteLine($"assert \"{result.Assertion.Name}\"");
            Show(console, result.Assertion.Origin, result.Outcome);
        }

        var failed = results.Count(result => result.Outcome is not ProofOutcome.Holds)
            + assertions.Count(result => result.Outcome is not ProofOutcome.Holds);
        var lines = results.Length + assertions.Length;
        console.WriteLine(
            lines == 0 ? "no tests in these files"
            : failed == 0 ? $"{DiagnosticOutput.Counted(lines, "line")} hold{(lines == 1 ? "s" : "")}"
            : $"{failed} of {DiagnosticOutput.Counted(lines, "line")} failed");
        return failed > 0 ? ExitCode.Findings : arguments.GetValue(_mutate) ? Mutate(tree.Model) : ExitCode.Good;
    }

    /// <summary>Tests that fail already would notice nothing more.</summary>
    private int Mutate(NetworkModel model)
    {
        var mutants = MutationTest.Run(model).ToList();
        foreach (var mutant in mutants.Where(mutant => !mutant.IsNoticed))
        {
            var change = mutant.Kind switch
            {
                MutationKind.Dropped => "left out",
                MutationKind.Negated => "negated",
                MutationKind.AnyPeer => "for any peer",
                MutationKind.AnyPort => "on every port",
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            _terminal.Output.WriteLine($"  unnoticed  {mutant.Rule.Origin}  {change}: {mutant.Rule.Origin.Text}");
        }

        var unnoticed = mutants.Count(mutant => !mutant.IsNoticed);
        _terminal.Output.WriteLine($"{unnoticed} of {DiagnosticOutput.Counted(mutants.Count, "mutant")} unnoticed");
        return unnoticed == 0 ? ExitCode.Good : ExitCode.Findings;
    }

    private static void Show(IAnsiConsole console, Origin origin, ProofOutcome outcome, HttpMatch? request = null)
    {
        var holds = outcome is ProofOutcome.Holds;
        console.Markup(holds ? "  [green]pass[/]  " : "  [red]FAIL[/]  ");
        console.WriteLine($"{origin.Text}  ({origin})");
        switch (outcome)
        {
            case ProofOutcome.Holds:
                break;
            case ProofOutcome.Fails fails:
                var witness = fails.Witness;
                var verdict = EvalOutput.Word(witness.Judgement.Verdict);
                console.WriteLine($"        for example {EvalOutput.Ends(witness.Universe, witness.Flow)}: {verdict}");
                if (witness.Judgement.Translation is { } translation)
                {
                    console.WriteLine($"        through  {translation}");
                }

                if (request is not null && witness.Judgement.Verdict == Verdict.Allow)
                {
                    console.WriteLine($"        the request is {(witness.Judgement.Lets(HttpRequest.Of(request)) ? "let through" : "answered by 403: no rule that allows the connection has it")}");
                }

                console.WriteLine("      " + EvalOutput.Direction("egress", witness.Judgement.Egress));
                console.WriteLine("      " + EvalOutput.Direction("ingress", witness.Judgement.Ingress));
                break;
            case ProofOutcome.Empty empty:
                console.WriteLine($"        {empty.Text}: the line says nothing");
                break;
            case ProofOutcome.Undecided:
                console.WriteLine("        the proof grew too large to be finished: split the line into smaller ones");
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
