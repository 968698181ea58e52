using System.CommandLine;
using Netpol.Toolchain;

namespace Netpol.Cli;

/// <summary>Text that a command makes: to a file, or to the output stream.</summary>
internal static class OutputText
{
    public const string StandardStream = "-";

    /// <summary><c>--output FILE</c>, the output stream where it is not given.</summary>
    public static Option<string> Option(string description)
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = description,
            HelpName = "FILE",
            DefaultValueFactory = _ => StandardStream,
        };
        CommandLine.RequireText(option);
        return option;
    }

    /// <param name="summary">What is said where the text goes to a file.</param>
    public static void Write(Terminal terminal, string output, string text, string summary)
    {
        if (output == StandardStream)
        {
            terminal.Output.Write(text);
            return;
        }

        WriteFile(terminal, output, text);
        terminal.Output.WriteLine($"{output}: {summary}");
    }

    /// <summary>Whole or not at all; a device such as /dev/stdout is written to, not replaced.</summary>
    private static void WriteFile(Terminal terminal, string output, string text)
    {
        var path = terminal.Resolve(output);
        if (Directory.Exists(path))
        {
            throw CommandException.Usage($"`{output}` is a folder; name a file in it");
        }

        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw CommandException.Environment($"`{output}` cannot be written: there is no folder `{Path.GetDirectoryName(output)}`");
        }

        var isSpecial = InputFile.IsSpecial(path);
        var draft = isSpecial ? path : $"{path}.{Guid.NewGuid():N}";
        try
        {
            File.WriteAllText(draft, text);
            if (!isSpecial)
            {
                File.Move(draft, path, overwrite: true);
            }
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            if (!isSpecial && File.Exists(draft))
            {
                File.Delete(draft);
            }

            throw CommandException.Environment($"`{output}` cannot be written: {exception.Message}");
        }
    }
}
