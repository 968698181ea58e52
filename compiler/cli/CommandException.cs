namespace Netpol.Cli;

/// <summary>Ends a command with one line for people and an exit code; the only exception a command throws on purpose.</summary>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>The command line is at fault.</summary>
    public static CommandException Usage(string message) => new(Cli.ExitCode.Usage, message);

    /// <summary>The machine is at fault.</summary>
    public static CommandException Environment(string message) => new(Cli.ExitCode.Environment, message);
}
