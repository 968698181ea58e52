using Netpol.Cli;

namespace Netpol.Tests.Unit.Cli;

public sealed class FmtCommandTests : IDisposable
{
    private const string Ugly = "group   a=pods where x==\"1\"   // why\n";
    private const string Pretty = "group a = pods where x == \"1\" // why\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("netpol-fmt").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_are_written_in_the_one_style_and_named()
    {
        Write("a.netpol", Ugly);
        Write("b.netpol", Pretty);

        var run = Run("fmt", ".");

        Assert.Equal((ExitCode.Good, "./a.netpol\n", "2 files, 1 formatted\n"), (run.ExitCode, run.Output, run.Error));
        Assert.Equal((Pretty, Pretty), (Text("a.netpol"), Text("b.netpol")));
        Assert.Equal("", Run("fmt", ".").Output);
    }

    [Fact]
    public void A_check_writes_nothing_and_finds_what_would_change()
    {
        Write("a.netpol", Ugly);

        var run = Run("fmt", "--check", "a.netpol");

        Assert.Equal((ExitCode.Findings, "a.netpol\n", "1 file, 1 to be formatted\n"), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(Ugly, Text("a.netpol"));
        Write("a.netpol", Pretty);
        Assert.Equal(ExitCode.Good, Run("fmt", "--check", "a.netpol").ExitCode);
    }

    [Fact]
    public void What_does_not_parse_is_left_as_it_is()
    {
        Write("a.netpol", "group   a = \n" + Ugly);

        var run = Run("fmt", "a.netpol");

        Assert.Equal(ExitCode.Findings, run.ExitCode);
        Assert.Contains("a.netpol:", run.Error);
        Assert.Equal("group   a = \n" + Ugly, Text("a.netpol"));
    }

    [Fact]
    public void The_input_stream_goes_to_the_output_stream()
    {
        var run = Invocation.In(_folder, Ugly, "fmt", "-");

        Assert.Equal((ExitCode.Good, Pretty), (run.ExitCode, run.Output));
    }

    [Fact]
    public void A_mark_at_the_start_stays_and_line_ends_become_one_kind()
    {
        File.WriteAllText(Path.Combine(_folder, "a.netpol"), "\uFEFF" + Ugly.Replace("\n", "\r\n"));

        Assert.Equal(ExitCode.Good, Run("fmt", "a.netpol").ExitCode);

        Assert.Equal([0xEF, 0xBB, 0xBF, .. Pretty.Select(letter => (byte)letter)], File.ReadAllBytes(Path.Combine(_folder, "a.netpol")));
    }

    [Fact]
    public void A_file_that_is_not_there_is_exit_code_2() => Assert.Equal(ExitCode.Usage, Run("fmt", "missing.netpol").ExitCode);

    private Invocation Run(params string[] arguments) => Invocation.In(_folder, "", arguments);

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);

    private string Text(string file) => File.ReadAllText(Path.Combine(_folder, file));
}
