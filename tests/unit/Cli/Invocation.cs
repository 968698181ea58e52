using Netpol.Cli;

namespace Netpol.Tests.Unit.Cli;

/// <summary>One command line run in process, and what it wrote.</summary>
internal sealed record Invocation(int ExitCode, string Output, string Error)
{
    public static Invocation Of(params string[] arguments) => In(Directory.GetCurrentDirectory(), "", arguments);

    public static Invocation In(string directory, string input, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(new StringReader(input), output, error) { WorkingDirectory = directory };
        var code = new CommandHost(terminal).Run(arguments);
        return new Invocation(code, output.ToString(), error.ToString());
    }
}
