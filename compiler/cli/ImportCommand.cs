using System.Collections.Immutable;
using System.CommandLine;
using System.Text.RegularExpressions;
using Netpol.Kubernetes;
using Netpol.Questions;
using Netpol.Text;
using Netpol.Toolchain;

namespace Netpol.Cli;

/// <summary><c>netpol import</c>: Kubernetes objects to a <c>.netpol</c> file.</summary>
internal sealed partial class ImportCommand : NetpolCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "A YAML or JSON file with Kubernetes objects, or - for the input stream.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _output = OutputText.Option("The .netpol file to write; - is the output stream.");

    private readonly Option<string> _namespace = new("--namespace", "-n")
    {
        Description = "The namespace of objects that name none.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "default",
    };

    public ImportCommand(Terminal terminal)
        : base(
            "import", "Translate Kubernetes NetworkPolicies, Services and Namespaces.",
            "netpol import policies.yaml services.yaml -o shop.netpol",
            "kubectl get networkpolicy,service,namespace,deployment -A -o yaml | netpol import - -o cluster.netpol")
    {
        _terminal = terminal;
        Add(_files);
        Add(_output);
        Add(_namespace);
        CommandLine.RequireFiles(_files);
        _namespace.Validators.Add(result =>
        {
            var name = result.Tokens is [var token] ? token.Value : "default";
            if (!NamespaceName().IsMatch(name))
            {
                result.AddError($"`--namespace`: {Quoted.Of(name)} is no name of a namespace");
            }
        });
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        ImmutableArray<SourceFile> sources = [.. arguments.GetRequiredValue(_files).Select(Read)];
        var result = KubernetesImporter.Import(sources, arguments.GetRequiredValue(_namespace));
        if (!DiagnosticOutput.ShowBeforeWriting(_terminal, result.Diagnostics, _terminal.WorkingDirectory))
        {
            return ExitCode.Findings;
        }

        var counts = result.Counts;
        OutputText.Write(
            _terminal, arguments.GetRequiredValue(_output), result.Text,
            $"{DiagnosticOutput.Counted(counts.Policies, "policy")}, {DiagnosticOutput.Counted(counts.Services, "service")}, "
            + $"{DiagnosticOutput.Counted(counts.Namespaces, "namespace")}, {DiagnosticOutput.Counted(counts.Groups, "group")}");
        return ExitCode.Good;
    }

    private SourceFile Read(string file)
    {
        if (file == OutputText.StandardStream)
        {
            return new SourceFile("(input)", _terminal.Input.ReadToEnd());
        }

        return InputFile.Read(_terminal.Resolve(file), out var problem) is { } bytes
            ? SourceFile.FromUtf8(file, bytes)
            : throw CommandException.Usage($"`{file}` cannot be read: {problem}");
    }

    /// <summary>RFC 1123 label, as the API server wants it.</summary>
    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex NamespaceName();
}
