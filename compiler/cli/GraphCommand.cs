using System.CommandLine;
using Netpol.Cli.Graphs;
using Netpol.Semantics.Analysis;
using Netpol.Semantics.Graphs;

namespace Netpol.Cli;

/// <summary><c>netpol graph</c>: who may talk to whom, as a picture or as data.</summary>
internal sealed class GraphCommand : NetpolCommand
{
    private const string Svg = "svg";
    private const string Mermaid = "mermaid";
    private const string Dot = "dot";
    private const string Json = "json";

    private readonly Terminal _terminal;

    private readonly Argument<string[]> _files = SourceArguments.Files();

    private readonly Option<string> _format = new("--output", "-o")
    {
        Description = "A picture that browsers show, a text for Mermaid or Graphviz, or one JSON object",
        DefaultValueFactory = _ => Mermaid,
    };

    public GraphCommand(Terminal terminal)
        : base(
            "graph",
            "Draw who may talk to whom, on which ports and by which rules.",
            "netpol graph shop.netpol -o svg > shop.svg",
            "netpol graph policies -o json")
    {
        _terminal = terminal;
        _format.AcceptOnlyFromAmong(Svg, Mermaid, Dot, Json);
        Add(_files);
        Add(_format);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        if (SourceArguments.Load(_terminal, arguments.GetRequiredValue(_files), out var code) is not { } tree)
        {
            return code;
        }

        PolicyGraph graph;
        try
        {
            graph = PolicyGrapher.Of(tree.Model);
        }
        catch (AnalysisTooLargeException)
        {
            throw new CommandException(ExitCode.Environment, "the sources say more than a graph can be made of in memory: name fewer files");
        }

        _terminal.Output.Write(arguments.GetRequiredValue(_format) switch
        {
            Svg => GraphSvg.Of(graph),
            Dot => GraphDot.Of(graph),
            Json => JsonOutput.Indented(GraphJson.Document(graph)) + "\n",
            _ => GraphMermaid.Of(graph),
        });
        return ExitCode.Good;
    }
}
