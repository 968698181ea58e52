using System.Text.Json;
using Netpol.Cli;

namespace Netpol.Tests.Unit.Cli;

public sealed class DiffCommandTests : IDisposable
{
    private const string Old = """
        default namespace shop
        cluster { pods 10.244.0.0/16; families ipv4 }
        group web = pods where app == "web"
        group api = pods where app == "api"
        policy api for api { ingress { allow from web on 8080/tcp } }

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("netpol-diff").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_did_not_change_is_said_in_one_line()
    {
        var run = Run(Old, "// moved\n\n" + Old);

        Assert.Equal((ExitCode.Good, "no connection is judged differently\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public void A_region_has_both_sides_with_their_rules_and_an_example()
    {
        var run = Run(Old, Old.Replace("8080/tcp", "8080-8081/tcp", StringComparison.Ordinal));

        Assert.Equal(
            """
            widened  ingress  web -> api on 8081/tcp
              was      deny    old.netpol:5:1  policy `api` selects, and no rule matches
              is       allow   new.netpol:5:32  allow from web on 8080-8081/tcp
              example  pod:shop/app=web (10.244.0.2) -> pod:shop/app=api (10.244.0.1) on 8081/tcp: deny -> allow
            1 region: 1 widened, 0 narrowed

            """,
            run.Output);
    }

    [Fact]
    public void Json_has_a_region_whose_witness_eval_judges_so()
    {
        var run = Run(Old, Old.Replace("allow from web", "reject from web", StringComparison.Ordinal) + "policy more for api { ingress { allow from any on icmp } }", "--json");

        using var document = JsonDocument.Parse(run.Output);
        var regions = document.RootElement.GetProperty("regions").EnumerateArray().ToList();
        Assert.Equal(["narrowed", "widened"], regions.Select(region => region.GetProperty("change").GetString()).Order());
        Assert.All(regions, region =>
        {
            File.WriteAllText(Path.Combine(_folder, "flows.jsonl"), region.GetProperty("witness").GetRawText().ReplaceLineEndings(" "));
            foreach (var side in new[] { "old", "new" })
            {
                var eval = Invocation.In(_folder, "", "eval", $"{side}.netpol", "--flows", "flows.jsonl", "--json");
                using var judged = JsonDocument.Parse(eval.Output);
                var direction = region.GetProperty("direction").GetString() ?? "";
                Assert.Equal(region.GetProperty(side).GetProperty("verdict").GetString(), judged.RootElement.GetProperty(direction).GetProperty("verdict").GetString());
            }
        });
    }

    [Theory]
    [InlineData("allow from web on 8080-8081/tcp", "widened", ExitCode.Findings)]
    [InlineData("allow from web on 8080-8081/tcp", "narrowed", ExitCode.Good)]
    [InlineData("allow from web on 8080-8081/tcp", "any", ExitCode.Findings)]
    [InlineData("allow from web on 8081/tcp", "narrowed", ExitCode.Findings)]
    [InlineData("allow from web on 8080/tcp", "any", ExitCode.Good)]
    public void Fail_on_decides_the_exit_code(string rule, string failOn, int expected)
    {
        var run = Run(Old, Old.Replace("allow from web on 8080/tcp", rule, StringComparison.Ordinal), "--fail-on", failOn);

        Assert.Equal(expected, run.ExitCode);
    }

    [Fact]
    public void Sources_with_errors_are_not_compared()
    {
        var run = Run(Old, Old.Replace("web on", "wep on", StringComparison.Ordinal));

        Assert.Equal((ExitCode.Findings, ""), (run.ExitCode, run.Output));
        Assert.Contains("new.netpol:5:43: error NP2002", run.Error, StringComparison.Ordinal);
    }

    private Invocation Run(string old, string @new, params string[] options)
    {
        File.WriteAllText(Path.Combine(_folder, "old.netpol"), old);
        File.WriteAllText(Path.Combine(_folder, "new.netpol"), @new);
        return Invocation.In(_folder, "", ["diff", "old.netpol", "new.netpol", .. options]);
    }
}
