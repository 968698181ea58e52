using System.Text;
using System.Text.Json;
using Netpol.Cli;

namespace Netpol.Tests.Unit.Cli;

/// <summary><c>check --fix</c> on files.</summary>
public sealed class FixTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("netpol-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Fixes_are_written_into_all_files_until_none_is_left()
    {
        // The prefix is only looked at once the statement parses.
        Write("base/groups.netpol", "group office = 10.1.0.0/8\r\ngroup web = pods where app = \"web\"   // é\r\n");
        Write("shop.netpol", "import \"base/groups.netpol\"\npolicy web for wbe { ingress { allow from office on 8080 } }\n");

        var run = Run("check", "shop.netpol", "--fix");

        Assert.Equal((ExitCode.Good, "2 files: 0 errors, 0 warnings, 5 fixed\n"), (run.ExitCode, run.Output));
        Assert.Equal("group office = cidr 10.0.0.0/8\r\ngroup web = pods where app == \"web\"   // é\r\n", Read("base/groups.netpol"));
        Assert.Equal("import \"base/groups.netpol\"\npolicy web for web { ingress { allow from office on 8080/tcp } }\n", Read("shop.netpol"));
        Assert.Equal(
            [
                "base/groups.netpol:1:16: fixed NP1027: wrote `cidr 10.1.0.0/8`", "base/groups.netpol:1:21: fixed NP2008: wrote `10.0.0.0/8`",
                "base/groups.netpol:2:28: fixed NP1021: wrote `==`", "shop.netpol:2:16: fixed NP2002: wrote `web`",
                "shop.netpol:2:53: fixed NP1014: wrote `8080/tcp`",
            ],
            run.Error.TrimEnd().Split('\n').Order(StringComparer.Ordinal));
        var again = Run("check", "shop.netpol", "--fix");
        Assert.Equal((ExitCode.Good, "2 files: 0 errors, 0 warnings\n", ""), (again.ExitCode, again.Output, again.Error));
    }

    [Fact]
    public void What_has_no_fix_is_reported_about_the_fixed_file()
    {
        Write("a.netpol", "group a = cidr 10.1.0.0/8\ngroup b = nonsense-beyond-repair\n");

        var run = Run("check", "a.netpol", "--fix", "--format", "json");

        Assert.Equal(ExitCode.Findings, run.ExitCode);
        Assert.Equal("a.netpol:1:16: fixed NP2008: wrote `10.0.0.0/8`\n", run.Error);
        var diagnostic = Assert.Single(JsonDocument.Parse(run.Output).RootElement.GetProperty("diagnostics").EnumerateArray());
        Assert.Equal("NP2002", diagnostic.GetProperty("id").GetString());
    }

    [Fact]
    public void A_name_is_not_guessed_while_its_declaration_may_be_in_what_does_not_parse()
    {
        Write("a.netpol", "group front = pods where\ngroup front2 = pods\npolicy p for front3 { ingress { allow from any on 80 } }\n");

        var run = Run("check", "a.netpol", "--fix");

        Assert.Equal(ExitCode.Findings, run.ExitCode);
        Assert.Equal("a.netpol:3:51: fixed NP1014: wrote `80/tcp`\n", run.Error);
        Assert.Contains("for front3", Read("a.netpol"));
    }

    [Fact]
    public void Without_the_option_no_file_is_touched()
    {
        Write("a.netpol", "group a = cidr 10.1.0.0/8\n");

        var run = Run("check", "a.netpol");

        Assert.Equal(ExitCode.Findings, run.ExitCode);
        Assert.Equal("group a = cidr 10.1.0.0/8\n", Read("a.netpol"));
    }

#pragma warning disable CA1416 // Nothing here runs anywhere but on Linux.
    [Fact]
    public void A_byte_order_mark_the_mode_and_a_link_stay()
    {
        var real = Path.Combine(_folder, "real.netpol");
        File.WriteAllBytes(real, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("group a = cidr 10.1.0.0/8\n")]);
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead;
        File.SetUnixFileMode(real, mode);
        File.CreateSymbolicLink(Path.Combine(_folder, "link.netpol"), "real.netpol");

        var run = Run("check", "link.netpol", "--fix");

        Assert.Equal(ExitCode.Good, run.ExitCode);
        Assert.Equal([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("group a = cidr 10.0.0.0/8\n")], File.ReadAllBytes(real));
        Assert.Equal(mode, File.GetUnixFileMode(real));
        Assert.Equal("real.netpol", new FileInfo(Path.Combine(_folder, "link.netpol")).LinkTarget);
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder).Length);
    }
#pragma warning restore CA1416

    private Invocation Run(params string[] arguments) => Invocation.In(_folder, "", arguments);

    private string Read(string path) => File.ReadAllText(Path.Combine(_folder, path));

    private void Write(string path, string text)
    {
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full) ?? _folder);
        File.WriteAllText(full, text);
    }
}
