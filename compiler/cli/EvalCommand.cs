using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Netpol.Model;
using Netpol.Questions;
using Netpol.Semantics;
using Netpol.Toolchain;

namespace Netpol.Cli;

/// <summary><c>netpol eval</c>: what the reference says becomes of a flow, or of each flow of a file.</summary>
internal sealed class EvalCommand : NetpolCommand
{
    private readonly Terminal _terminal;

    private readonly Argument<string> _file = new("FILE") { Description = "A .netpol file, or a folder of them" };

    private readonly Option<string?> _from = new("--from")
    {
        Description = "Who connects: an address, or pod:NAMESPACE/key=value,…[@ADDRESS,…][#name=port/protocol,…]",
        HelpName = "ENDPOINT",
    };

    private readonly Option<string?> _to = new("--to") { Description = "Whom it connects to, written likewise", HelpName = "ENDPOINT" };

    private readonly Option<string?> _port = new("--port")
    {
        Description = "8080/tcp, icmp, icmp(3, 4), icmpv6(128) or protocol 47",
        HelpName = "PORT",
    };

    private readonly Option<string[]> _with = new("--with")
    {
        Description = "Another endpoint that is there, such as a backend of a service; may be repeated",
        HelpName = "ENDPOINT",
    };

    private readonly Option<string?> _flows = new("--flows")
    {
        Description = "A file of flows, one JSON object a line; - is the standard input",
        HelpName = "FLOWS.jsonl",
    };

    private readonly Option<bool> _json = new("--json") { Description = "One JSON object a flow" };

    public EvalCommand(Terminal terminal)
        : base(
            "eval",
            "Say what becomes of a connection, by which rule, and why.",
            "netpol eval shop.netpol --from pod:shop/app=web --to pod:shop/app=api --port 8080/tcp",
            "netpol eval shop.netpol --flows flows.jsonl --json")
    {
        _terminal = terminal;
        Add(_file);
        foreach (var option in new Option[] { _from, _to, _port, _with, _flows, _json })
        {
            Add(option);
        }

        CommandLine.RequireFiles(_file);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        var (from, to, port, flows) = (arguments.GetValue(_from), arguments.GetValue(_to), arguments.GetValue(_port), arguments.GetValue(_flows));
        if (flows is null == (from is null || to is null || port is null) || (flows is not null && (from ?? to ?? port) is not null))
        {
            throw CommandException.Usage("`eval` takes either --from, --to and --port, or --flows");
        }

        var asJson = arguments.GetValue(_json);
        if (SourceArguments.Load(_terminal, [arguments.GetRequiredValue(_file)], out var code) is not { } tree)
        {
            return code;
        }

        var model = tree.Model;
        var unused = new UnusedAddresses(model);
        return flows is null
            ? One(model, Question(from ?? "", to ?? "", port ?? "", arguments.GetValue(_with) ?? [], unused), asJson)
            : Many(model, flows, unused, asJson);
    }

    private int One(NetworkModel model, FlowQuestion question, bool asJson)
    {
        var judgement = new Evaluator(model).Judge(question.Universe, question.Flow);
        _terminal.Output.Write(asJson ? EvalOutput.Json(judgement) + "\n" : EvalOutput.Human(question, judgement));
        return ExitCode.Good;
    }

    private static FlowQuestion Question(string from, string to, string port, string[] with, UnusedAddresses unused)
    {
        var traffic = FlowPort.Read(port, out var problem) ?? throw CommandException.Usage($"--port: {problem}");
        var others = with.Select(text => End(text, "--with").Endpoint ?? throw CommandException.Usage($"--with: {Quoted.Of(text)} is no endpoint"));
        return FlowQuestion.Of(End(from, "--from"), End(to, "--to"), traffic, [.. others], unused, out problem)
            ?? throw CommandException.Usage(problem);
    }

    private static FlowEnd End(string text, string option) =>
        FlowEnd.Read(text, out var problem) ?? throw CommandException.Usage($"{option}: {problem}");

    /// <summary>All lines are read before the first verdict is written: a file is judged whole or not at all.</summary>
    private int Many(NetworkModel model, string path, UnusedAddresses unused, bool asJson)
    {
        var reader = new EvalFlowFile(unused);
        var questions = ImmutableArray.CreateBuilder<FlowQuestion>();
        var number = 0;
        foreach (var line in Lines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (reader.Read(line, out var problem) is not { } question)
            {
                throw new CommandException(ExitCode.Findings, $"{path}:{number}: {problem}");
            }

            questions.Add(question);
        }

        var evaluator = new Evaluator(model);
        var output = new StringBuilder();
        foreach (var question in questions)
        {
            var judgement = evaluator.Judge(question.Universe, question.Flow);
            output.Append(asJson ? EvalOutput.Json(judgement) + "\n" : EvalOutput.Human(question, judgement));
        }

        _terminal.Output.Write(output);
        return ExitCode.Good;
    }

    private IEnumerable<string> Lines(string path)
    {
        if (path == "-")
        {
            while (_terminal.Input.ReadLine() is { } line)
            {
                yield return line;
            }

            yield break;
        }

        foreach (var line in ReadFile(_terminal.Resolve(path), path))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> ReadFile(string path, string shown)
    {
        var bytes = InputFile.Read(path, out var problem) ?? throw CommandException.Usage($"{shown} cannot be read: {problem}");
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF').Split('\n').Select(line => line.TrimEnd('\r'));
        }
        catch (DecoderFallbackException)
        {
            throw new CommandException(ExitCode.Findings, $"{shown}: the file is not UTF-8 text");
        }
    }
}
