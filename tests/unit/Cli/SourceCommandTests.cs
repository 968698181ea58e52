using System.Text.Json;
using Netpol.Cli;

namespace Netpol.Tests.Unit.Cli;

/// <summary><c>check</c> and <c>build</c> on files, and <c>import</c>; each in a folder of its own that is gone afterwards.</summary>
public sealed class SourceCommandTests : IDisposable
{
    private const string Good = "group web = pods where app == \"web\"\npolicy web for web { ingress { allow from any on 80/tcp } }\n";
    private const string Bad = "policy web for wbe { ingress { } }\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("netpol-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_good_file_is_checked_with_its_imports()
    {
        Write("base/groups.netpol", "group web = pods where app == \"web\"\n");
        Write("shop.netpol", "import \"base/groups.netpol\"\npolicy web for web { ingress { } }\n");

        var run = Run("check", "shop.netpol");

        Assert.Equal((ExitCode.Good, "2 files: 0 errors, 0 warnings\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public void A_mistake_is_exit_code_1_in_every_format()
    {
        Write("policies/bad.netpol", Bad);

        var human = Run("check", "policies");
        var msbuild = Run("check", "policies", "--format", "msbuild");
        var json = Run("check", "policies/bad.netpol", "--format", "json");
        var sarif = Run("check", "policies/bad.netpol", "--format", "sarif");

        Assert.All(new[] { human, msbuild, json, sarif }, run => Assert.Equal((ExitCode.Findings, ""), (run.ExitCode, run.Error)));
        Assert.StartsWith("policies/bad.netpol:1:16: error NP2", human.Output);
        Assert.EndsWith("1 file: 1 error, 0 warnings\n", human.Output);
        Assert.StartsWith("policies/bad.netpol(1,16): error NP2", msbuild.Output);
        Assert.Equal(1, JsonDocument.Parse(json.Output).RootElement.GetProperty("errors").GetInt32());
        Assert.Equal("2.1.0", JsonDocument.Parse(sarif.Output).RootElement.GetProperty("version").GetString());
    }

    [Fact]
    public void A_bundle_of_bytecode_shows_its_instructions_under_the_rules()
    {
        Write("shop.netpol", Good);

        var build = Run("build", "shop.netpol", "-o", "out", "--backend", "bytecode", "--verdicts", "code");
        var all = Run("disasm", "out");
        var one = Run("disasm", "out", "--function", "egress_verdict");
        var none = Run("disasm", "out", "-f", "nobody");

        Assert.Equal((ExitCode.Good, ""), (build.ExitCode, build.Error));
        Assert.StartsWith("verdicts: in code, because the build asked for it\n\n", all.Output);
        Assert.Contains("\ningress_verdict:\n", all.Output);
        Assert.Matches(@"; allow from any on 80/tcp @ shop.netpol:2\n +[0-9]+: \(71\) r2 = \*\(u8 \*\)\(r6 \+20\)\n", all.Output);
        Assert.StartsWith("egress_verdict:\n", one.Output);
        Assert.DoesNotContain("ingress_verdict:", one.Output);
        Assert.Equal(ExitCode.Usage, none.ExitCode);
        Assert.StartsWith("netpol: error: there is no function `nobody`; there are ", none.Error);
    }

    [Fact]
    public void What_was_weighed_stands_before_the_instructions()
    {
        Write("shop.netpol", Good);
        Run("build", "shop.netpol", "-o", "out", "--backend", "bytecode");

        var run = Run("disasm", "out");

        Assert.StartsWith("verdicts: in tables\nweighed: a first packet takes 4 look-ups in tables and at most ", run.Output);
        Assert.Contains("weighed: a first packet takes 4 look-ups", File.ReadAllText(Path.Combine(_folder, "out", "listing.txt")));
    }

    [Fact]
    public void What_is_no_bundle_is_not_disassembled()
    {
        Write("shop.netpol", Good);

        var run = Run("disasm", ".");

        Assert.Equal((ExitCode.Usage, "netpol: error: `.` is no bundle: it has no `datapath.bpf.o`; make one with `netpol build`\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public void An_import_from_above_the_file_named_is_found()
    {
        Write("shared.netpol", "group web = pods where app == \"web\"\n");
        Write("team/shop.netpol", "import \"../shared.netpol\"\npolicy web for web { ingress { } }\n");

        var run = Run("check", "team/shop.netpol");

        Assert.Equal((ExitCode.Good, "2 files: 0 errors, 0 warnings\n"), (run.ExitCode, run.Output));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("build", "-o", "out")]
    public void A_file_that_is_not_there_is_one_diagnostic_and_exit_code_2(params string[] command)
    {
        var run = Run([.. command, "nothing.netpol"]);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("error NP1042: `nothing.netpol` cannot be read: there is no such file", run.Output + run.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void A_folder_without_sources_says_so()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));

        var run = Run("check", "empty");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("the folder holds no .netpol file", run.Output);
    }

    [Fact]
    public void Bytes_that_are_no_text_and_a_line_of_ten_megabytes_end_in_diagnostics()
    {
        File.WriteAllBytes(Path.Combine(_folder, "noise.netpol"), [0xff, 0xfe, 0x00, 0x80, 0x0a]);
        Write("long.netpol", "group a = " + new string('x', 10 << 20));

        var noise = Run("check", "noise.netpol");
        var longLine = Run("check", "long.netpol");

        Assert.All(new[] { noise, longLine }, run => Assert.Equal(ExitCode.Findings, run.ExitCode));
        Assert.All(new[] { noise, longLine }, run => Assert.InRange(run.Output.Length, 1, 4096));
    }

    [Fact]
    public void Build_writes_nothing_where_the_source_has_a_mistake()
    {
        Write("bad.netpol", Bad);

        var run = Run("build", "bad.netpol", "-o", "out");

        Assert.Equal(ExitCode.Findings, run.ExitCode);
        Assert.Contains("error NP2", run.Error);
        Assert.False(Directory.Exists(Path.Combine(_folder, "out")));
    }

    [Fact]
    public void Build_says_what_is_in_the_bundle()
    {
        Write("shop.netpol", Good);

        var run = Run("build", "shop.netpol", "-o", "out");

        Assert.Equal((ExitCode.Good, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"\Aout: \d+ sets?, \d+ prefix(es)?, 1 policy, 1 rule, 0 services \(digest [0-9a-f]{12}\)\n\d+ groups?, 1 rule → \d+ address class(es)?, \d+ port class(es)?, up to \d+ bytes of tables\nat most: \d+ bytes of maps, \d+ bytes of stack, \d+ instructions and \d+ tail calls a packet, \d+ events a second\n\z", run.Output);
        Assert.True(File.Exists(Path.Combine(_folder, "out/manifest.json")));
    }

    [Fact]
    public void Import_writes_a_file_that_check_takes()
    {
        Write("p.yaml", Policy("web"));

        var import = Run("import", "p.yaml", "-o", "p.netpol");
        var check = Run("check", "p.netpol");

        Assert.Equal((ExitCode.Good, "p.netpol: 1 policy, 0 services, 0 namespaces, 1 group\n", ""), (import.ExitCode, import.Output, import.Error));
        Assert.Equal(ExitCode.Good, check.ExitCode);
        Assert.Equal(["p.netpol", "p.yaml"], Directory.EnumerateFiles(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Import_reads_the_input_stream_and_writes_the_output_stream()
    {
        var run = Invocation.In(_folder, Policy("web"), "import", "-");

        Assert.Equal((ExitCode.Good, ""), (run.ExitCode, run.Error));
        Assert.Contains("policy p for web {\n", run.Output);
    }

    [Fact]
    public void Import_with_a_mistake_writes_nothing_and_is_exit_code_1()
    {
        Write("p.yaml", Policy("\"-web\""));

        var run = Run("import", "p.yaml", "-o", "p.netpol");

        Assert.Equal((ExitCode.Findings, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("p.yaml:5:41: error NP5008: ", run.Error);
        Assert.EndsWith("netpol: error: nothing is written: 1 error, 0 warnings\n", run.Error);
        Assert.False(File.Exists(Path.Combine(_folder, "p.netpol")));
    }

    [Fact]
    public void Export_writes_objects_that_import_takes()
    {
        Write("p.netpol", "policy p for pods where app == \"web\" { ingress { allow from any on 80/tcp } }\n");

        var export = Run("export", "p.netpol", "-o", "p.yaml");
        var import = Run("import", "p.yaml");

        Assert.Equal(
            (ExitCode.Good, "p.yaml: 1 network policy, 0 cluster network policies, 0 services, 0 namespaces\n", ""),
            (export.ExitCode, export.Output, export.Error));
        Assert.Contains("policy p for web {\n    ingress {\n        allow from any on 80/tcp\n", import.Output);
    }

    [Fact]
    public void Export_of_what_kubernetes_cannot_say_writes_nothing_and_is_exit_code_1()
    {
        Write("p.netpol", "policy p for pods { ingress { allow from world } }\n");

        var run = Run("export", "p.netpol", "-o", "p.yaml");

        Assert.Equal((ExitCode.Findings, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("p.netpol:1:31: error NP5101: the rule's peer cannot be said in NetworkPolicy: it has no peer for `world`\n", run.Error);
        Assert.False(File.Exists(Path.Combine(_folder, "p.yaml")));
    }

    [Theory]
    [InlineData("missing.yaml", "`missing.yaml` cannot be read: there is no such file")]
    [InlineData(".", "`.` cannot be read: it is a folder; name the files in it")]
    public void Import_of_what_is_no_file_is_exit_code_2(string file, string message)
    {
        var run = Run("import", file);

        Assert.Equal((ExitCode.Usage, $"netpol: error: {message}\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public void Import_to_a_folder_that_is_not_there_is_exit_code_3_and_leaves_nothing()
    {
        Write("p.yaml", Policy("web"));

        var run = Run("import", "p.yaml", "-o", "no/such/p.netpol");

        Assert.Equal(ExitCode.Environment, run.ExitCode);
        Assert.StartsWith("netpol: error: `no/such/p.netpol` cannot be written: ", run.Error);
        Assert.Equal(["p.yaml"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    private static string Policy(string label) =>
        $"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{ name: p }}\nspec:\n  podSelector: {{ matchLabels: {{ app:    {label} }} }}\n";

    private Invocation Run(params string[] arguments) => Invocation.In(_folder, "", arguments);

    private void Write(string path, string text)
    {
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
