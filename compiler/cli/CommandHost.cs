using System.CommandLine;
using Netpol.Loader;

namespace Netpol.Cli;

/// <summary>Runs one command line: every way it can fail ends here in one line and an exit code, never in a stack trace.</summary>
internal sealed class CommandHost(Terminal terminal)
{
    private readonly RootCommand _root = CommandTree.Create(terminal);

    public int Run(IReadOnlyList<string> arguments)
    {
        var code = Guarded(() => RunUnguarded(arguments));
        // What a command found out stays its answer where nobody reads on; an output that is lost is a failure.
        var written = Guarded(() =>
        {
            terminal.Output.Flush();
            return ExitCode.Good;
        });
        terminal.Error.Flush();
        return written == ExitCode.Good ? code : written;
    }

    /// <summary>Runs something that may fail in any way.</summary>
    public int Guarded(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (CommandException exception)
        {
            terminal.Fail(exception.Message);
            return exception.ExitCode;
        }
        catch (ReaderGoneException)
        {
            return ExitCode.Good;
        }
        catch (Exception exception) when (exception is LoaderException or IOException or UnauthorizedAccessException)
        {
            terminal.Fail(exception.Message);
            return ExitCode.Environment;
        }
#pragma warning disable CA1031 // The last resort: a person gets one line to report, whatever it was.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            terminal.Fail($"this is a mistake in netpol ({exception.GetType().Name}: {exception.Message}); please report this line");
            return ExitCode.Environment;
        }
    }

    private int RunUnguarded(IReadOnlyList<string> arguments)
    {
        // A response file (`@file`) would make arguments out of a file's text; names of files may begin with `@`.
        var parsed = _root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            var command = parsed.CommandResult.Command;
            var name = command is RootCommand ? "netpol" : $"netpol {command.Name}";
            throw CommandException.Usage($"{parsed.Errors[0].Message.TrimEnd('.')}; `{name} --help` shows what it takes");
        }

        return parsed.Invoke(new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
        });
    }
}
