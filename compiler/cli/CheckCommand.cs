using System.CommandLine;

namespace Netpol.Cli;

/// <summary><c>netpol check</c>: everything that can be said of sources without a kernel and without clang.</summary>
internal sealed class CheckCommand : NetpolCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string[]> _files = SourceArguments.Files();
    private readonly Option<string> _format = new("--format")
    {
        Description = "How diagnostics are written: for people, for msbuild and editors, or as data.",
        DefaultValueFactory = _ => DiagnosticOutput.Human,
    };

    private readonly Option<bool> _fix = new("--fix")
    {
        Description = "Write the fixes that diagnostics suggest into the files, and check again.",
    };

    public CheckCommand(Terminal terminal)
        : base("check", "Check sources and everything they import.", "netpol check shop.netpol", "netpol check policies/ --format sarif")
    {
        _terminal = terminal;
        _format.AcceptOnlyFromAmong(DiagnosticOutput.Human, DiagnosticOutput.MsBuild, DiagnosticOutput.Json, DiagnosticOutput.Sarif);
        Add(_files);
        Add(_format);
        Add(_fix);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        var sources = new CheckedSources(_terminal, arguments.GetRequiredValue(_files));
        var (tree, diagnostics) = arguments.GetValue(_fix) ? sources.CheckAndFix() : sources.Check();
        var format = arguments.GetRequiredValue(_format);
        DiagnosticOutput.Write(_terminal, diagnostics, tree.Root, format);
        if (format == DiagnosticOutput.Human)
        {
            _terminal.Output.WriteLine($"{DiagnosticOutput.Counted(tree.Units.Length, "file")}: {DiagnosticOutput.Count(diagnostics)}{(sources.Fixed == 0 ? "" : $", {sources.Fixed} fixed")}");
        }

        return tree.LacksFiles ? ExitCode.Usage
            : diagnostics.Any(diagnostic => diagnostic.IsError) ? ExitCode.Findings
            : ExitCode.Good;
    }
}
