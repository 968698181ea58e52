using System.CommandLine;
using Netpol.Formatting;
using Netpol.Parsing;
using Netpol.Text;
using Netpol.Toolchain;

namespace Netpol.Cli;

/// <summary><c>netpol fmt</c>: sources in the one style there is. What does not parse is reported and left as it is.</summary>
internal sealed class FmtCommand : NetpolCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string[]> _files = SourceArguments.Files();

    private readonly Option<bool> _check = new("--check")
    {
        Description = "Write nothing; name the files that would change, and exit with 1 if there are any.",
    };

    public FmtCommand(Terminal terminal)
        : base("fmt", "Write sources in the one style there is, comments kept.", "netpol fmt policies/", "netpol fmt --check shop.netpol", "netpol fmt - < shop.netpol")
    {
        _terminal = terminal;
        _files.Description = "A .netpol file, a folder of them, or - for the input stream, which is written to the output stream.";
        Add(_files);
        Add(_check);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        var isCheck = arguments.GetValue(_check);
        var (count, changed, exitCode) = (0, 0, ExitCode.Good);
        foreach (var (name, path) in arguments.GetRequiredValue(_files).SelectMany(Files))
        {
            var source = Read(name, path);
            count++;
            if (Format(source) is not { } text)
            {
                exitCode = ExitCode.Findings;
            }
            else if (path is null && !isCheck)
            {
                _terminal.Output.Write(text);
            }
            else if (text != source.Text)
            {
                changed++;
                _terminal.Output.WriteLine(name);
                if (!isCheck && SourceWriter.Replace(path ?? name, source.Text, text) is { } problem)
                {
                    throw CommandException.Environment($"`{name}` cannot be written: {problem}");
                }
            }
        }

        _terminal.Output.Flush();
        _terminal.Error.WriteLine($"{DiagnosticOutput.Counted(count, "file")}, {changed} {(isCheck ? "to be formatted" : "formatted")}");
        return isCheck && changed > 0 ? ExitCode.Findings : exitCode;
    }

    /// <summary>Null where the source does not parse, which is shown: of what was not understood nothing may be lost.</summary>
    private string? Format(SourceFile source)
    {
        var (unit, diagnostics) = NetpolParser.Parse(source);
        var errors = diagnostics.Where(diagnostic => diagnostic.IsError).ToList();
        DiagnosticOutput.Show(_terminal, errors, _terminal.WorkingDirectory);
        return errors.Count == 0 ? NetpolFormatter.Print(unit) : null;
    }

    /// <summary>What a person calls a file, and where it is; null is the input stream.</summary>
    private IEnumerable<(string Name, string? Path)> Files(string name)
    {
        if (name == OutputText.StandardStream)
        {
            return [("(input)", null)];
        }

        var path = _terminal.Resolve(name);
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "*.netpol").Order(StringComparer.Ordinal).Select(file => (Path.Combine(name, Path.GetFileName(file)), (string?)file))
            : [(name, path)];
    }

    private SourceFile Read(string name, string? path)
    {
        if (path is null)
        {
            return new SourceFile(name, _terminal.Input.ReadToEnd());
        }

        return InputFile.Read(path, out var problem) is { } bytes
            ? SourceFile.FromUtf8(name, bytes)
            : throw CommandException.Usage($"`{name}` cannot be read: {problem}");
    }
}
