using System.Diagnostics;
using Netpol.Cli;
using Netpol.Tests.Support;

namespace Netpol.Tests.Unit.Cli;

/// <summary>What a hostile or unlucky person gives the command line: one line, the right exit code, nothing left behind.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Good = "group web = pods where app == \"web\"\npolicy web for web { ingress { allow from any on 80/tcp } }\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public BadInputTests() => _folder.File("good.netpol", Good);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("check", "--frob", "good.netpol", "there is no option `--frob`; `netpol check --help` shows what it takes")]
    [InlineData("load", "-x", "", "there is no option `-x`; `netpol load --help` shows what it takes")]
    [InlineData("check", "", "", "a name is empty; `netpol check --help` shows what it takes")]
    [InlineData("observe", "--last", "x", "`--last` takes a count from 0; `netpol observe --help` shows what it takes")]
    [InlineData("status", "--pins", "", "a name is empty; `netpol status --help` shows what it takes")]
    [InlineData("load", "nothing", "--state=state", "`nothing` is no bundle: there is no such folder; make one with `netpol build`")]
    public void A_slip_on_the_command_line_is_named(string command, string first, string second, string message)
    {
        var run = Run([command, first, .. second.Length == 0 && first is not "--pins" ? Array.Empty<string>() : [second]]);

        Assert.Equal((ExitCode.Usage, "", $"netpol: error: {message}\n"), (run.ExitCode, run.Output, run.Error));
        RequireNothingLeft();
    }

    [Theory]
    [InlineData("check", "pipe")]
    [InlineData("build", "pipe", "-o", "out")]
    [InlineData("test", "pipe")]
    [InlineData("import", "pipe")]
    [InlineData("eval", "good.netpol", "--flows", "pipe")]
    public async Task A_named_pipe_that_nobody_writes_to_is_refused(params string[] command)
    {
        using (var mkfifo = Process.Start("mkfifo", _folder.Of("pipe")))
        {
            await mkfifo.WaitForExitAsync();
        }

        var run = await Task.Run(() => Run(command)).WaitAsync(Patience);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("pipe` cannot be read: it is a named pipe, no file".Replace("`", command[0] == "eval" ? "" : "`"), run.Output + run.Error);
        File.Delete(_folder.Of("pipe"));
        RequireNothingLeft();
    }

    [Theory]
    [InlineData("check", "/dev/zero")]
    [InlineData("import", "/dev/zero")]
    [InlineData("eval", "good.netpol", "--flows", "/dev/zero")]
    public void A_file_without_end_is_refused(params string[] command)
    {
        var run = Run(command);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("/dev/zero", run.Output + run.Error);
        Assert.Contains("cannot be read: it is larger than 64 MiB", run.Output + run.Error);
    }

    [Fact]
    public void A_folder_without_sources_is_named_as_it_was_given()
    {
        Directory.CreateDirectory(_folder.Of("empty"));

        var run = Run("check", "empty");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.StartsWith("netpol: error NP1042: `empty` cannot be read: the folder holds no .netpol file\n", run.Output);
    }

    [Theory]
    [InlineData("a: [1, 2\nb: {", "objects.yaml:2:5: error NP5001: this is no YAML: the file ends inside a value")]
    [InlineData("a: &x [*x, *x]\n", "objects.yaml:1:8: error NP5001: this is no YAML: no anchor `x` comes before this alias")]
    [InlineData("\0\u0001\u0002", "objects.yaml:1:2: error NP5004: this is no Kubernetes object")]
    public void Broken_YAML_is_one_diagnostic_and_no_file(string text, string message)
    {
        var objects = _folder.File("objects.yaml", text);

        var run = Run("import", "objects.yaml", "-o", "out.netpol");

        Assert.Equal(ExitCode.Findings, run.ExitCode);
        Assert.StartsWith(message, run.Error);
        File.Delete(objects);
        RequireNothingLeft();
    }

    [Theory]
    [InlineData("A B")]
    [InlineData("")]
    public void A_namespace_that_cannot_be_is_refused(string name)
    {
        var run = Run("import", "good.netpol", "--namespace", name);

        Assert.Equal(
            (ExitCode.Usage, $"netpol: error: `--namespace`: `{name}` is no name of a namespace; `netpol import --help` shows what it takes\n"),
            (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("""{"from": "\ud800", "to": "10.0.0.2", "port": "80/tcp"}""", "not a JSON object: a string holds half a surrogate pair")]
    [InlineData("""{"from": "10.0.0.1", "from": "10.0.0.1"}""", "not a JSON object: Duplicate property 'from' encountered during deserialization")]
    public void A_flow_that_cannot_be_read_is_named_by_its_line(string line, string message)
    {
        _folder.File("flows.jsonl", "\n" + line);

        var run = Run("eval", "good.netpol", "--flows", "flows.jsonl");

        Assert.Equal((ExitCode.Findings, "", $"netpol: error: flows.jsonl:2: {message}\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public void A_device_is_written_to_and_not_replaced()
    {
        _folder.File("policy.yaml", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {}}\n");
        // A link, so that a mistake costs this test's folder and not the machine's device.
        File.CreateSymbolicLink(_folder.Of("null"), "/dev/null");

        var run = Run("import", "policy.yaml", "-o", "null");

        Assert.Equal(ExitCode.Good, run.ExitCode);
        Assert.Equal("/dev/null", new FileInfo(_folder.Of("null")).LinkTarget);
    }

    [Fact]
    public void A_parent_folder_that_is_missing_is_named()
    {
        _folder.File("policy.yaml", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {}}\n");

        var run = Run("import", "policy.yaml", "-o", "missing/out.netpol");

        Assert.Equal(
            (ExitCode.Environment, "netpol: error: `missing/out.netpol` cannot be written: there is no folder `missing`\n"),
            (run.ExitCode, run.Error));
    }

    [Fact]
    public void Output_that_cannot_be_written_is_one_line_and_exit_code_3()
    {
        using var full = new StreamWriter(new FailingStream(new IOException("the disk is full")));
        using var error = new StringWriter();

        var code = new CommandHost(new Terminal(TextReader.Null, full, error) { WorkingDirectory = _folder.Path }).Run(["check", "good.netpol"]);

        Assert.Equal((ExitCode.Environment, "netpol: error: the disk is full\n"), (code, error.ToString()));
    }

    [Fact]
    public void A_reader_that_has_gone_is_no_failure()
    {
        using var gone = new StreamWriter(new FailingStream(new ReaderGoneException()));
        using var error = new StringWriter();

        var code = new CommandHost(new Terminal(TextReader.Null, gone, error) { WorkingDirectory = _folder.Path }).Run(["check", "good.netpol"]);

        Assert.Equal((ExitCode.Good, ""), (code, error.ToString()));
    }

    private void RequireNothingLeft() => Assert.Equal(["good.netpol"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));

    private Invocation Run(params string[] arguments) => Invocation.In(_folder.Path, "", arguments);

    /// <summary>Fails once, as <see cref="StandardStream"/> does.</summary>
    private sealed class FailingStream(IOException failure) : MemoryStream
    {
        private bool _hasFailed;

        public override void Write(ReadOnlySpan<byte> buffer) => Write([], 0, 0);

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (!_hasFailed)
            {
                _hasFailed = true;
                throw failure;
            }
        }
    }
}
