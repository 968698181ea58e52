using System.Diagnostics;
using Netpol.Tests.EndToEnd.Rig;
using Netpol.Tests.Support;

namespace Netpol.Tests.EndToEnd.BadInput;

/// <summary>
/// The programs as people have them, where only a process of its own shows what happens: its streams, its rights, its
/// environment. One line, the right exit code, no stack trace, nothing left behind.
/// </summary>
public sealed class ProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ProgramTests()
    {
        // Where somebody without rights may look and run them.
        Run("chmod 755 .");
        File.Copy(Product.Cli, _folder.Of("netpol"));
        File.Copy(Product.Plugin, _folder.Of("netpol-cni"));
        _folder.File("good.netpol", "group web = pods where app == \"web\"\npolicy web for web { ingress { allow from any on 80/tcp } }\n");
        _folder.File("long.netpol", new string('x', 10_000_000));
        Directory.CreateDirectory(_folder.Of("empty"));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("./netpol check good.netpol >/dev/full", 3, "netpol: error: the output cannot be written: No space left on device")]
    [InlineData("./netpol check good.netpol >&-", 3, "netpol: error: the output cannot be written: ")]
    [InlineData("./netpol check good.netpol >/dev/null 2>&-", 0, "")]
    [InlineData("./netpol import - <&-", 1, "(input):1:1: error NP5021: there is no object in this file")]
    [InlineData("./netpol build long.netpol -o out", 1, "long.netpol:1:1: error NP1025: a name, literal or quoted text may have 1000 characters at most")]
    [InlineData("./netpol build good.netpol -o good.netpol/out", 3, "netpol: error NP4606: the bundle cannot be written to ")]
    [InlineData("NETPOL_CLANG=/nonexistent ./netpol build good.netpol -o out", 3, "netpol: error NP4602: NETPOL_CLANG names `/nonexistent`")]
    [InlineData("PATH=/nonexistent ./netpol build good.netpol -o out", 3, "netpol: error NP4601: no clang that can make BPF code was found")]
    [InlineData("./netpol load empty --pins $PWD/pins --state $PWD/state", 3, "netpol: error: `$PWD/pins` is not on a bpffs; mount one with ")]
    [InlineData("setpriv --reuid 65534 --clear-groups ./netpol status", 3, "netpol: error: a node's datapath is the kernel's: run as root")]
    [InlineData("setpriv --reuid 65534 --clear-groups ./netpol load empty", 3, "netpol: error: a node's datapath is the kernel's: run as root")]
    [InlineData("setpriv --reuid 65534 --clear-groups ./netpol build good.netpol -o out", 3, "netpol: error NP4606: the bundle cannot be written to ")]
    [InlineData("CNI_COMMAND=VERSION ./netpol-cni </dev/null >/dev/full", 1, "netpol-cni: standard input or output fails: No space left on device")]
    public void One_diagnostic_and_the_right_exit_code(string script, int code, string message)
    {
        var before = Entries();

        var run = Run(script);

        Assert.Equal(code, run.Code);
        Assert.StartsWith(message.Replace("$PWD", _folder.Path), run.Error);
        Assert.DoesNotContain("   at ", run.Error);
        Assert.DoesNotContain("Unhandled", run.Error);
        Assert.InRange(run.Error.Split('\n').Count(line => line.Contains("error NP", StringComparison.Ordinal)), 0, 1);
        Assert.Equal(before, Entries());
    }

    [Fact]
    public void A_reader_that_has_gone_is_no_failure()
    {
        var run = Run("""
            i=0; while [ $i -lt 20000 ]; do echo "{\"from\":\"10.0.0.1\",\"to\":\"10.0.0.2\",\"port\":\"80/tcp\"}"; i=$((i+1)); done >flows.jsonl
            { ./netpol eval good.netpol --flows flows.jsonl; echo "code $?" >&2; } | head -1
            """);

        Assert.Equal("code 0\n", run.Error);
    }

    private List<string> Entries() => [.. Directory.EnumerateFileSystemEntries(_folder.Path).Order(StringComparer.Ordinal)];

    private (int Code, string Error) Run(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("no shell");
        var output = shell.StandardOutput.ReadToEndAsync();
        var error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        _ = output.Result;
        return (shell.ExitCode, error);
    }
}
