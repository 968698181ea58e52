using System.CommandLine;
using Netpol.Questions;
using Netpol.Semantics.Analysis;

namespace Netpol.Cli;

/// <summary><c>netpol explain</c>: how a flow comes to its verdict, which rules nearly allowed it, and what edit would.</summary>
internal sealed class ExplainCommand : NetpolCommand
{
    private readonly Terminal _terminal;

    private readonly Argument<string> _file = new("FILE") { Description = "A .netpol file, or a folder of them" };

    private readonly Argument<string> _flow = new("FLOW")
    {
        Description = "`FROM -> TO on PORT`, ends as `eval` takes them, or a line of `eval --flows`",
    };

    private readonly Option<string[]> _with = new("--with")
    {
        Description = "Another endpoint that is there, such as a backend of a service; may be repeated",
        HelpName = "ENDPOINT",
    };

    private readonly Option<bool> _json = new("--json") { Description = "One JSON object" };

    public ExplainCommand(Terminal terminal)
        : base(
            "explain",
            "Walk a connection through the tiers; of a denial, say what would allow it and what else that would open.",
            "netpol explain shop.netpol \"pod:shop/app=web -> pod:shop/app=api on 8080/tcp\"")
    {
        _terminal = terminal;
        Add(_file);
        Add(_flow);
        Add(_with);
        Add(_json);
        CommandLine.RequireFiles(_file);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        if (SourceArguments.Load(_terminal, [arguments.GetRequiredValue(_file)], out var code) is not { } tree)
        {
            return code;
        }

        var question = Question(arguments.GetRequiredValue(_flow), arguments.GetValue(_with) ?? [], new UnusedAddresses(tree.Model));
        Explanation explanation;
        try
        {
            explanation = new Explainer(tree.Model).Explain(question.Universe, question.Flow);
        }
        catch (AnalysisTooLargeException)
        {
            throw new CommandException(ExitCode.Environment, "what else the edit would open is too much to be found out");
        }

        _terminal.Output.Write(arguments.GetValue(_json)
            ? JsonOutput.Indented(ExplainOutput.Json(explanation)) + "\n"
            : ExplainOutput.Human(question, explanation));
        return ExitCode.Good;
    }

    private static FlowQuestion Question(string flow, string[] with, UnusedAddresses unused)
    {
        string problem;
        if (flow.TrimStart().StartsWith('{'))
        {
            return new EvalFlowFile(unused).Read(flow, out problem) ?? throw CommandException.Usage(problem);
        }

        if (flow.Split("->", StringSplitOptions.TrimEntries) is not [var from, var rest] || rest.LastIndexOf(" on ", StringComparison.Ordinal) is not (>= 0 and var on))
        {
            throw CommandException.Usage($"{Quoted.Of(flow)} is no flow: write `FROM -> TO on PORT`");
        }

        var traffic = FlowPort.Read(rest[(on + 4)..].Trim(), out problem) ?? throw CommandException.Usage(problem);
        var others = with.Select(text => End(text).Endpoint ?? throw CommandException.Usage($"--with: {Quoted.Of(text)} is no endpoint"));
        return FlowQuestion.Of(End(from), End(rest[..on].Trim()), traffic, [.. others], unused, out problem) ?? throw CommandException.Usage(problem);
    }

    private static FlowEnd End(string text) => FlowEnd.Read(text, out var problem) ?? throw CommandException.Usage(problem);
}
