using System.CommandLine;
using System.CommandLine.Help;

namespace Netpol.Cli;

/// <summary>All commands. A new one is one file and one line here.</summary>
internal static class CommandTree
{
    private const string Description = "Network policy and services, compiled to eBPF.";

    public static RootCommand Create(Terminal terminal)
    {
        var root = new RootCommand(Description)
        {
            new BuildCommand(terminal),
            new CheckCommand(terminal),
            new TestCommand(terminal),
            new CoverageCommand(terminal),
            new DiffCommand(terminal),
            new EvalCommand(terminal),
            new ExplainCommand(terminal),
            new GraphCommand(terminal),
            new FmtCommand(terminal),
            new ImportCommand(terminal),
            new ExportCommand(terminal),
            new LspCommand(terminal),
            new DisasmCommand(terminal),
            new LoadCommand(terminal),
            new WatchCommand(terminal),
            new StatusCommand(terminal),
            new CountersCommand(terminal),
            new PressureCommand(terminal),
            new ObserveCommand(terminal),
            new CompletionCommand(terminal),
            new ManCommand(terminal),
        };
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples(new HelpAction { MaxWidth = 100 });
        }

        return root;
    }
}
