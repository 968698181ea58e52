using Spectre.Console;

namespace Netpol.Cli;

/// <summary>What a command reads and writes. Commands know no other streams, so that tests run them in process.</summary>
/// <param name="Output">Results. Buffered: who follows something flushes after each line.</param>
/// <param name="Error">Diagnostics and progress.</param>
internal sealed record Terminal(TextReader Input, TextWriter Output, TextWriter Error)
{
    /// <summary>Escape sequences may be written to <see cref="Output"/>: it is a terminal, and nobody said <c>NO_COLOR</c>.</summary>
    public bool HasColour { get; init; }

    /// <summary>The same of <see cref="Error"/>.</summary>
    public bool ErrorHasColour { get; init; }

    /// <summary>Standard input and output as bytes, for what is no text.</summary>
    public Func<Stream> RawInput { get; init; } = () => Stream.Null;

    public Func<Stream> RawOutput { get; init; } = () => Stream.Null;

    /// <summary>Relative paths on the command line start here.</summary>
    public string WorkingDirectory { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>Tables and markup for people, to <see cref="Output"/>.</summary>
    public IAnsiConsole Markup() => Console(Output, HasColour);

    /// <summary>The same to <see cref="Error"/>.</summary>
    public IAnsiConsole ErrorMarkup() => Console(Error, ErrorHasColour);

    /// <summary>A path of the command line, made absolute.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, WorkingDirectory);

    /// <summary>The diagnostic of what has no place in a source: one line.</summary>
    public void Fail(string message)
    {
        Output.Flush();
        var line = message.ReplaceLineEndings(" ");
        Error.WriteLine(ErrorHasColour ? $"netpol: \u001b[1;31merror:\u001b[0m {line}" : $"netpol: error: {line}");
    }

    private static IAnsiConsole Console(TextWriter writer, bool hasColour)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = hasColour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = hasColour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!hasColour)
        {
            // A pipe has no width; cutting tables to 80 columns would lose what a script looks for.
            console.Profile.Width = 4096;
        }

        return console;
    }
}
