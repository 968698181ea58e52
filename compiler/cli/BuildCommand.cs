using System.CommandLine;
using Netpol.Bundle;
using Netpol.Compiler.Compilation;
using Netpol.Toolchain;

namespace Netpol.Cli;

/// <summary><c>netpol build</c>: sources to a bundle that a node can load.</summary>
internal sealed class BuildCommand : NetpolCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string[]> _files = SourceArguments.Files();
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The bundle's folder; an earlier bundle there is replaced in one step.",
        HelpName = "DIR",
        Required = true,
    };

    public BuildCommand(Terminal terminal)
        : base("build", "Compile sources to a bundle for nodes.", "netpol build shop.netpol -o shop.bundle")
    {
        _terminal = terminal;
        Add(_files);
        Add(_output);
        CommandLine.RequireText(_output);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        if (SourceArguments.Load(_terminal, arguments.GetRequiredValue(_files), out var exitCode) is not { } tree)
        {
            return exitCode;
        }

        var result = NetpolCompiler.Compile(tree.Model, tree.Sources);
        DiagnosticOutput.Show(_terminal, result.Diagnostics, tree.Root);
        if (result.Output is null)
        {
            return ExitCode.Findings;
        }

        var folder = arguments.GetRequiredValue(_output);
        var (manifest, diagnostics) = BundleBuilder.Write(result.Output, tree.Sources, _terminal.Resolve(folder));
        DiagnosticOutput.Show(_terminal, diagnostics, tree.Root);
        if (manifest is null)
        {
            return ExitCode.Environment;
        }

        _terminal.Output.WriteLine($"{folder}: {Summary(manifest)}");
        return ExitCode.Good;
    }

    private static string Summary(Manifest manifest) => string.Join(", ",
    [
        DiagnosticOutput.Counted(manifest.Sets.Length, "set"),
        DiagnosticOutput.Counted(manifest.Prefixes.Length, "prefix"),
        DiagnosticOutput.Counted(manifest.Policies.Select(policy => policy.Name).Distinct().Count(), "policy"),
        DiagnosticOutput.Counted(manifest.Rules.Length, "rule"),
        DiagnosticOutput.Counted(manifest.Services.Length, "service"),
    ]) + $" (digest {manifest.Digest[..12]})";
}
