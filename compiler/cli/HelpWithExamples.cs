using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Netpol.Cli;

/// <summary>The usual help page, and below it a command line that works.</summary>
internal sealed class HelpWithExamples(HelpAction page) : SynchronousCommandLineAction
{
    /// <summary>Where no command was named.</summary>
    public static IReadOnlyList<string> OfProgram { get; } = ["netpol check shop.netpol"];

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        page.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var examples = parseResult.CommandResult.Command is NetpolCommand command ? command.Examples : OfProgram;
        output.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
        foreach (var example in examples)
        {
            output.WriteLine($"  {example}");
        }

        return ExitCode.Good;
    }
}
