using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Bpf.Objects;
using Netpol.Compiler.Bundling;
using Netpol.Questions;

namespace Netpol.Cli;

/// <summary><c>netpol disasm</c>: the instructions of a bundle with the source lines they were made for.</summary>
internal sealed class DisasmCommand : NetpolCommand
{
    /// <summary>What the names of verdicts, and of what they are made of, begin with.</summary>
    private static readonly ImmutableArray<string> Directions = ["egress_", "ingress_"];

    private readonly Terminal _terminal;
    private readonly Argument<string> _bundle = new("BUNDLE") { Description = "A folder that `netpol build` has written." };
    private readonly Option<string?> _function = new("--function", "-f")
    {
        Description = "This function or program alone; without, all functions that take verdicts.",
        HelpName = "NAME",
    };

    public DisasmCommand(Terminal terminal)
        : base("disasm", "Show a bundle's instructions under the source lines they were made for.", "netpol disasm shop.bundle --function ingress_verdict")
    {
        _terminal = terminal;
        Add(_bundle);
        Add(_function);
        CommandLine.RequireFiles(_bundle);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        var functions = Read(arguments.GetRequiredValue(_bundle));
        var name = arguments.GetValue(_function);
        var chosen = functions.Where(function => name is null
            ? Directions.Any(direction => function.Code.Name.StartsWith(direction, StringComparison.Ordinal))
            : function.Code.Name == name).ToList();
        if (name is not null && chosen.Count == 0)
        {
            throw CommandException.Usage($"there is no function {Quoted.Of(name)}; there are {string.Join(", ", functions.Select(function => function.Code.Name))}");
        }

        if (name is null)
        {
            _terminal.Output.WriteLine(Verdicts(arguments.GetRequiredValue(_bundle)));
        }

        _terminal.Output.Write(FunctionListing.Print(chosen.Select(function => function.Code)));
        return ExitCode.Good;
    }

    // How they are taken and why, as the listing has it.
    private string Verdicts(string bundle)
    {
        var folder = _terminal.Resolve(bundle);
        try
        {
            var manifest = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, Manifest.FileName)), ManifestJson.Default.Manifest);
            var file = Path.Combine(folder, VerdictTerms.FileName);
            return manifest is null ? "" : Listing.Verdicts(manifest, File.Exists(file) ? VerdictTermsFile.Read(File.ReadAllBytes(file)) : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidDataException)
        {
            throw CommandException.Environment($"`{bundle}` cannot be read: {e.Message}");
        }
    }

    private ImmutableArray<ObjectFunction> Read(string bundle)
    {
        var path = Path.Combine(_terminal.Resolve(bundle), ManifestWriter.ObjectName);
        if (!File.Exists(path))
        {
            throw CommandException.Usage($"`{bundle}` is no bundle: it has no `{ManifestWriter.ObjectName}`; make one with `netpol build`");
        }

        try
        {
            return ObjectReader.TryRead(File.ReadAllBytes(path), out var functions, out var problem)
                ? functions
                : throw CommandException.Usage($"`{bundle}` has an object that cannot be read: {problem}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Environment($"`{path}` cannot be read: {e.Message}");
        }
    }
}
