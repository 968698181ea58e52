using System.CommandLine;
using Netpol.Loader;

namespace Netpol.Cli;

/// <summary>The options of every command that speaks to a node.</summary>
internal sealed class NodeArguments
{
    private const string Text = "text";
    private const string Json = "json";

    private readonly Option<string> _pins = new("--pins")
    {
        Description = "The node's folder on a bpffs.",
        HelpName = "DIR",
        DefaultValueFactory = _ => NodePaths.Default.Pins,
    };

    private readonly Option<string> _state = new("--state")
    {
        Description = "The node's state folder.",
        HelpName = "DIR",
        DefaultValueFactory = _ => NodePaths.Default.State,
    };

    private readonly Option<string> _output = new Option<string>("--output", "-o")
    {
        Description = "For people or for programs.",
        DefaultValueFactory = _ => Text,
    }.AcceptOnlyFromAmong(Text, Json);

    public NodeArguments(Command command, bool hasOutput)
    {
        command.Add(_pins);
        command.Add(_state);
        CommandLine.RequireText(_pins);
        CommandLine.RequireText(_state);
        if (hasOutput)
        {
            command.Add(_output);
        }
    }

    public NodePaths Paths(ParseResult arguments, Terminal terminal) => new(
        terminal.Resolve(arguments.GetRequiredValue(_pins)), terminal.Resolve(arguments.GetRequiredValue(_state)));

    public bool IsJson(ParseResult arguments) => arguments.GetRequiredValue(_output) == Json;
}
