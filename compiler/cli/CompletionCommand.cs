using System.CommandLine;
using System.Diagnostics;
using Netpol.Cli.Shells;

namespace Netpol.Cli;

/// <summary><c>netpol completion</c>: a script by which a shell completes the commands and options of this program.</summary>
internal sealed class CompletionCommand : NetpolCommand
{
    private readonly Argument<string> _shell = new("SHELL") { Description = "The shell that is to complete" };

    public CompletionCommand(Terminal terminal)
        : base("completion", "Write a script by which a shell completes this program's command lines.", "source <(netpol completion bash)", "netpol completion fish > ~/.config/fish/completions/netpol.fish")
    {
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Add(_shell);
        SetAction(arguments =>
        {
            var (program, commands) = CommandOutline.Of(CommandTree.Create(terminal));
            terminal.Output.Write(arguments.GetRequiredValue(_shell) switch
            {
                "bash" => BashCompletion.Script(program, commands),
                "zsh" => ZshCompletion.Script(program, commands),
                "fish" => FishCompletion.Script(program, commands),
                _ => throw new UnreachableException(),
            });
            return ExitCode.Good;
        });
    }
}
