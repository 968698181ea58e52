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
    public void Two_endpoints_do_not_have_one_address()
    {
        const string Closed = """
            cluster { pods 10.0.0.0/24 }
            policy i for any { ingress { allow from cidr 10.0.0.2 } }
            policy e for any { egress { } }

            """;

        var run = Run(Closed, Closed.Replace("egress { }", "egress { allow to cidr 10.0.0.2 }", StringComparison.Ordinal));

        Assert.Equal(
            """
            widened  egress  any -> cidr 10.0.0.2
              was      deny    old.netpol:3:1  policy `e` selects, and no rule matches
              is       allow   new.netpol:3:29  allow to cidr 10.0.0.2
              but      of some of them the other end's verdict is the answer before and after
              example  pod:elsewhere/ (10.0.0.1) -> 10.0.0.2 on 80/tcp: deny -> allow
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
    public void Services_and_qos_are_compared_by_what_they_mean()
    {
        const string Was = """
            service s { address 10.96.0.1; port 80/tcp; backends api; nodeport http 30080; loadbalancer 203.0.113.7 from cidr 10.0.0.0/8; affinity client-ip 3h }
            qos a for web { egress 10Mbit/s }
            qos b for pods in any namespace { egress 20Mbit/s; priority burstable }

            """;
        var was = Old + Was.Replace("port 80/tcp", "port http 80/tcp", StringComparison.Ordinal);
        var becomes = was
            .Replace("backends api", "backends pods where app in (\"api\")", StringComparison.Ordinal)
            .Replace("10.0.0.0/8", "10.0.0.0/9, 10.128.0.0/9", StringComparison.Ordinal)
            .Replace("30080", "30081", StringComparison.Ordinal)
            .Replace("affinity client-ip 3h", "balance maglev; locality prefer node", StringComparison.Ordinal)
            .Replace("qos a for web", "qos a for web | api", StringComparison.Ordinal);

        var run = Run(was, becomes);

        Assert.Equal(
            """
            service `s`: node port 30080 to 80/tcp is gone; node port 30081 to 80/tcp is new; balance was `random` and is `maglev`; affinity was `10800s` and is `none`; locality was `none` and is `node`
            qos  api
              was      egress 20000000bit/s; priority burstable
              is       egress 10000000bit/s; priority burstable
            0 regions: 0 widened, 0 narrowed; 1 service; qos of 1 set of endpoints

            """,
            run.Output);
        Assert.Equal(ExitCode.Good, Run(was, becomes, "--fail-on", "widened").ExitCode);
        Assert.Equal(ExitCode.Findings, Run(was, becomes, "--fail-on", "any").ExitCode);
        using var document = JsonDocument.Parse(Run(was, becomes, "--json").Output);
        Assert.Equal("10000000bit/s", Assert.Single(document.RootElement.GetProperty("qos").EnumerateArray()).GetProperty("new").GetProperty("egress").GetString());
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
