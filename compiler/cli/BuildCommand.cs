using System.CommandLine;
using Netpol.Bundle;
using Netpol.Compiler.Certification;
using Netpol.Compiler.Compilation;
using Netpol.Compiler.Layout;
using Netpol.Compiler.Terms;
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

    private readonly Option<VerdictChoice> _verdicts = new("--verdicts")
    {
        Description = "auto: from tables, which cost each packet the same whatever the rules, and code where no table can say them; code: always code; fastest: code where a first packet takes less time by it.",
        HelpName = "KIND",
        DefaultValueFactory = _ => VerdictChoice.Auto,
    };

    private readonly Option<BackendKind> _backend = new("--backend")
    {
        Description = "c: generated C, compiled by clang; bytecode: instructions of netpol's own, proved against the rules, without clang.",
        HelpName = "NAME",
        DefaultValueFactory = _ => BackendKind.C,
    };

    public BuildCommand(Terminal terminal)
        : base("build", "Compile sources to a bundle for nodes.", "netpol build shop.netpol -o shop.bundle")
    {
        _terminal = terminal;
        Add(_files);
        Add(_output);
        Add(_verdicts);
        Add(_backend);
        CommandLine.RequireText(_output);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        if (SourceArguments.Load(_terminal, arguments.GetRequiredValue(_files), out var exitCode) is not { } tree)
        {
            return exitCode;
        }

        var result = NetpolCompiler.Compile(tree.Model, tree.Sources, arguments.GetValue(_verdicts));
        DiagnosticOutput.Show(_terminal, result.Diagnostics, tree.Root);
        if (result.Output is null)
        {
            return ExitCode.Findings;
        }

        var folder = arguments.GetRequiredValue(_output);
        var built = BundleBuilder.Build(result.Output, tree.Sources, _terminal.Resolve(folder), arguments.GetValue(_backend));
        DiagnosticOutput.Show(_terminal, built.Diagnostics, tree.Root);
        if (built is not { Manifest: { } manifest, Certificate: { } certificate })
        {
            return built.IsSourceSound ? ExitCode.Environment : ExitCode.Findings;
        }

        _terminal.Output.WriteLine($"{folder}: {Summary(manifest)}");
        _terminal.Output.WriteLine($"{DiagnosticOutput.Counted(manifest.Sets.Length, "group")}, {DiagnosticOutput.Counted(manifest.Rules.Length, "rule")} → {Classes(result.Output)}");
        _terminal.Output.WriteLine(CertificateText.Summary(certificate));
        return ExitCode.Good;
    }

    /// <summary>What the rules tell apart; endpoints get their classes on the node.</summary>
    private static string Classes(CompilationOutput output)
    {
        var verdicts = output.Layout.Verdicts;
        var bytes = MapMemory.Of(output.Layout.Maps.Where(map => map.Scope == "generation")).Bytes;
        var addresses = DiagnosticOutput.Counted(output.Layout.Classes.Members.Length, "address class");
        return verdicts.Terms is { } terms
            ? $"{addresses}, {DiagnosticOutput.Counted(PortClasses.Count(terms), "port class")}, up to {bytes} bytes of tables"
            : $"{addresses}, verdicts in code: {verdicts.Reason}";
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
