using Netpol.Cli;
using Netpol.Loader;

namespace Netpol.Tests.Unit.Cli;

public sealed class CommandHostTests
{
    [Theory]
    [InlineData("frobnicate")]
    [InlineData("--nonsense")]
    [InlineData]
    public void A_command_line_that_makes_no_sense_is_one_line_and_exit_code_2(params string[] arguments)
    {
        var run = Invocation.Of(arguments);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Matches(@"\Anetpol: error: .+; `netpol --help` shows what it takes\n\z", run.Error);
    }

    [Fact]
    public void Help_of_every_command_ends_in_an_example_of_it()
    {
        using var output = new StringWriter();
        var commands = CommandTree.Create(new Terminal(TextReader.Null, output, output)).Subcommands;

        Assert.All(commands, command =>
        {
            var run = Invocation.Of(command.Name, "--help");

            Assert.Equal(ExitCode.Good, run.ExitCode);
            Assert.Contains("Example", run.Output);
            Assert.Contains($"  netpol {command.Name}", run.Output);
        });
    }

    [Fact]
    public void What_a_command_says_on_purpose_is_its_line_and_its_exit_code()
    {
        var (code, error) = Guarded(() => throw CommandException.Usage("`x` is\nno endpoint"));

        Assert.Equal((ExitCode.Usage, "netpol: error: `x` is no endpoint\n"), (code, error));
    }

    [Fact]
    public void What_the_machine_refuses_is_one_line_and_exit_code_3()
    {
        foreach (var refusal in new Exception[] { new LoaderException("no bpffs"), new IOException("no bpffs"), new UnauthorizedAccessException("no bpffs") })
        {
            var (code, error) = Guarded(() => throw refusal);

            Assert.Equal((ExitCode.Environment, "netpol: error: no bpffs\n"), (code, error));
        }
    }

    [Fact]
    public void A_mistake_of_ours_is_one_line_that_asks_to_report_it()
    {
        var (code, error) = Guarded(() => throw new InvalidOperationException("the table is empty"));

        Assert.Equal(ExitCode.Environment, code);
        Assert.Equal(
            "netpol: error: this is a mistake in netpol (InvalidOperationException: the table is empty); please report this line\n", error);
    }

    [Fact]
    public void Colour_is_written_only_where_the_terminal_has_it()
    {
        using var plain = new StringWriter();
        using var coloured = new StringWriter();

        new Terminal(TextReader.Null, plain, plain).Fail("no");
        new Terminal(TextReader.Null, coloured, coloured) { ErrorHasColour = true }.Fail("no");

        Assert.DoesNotContain('\u001b', plain.ToString());
        Assert.Contains('\u001b', coloured.ToString());
    }

    private static (int Code, string Error) Guarded(Func<int> run)
    {
        using var error = new StringWriter();
        var code = new CommandHost(new Terminal(TextReader.Null, TextWriter.Null, error)).Guarded(run);
        return (code, error.ToString());
    }
}
