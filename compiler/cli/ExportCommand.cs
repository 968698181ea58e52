using System.CommandLine;
using Netpol.Kubernetes;

namespace Netpol.Cli;

/// <summary><c>netpol export</c>: policies and services as Kubernetes objects.</summary>
internal sealed class ExportCommand : NetpolCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string[]> _files = SourceArguments.Files();
    private readonly Option<string> _output = OutputText.Option("The YAML file to write; - is the output stream.");

    public ExportCommand(Terminal terminal)
        : base(
            "export", "Translate policies and services to Kubernetes NetworkPolicy, ClusterNetworkPolicy and Service.",
            "netpol export shop.netpol -o shop.yaml",
            "netpol export policies/ | kubectl apply --dry-run=server -f -")
    {
        _terminal = terminal;
        Add(_files);
        Add(_output);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        if (SourceArguments.Load(_terminal, arguments.GetRequiredValue(_files), out var exitCode) is not { } tree)
        {
            return exitCode;
        }

        var result = KubernetesExporter.Export(tree.Model, tree.Sources);
        if (!DiagnosticOutput.ShowBeforeWriting(_terminal, result.Diagnostics, tree.Root))
        {
            return ExitCode.Findings;
        }

        var counts = result.Counts;
        OutputText.Write(
            _terminal, arguments.GetRequiredValue(_output), result.Text,
            $"{DiagnosticOutput.Counted(counts.NetworkPolicies, "network policy")}, {DiagnosticOutput.Counted(counts.ClusterNetworkPolicies, "cluster network policy")}, "
            + $"{DiagnosticOutput.Counted(counts.Services, "service")}, {DiagnosticOutput.Counted(counts.Namespaces, "namespace")}");
        return ExitCode.Good;
    }
}
