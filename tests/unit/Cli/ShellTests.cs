using System.CommandLine;
using System.Diagnostics;
using Netpol.Cli;
using Netpol.Cli.Shells;
using Netpol.Tests.Support;

namespace Netpol.Tests.Unit.Cli;

/// <summary>Completion scripts and manual pages say all that the parser takes.</summary>
public sealed class ShellTests
{
    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void A_script_has_every_command_option_and_value(string shell)
    {
        var script = Invocation.Of("completion", shell);

        Assert.Equal(0, script.ExitCode);
        foreach (var command in Commands())
        {
            Assert.Contains(command.Name, script.Output, StringComparison.Ordinal);
            foreach (var option in command.Options)
            {
                Assert.Contains(shell == "fish" ? $" -l {option.Name[2..]} " : option.Name, script.Output, StringComparison.Ordinal);
            }
        }

        Assert.Contains("human", script.Output, StringComparison.Ordinal);
        Assert.Contains("sarif", script.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("netpol che", "check")]
    [InlineData("netpol ", "build check completion counters diff disasm eval export fmt graph import load lsp man observe status test watch", true)]
    [InlineData("netpol check --f", "--fix --format")]
    [InlineData("netpol check --format ", "human json msbuild sarif")]
    [InlineData("netpol check --format s", "sarif")]
    [InlineData("netpol check a.netpol --format m", "msbuild")]
    [InlineData("netpol check shop", "")]
    [InlineData("netpol completion ", "bash fish zsh")]
    [InlineData("netpol nothing --", "")]
    public void Bash_completes(string line, string expected, bool isLeast = false)
    {
        using var folder = new TemporaryFolder();
        var script = folder.File("netpol.bash", Invocation.Of("completion", "bash").Output);
        var words = line.Split(' ');

        var completed = Bash($"source {script}; COMP_WORDS=({string.Join(' ', words.Select(word => $"'{word}'"))}); COMP_CWORD={words.Length - 1}; _netpol; printf '%s\\n' \"${{COMPREPLY[@]}}\"");

        var offered = completed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ToList();
        if (isLeast)
        {
            Assert.Empty(expected.Split(' ').Except(offered));
        }
        else
        {
            Assert.Equal(expected, string.Join(' ', offered));
        }
    }

    [Fact]
    public void A_manual_page_stands_for_each_command_with_all_it_takes()
    {
        using var folder = new TemporaryFolder();

        var run = Invocation.In(folder.Path, "", "man", "pages/man1");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var program = File.ReadAllText(folder.Of("pages/man1/netpol.1"));
        foreach (var command in Commands())
        {
            var page = File.ReadAllText(folder.Of($"pages/man1/netpol-{command.Name}.1"));
            Assert.StartsWith($".TH NETPOL-{command.Name.ToUpperInvariant()} 1 ", page, StringComparison.Ordinal);
            Assert.Contains($".BR netpol\\-{command.Name} (1)", program, StringComparison.Ordinal);
            Assert.All(command.Options, option => Assert.Contains($"\\fB{option.Name.Replace("-", "\\-", StringComparison.Ordinal)}\\fR", page, StringComparison.Ordinal));
            Assert.All(command.Arguments, argument => Assert.Contains($"\\fI{argument.Name}\\fR", page, StringComparison.Ordinal));
            Assert.All(((NetpolCommand)command).Examples, example => Assert.Contains(example.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal), page, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Text_that_the_manuals_macros_would_take_for_their_own_is_escaped()
    {
        var command = new CommandOutline("x", ".dot -n \\…", [new OptionOutline(["--y"], "'quoted", "V", ["a-b"])], [], ["netpol x"]);

        var page = ManPage.Of(command, "1", []);

        Assert.Contains("\\&.dot \\-n \\e\\[u2026]", page, StringComparison.Ordinal);
        Assert.Contains("\\&'quoted. One of \\fBa\\-b\\fR.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_has_an_example_that_the_parser_takes()
    {
        foreach (var command in Commands().Cast<NetpolCommand>())
        {
            Assert.NotEmpty(command.Examples);
            Assert.Contains(command.Examples, example => example.Contains($"netpol {command.Name}", StringComparison.Ordinal));
        }
    }

    private static IEnumerable<Command> Commands() => CommandTree.Create(new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null)).Subcommands;

    private static string Bash(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["--norc", "-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = bash.StandardOutput.ReadToEnd();
        Assert.Equal("", bash.StandardError.ReadToEnd());
        bash.WaitForExit();
        return output;
    }
}
