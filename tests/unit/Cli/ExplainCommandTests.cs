using System.Text.Json;
using Netpol.Cli;

namespace Netpol.Tests.Unit.Cli;

public sealed class ExplainCommandTests : IDisposable
{
    private const string Shop = """
        default namespace shop
        cluster { pods 10.244.0.0/16; families ipv4 }
        group web = pods where app == "web"
        group api = pods where app == "api"
        policy api for api { ingress { allow from web on 8080/tcp } }
        policy guard for any tier admin 10 { egress { deny to cidr 169.254.169.254; pass to any } }

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("netpol-explain").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_denial_has_the_walk_the_nearest_rule_an_edit_and_what_it_opens()
    {
        var run = Run("pod:shop/app=web@10.244.0.5 -> pod:shop/app=api@10.244.0.6 on 9090/tcp");

        Assert.Equal(
            """
            deny  pod:shop/app=web (10.244.0.5) -> pod:shop/app=api (10.244.0.6) on 9090/tcp
              egress   allow  no rule decides and no policy isolates the endpoint for egress
              ingress  deny   policy `api` selects the endpoint for ingress and no rule of it matches
            egress, step by step
              admin     shop.netpol:6:77  policy `guard`, tier admin 10: pass to any
              ordinary  no policy selects the endpoint
              baseline  no policy selects the endpoint
                        no rule decides and no policy isolates the endpoint for egress
            ingress, step by step
              admin     no policy selects the endpoint
              ordinary  policy `api` selects the endpoint for ingress and no rule of it matches
              what came closest to allow it
                shop.netpol:5:32  policy `api`: allow from web on 8080/tcp
                  not on    9090/tcp is not in `8080/tcp`
            the smallest edit that would allow it
              shop.netpol:5:32  in place of the rule: allow from web on 8080/tcp, 9090/tcp
            and all that it would change
              widened  ingress  web -> api on 9090/tcp

            """,
            run.Output);
        Assert.Equal((ExitCode.Good, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public void Json_names_the_edit_and_the_regions_that_it_changes()
    {
        var run = Run("""{"from": {"namespace": "shop", "addresses": ["10.244.0.5"]}, "to": "169.254.169.254", "port": "80/tcp"}""", "--json");

        using var document = JsonDocument.Parse(run.Output);
        var edit = Assert.Single(document.RootElement.GetProperty("remedy").GetProperty("edits").EnumerateArray());
        Assert.Equal(("insert", "allow to cidr 169.254.169.254 on 80/tcp"), (edit.GetProperty("kind").GetString(), edit.GetProperty("text").GetString()));
        var region = Assert.Single(document.RootElement.GetProperty("remedy").GetProperty("changes").EnumerateArray());
        Assert.Equal("any", region.GetProperty("from").GetProperty("set").GetString());
    }

    [Fact]
    public void What_is_allowed_has_no_edit() =>
        Assert.DoesNotContain("edit", Run("pod:shop/app=web@10.244.0.5 -> pod:shop/app=api@10.244.0.6 on 8080/tcp").Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("pod:shop/app=web", "`pod:shop/app=web` is no flow: write `FROM -> TO on PORT`")]
    [InlineData("pod:shop/app=web -> 10.0.0.1 on 80", "80/tcp")]
    [InlineData("nobody -> 10.0.0.1 on 80/tcp", "`nobody` is no end of a flow")]
    public void What_is_no_flow_is_a_usage_error(string flow, string message)
    {
        var run = Run(flow);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private Invocation Run(string flow, params string[] options)
    {
        File.WriteAllText(Path.Combine(_folder, "shop.netpol"), Shop);
        return Invocation.In(_folder, "", ["explain", "shop.netpol", flow, .. options]);
    }
}
