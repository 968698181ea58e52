using System.CommandLine;
using Netpol.Cli.Shells;

namespace Netpol.Cli;

/// <summary><c>netpol man</c>: the manual pages of this program and its commands.</summary>
internal sealed class ManCommand : NetpolCommand
{
    private readonly Argument<string> _folder = new("DIR") { Description = "Where the pages are written; it is made if need be" };

    public ManCommand(Terminal terminal)
        : base("man", "Write the manual pages of this program and its commands.", "netpol man /usr/local/share/man/man1")
    {
        CommandLine.RequireFiles(_folder);
        Add(_folder);
        SetAction(arguments =>
        {
            var folder = terminal.Resolve(arguments.GetRequiredValue(_folder));
            Directory.CreateDirectory(folder);
            var (program, commands) = CommandOutline.Of(CommandTree.Create(terminal));
            File.WriteAllText(Path.Combine(folder, ManPage.NameOf(program)), ManPage.Of(program, ProgramVersion.Text, commands));
            foreach (var command in commands)
            {
                File.WriteAllText(Path.Combine(folder, ManPage.NameOf(command)), ManPage.Of(command, ProgramVersion.Text, [program]));
            }

            terminal.Output.WriteLine(DiagnosticOutput.Counted(commands.Length + 1, "page"));
            return ExitCode.Good;
        });
    }
}
