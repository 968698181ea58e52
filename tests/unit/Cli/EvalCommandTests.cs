using System.Text.Json;
using Netpol.Cli;

namespace Netpol.Tests.Unit.Cli;

public sealed class EvalCommandTests : IDisposable
{
    private const string Shop = """
        default namespace shop
        cluster { pods 10.244.0.0/16; nodes 192.168.0.0/24 }
        group web = pods where app == "web"
        group api = pods where app == "api"
        policy api for api {
            ingress {
                allow from web on port http
                deny from cidr 10.20.9.9
            }
        }
        policy outside for pods in namespaces (env == "closed") { egress { } }
        service checkout { address 10.96.0.10; port http 80/tcp -> 8080; backends api }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("netpol-eval").FullName;

    public EvalCommandTests() => File.WriteAllText(Path.Combine(_folder, "shop.netpol"), Shop);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_flow_is_answered_with_both_verdicts_the_rules_place_and_the_reason()
    {
        var run = One("pod:shop/app=web", "pod:shop/app=api#http=8080/tcp", "8080/tcp", "--json");

        Assert.Equal((ExitCode.Good, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            """
            {"verdict":"allow","egress":{"verdict":"allow","rule":null,"reason":"no policy selects the endpoint for egress"},"ingress":{"verdict":"allow","rule":"shop.netpol:7:9","reason":"policy `api`: allow from web on port http"}}

            """,
            run.Output);
    }

    [Fact]
    public void For_people_the_answer_says_what_was_taken_for_granted()
    {
        var run = One("10.20.9.9", "pod:shop/app=api", "80/tcp");

        Assert.Equal(
            """
            deny  10.20.9.9 -> pod:shop/app=api (10.244.0.2) on 80/tcp
              egress   allow  10.20.9.9 is no endpoint: no policy is asked
              ingress  deny   shop.netpol:8:9  policy `api`: deny from cidr 10.20.9.9
              note     pod:shop/app=api was given no address: 10.244.0.2 is taken for it

            """,
            run.Output);
    }

    [Fact]
    public void A_service_goes_to_the_endpoints_that_are_there()
    {
        var without = One("pod:shop/app=web", "10.96.0.10", "80/tcp", "--json");
        var with = One("pod:shop/app=web", "10.96.0.10", "80/tcp", "--with", "pod:shop/app=api#http=8080/tcp");

        Assert.Equal("reject", Verdict(without.Output));
        Assert.StartsWith("allow  pod:shop/app=web (10.244.0.1) -> 10.96.0.10 on 80/tcp\n  through  service checkout -> 10.244.0.3 8080/tcp\n", with.Output);
    }

    [Theory]
    [InlineData("pod:shop/app=web", "pod:shop/app=api", "8080", "--port: `8080` is no port of a flow: write it as `8080/tcp`, `icmp`, `icmp(3, 4)`, `icmpv6(128)` or `protocol 47`")]
    [InlineData("pod:shop/app=web", "10.0.0", "80/tcp", "--to: `10.0.0` is no end of a flow: write an address, or `pod:namespace/key=value,key=value`, with `@10.0.0.5,fd00::5` behind it for its addresses")]
    [InlineData("pod:shop/app", "10.0.0.1", "80/tcp", "--from: `app` is no label, or its key is there twice: write `key=value`")]
    [InlineData("pod:shop/a=b@10.0.0.x", "10.0.0.1", "80/tcp", "--from: `10.0.0.x` is no IP address")]
    [InlineData("pod:shop/a=b#http", "10.0.0.1", "80/tcp", "--from: `http` is no named port: write `http=8080/tcp`")]
    [InlineData("10.0.0.1", "fd00::1", "80/tcp", "the two ends have no address of one family")]
    [InlineData("fd00::2", "fd00::1", "icmp", "`icmp(8, 0)` is IPv4's, and the ends have no addresses of that family in common")]
    public void A_question_that_makes_no_sense_is_one_line_and_exit_code_2(string from, string to, string port, string message)
    {
        var run = One(from, to, port);

        Assert.Equal((ExitCode.Usage, "", $"netpol: error: {message}\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData]
    [InlineData("--from", "10.0.0.1")]
    [InlineData("--from", "10.0.0.1", "--flows", "x.jsonl")]
    public void Either_one_flow_or_a_file_of_them_is_asked_for(params string[] options)
    {
        var run = Run(["eval", "shop.netpol", .. options]);

        Assert.Equal((ExitCode.Usage, "netpol: error: `eval` takes either --from, --to and --port, or --flows\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public void A_file_of_flows_gives_a_line_for_each_in_their_order()
    {
        var run = Flows("""
            {"from": {"namespace": "shop", "labels": {"app": "web"}, "addresses": ["10.244.0.1"]}, "to": {"namespace": "shop", "labels": {"app": "api"}, "addresses": ["10.244.0.2"], "ports": {"http": "8080/tcp", "dns": ["53/udp", "53/tcp"]}}, "port": "8080/tcp"}
            {"from": "10.20.9.9", "to": {"namespace": "shop", "labels": {"app": "api"}, "addresses": ["10.244.0.2"]}, "port": "80/tcp"}
            {"from": {"namespace": "n", "namespaceLabels": {"env": "closed"}, "labels": {}, "addresses": ["10.244.0.3"]}, "to": "192.0.2.1", "port": "icmp"}
            {"from": "192.0.2.1", "to": "10.244.0.9", "port": "53/udp"}
            """);

        Assert.Equal(["allow", "deny", "deny", "allow"], run.Output.TrimEnd('\n').Split('\n').Select(Verdict));
        Assert.Equal((ExitCode.Good, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public void An_address_that_the_other_end_has_means_that_endpoint()
    {
        var run = Flows("""{"from": {"namespace": "n", "namespaceLabels": {"env": "closed"}, "addresses": ["10.244.0.3"]}, "to": "10.244.0.3", "port": "80/tcp"}""");

        Assert.Contains("both ends are one endpoint", run.Output);
    }

    [Fact]
    public void Two_ends_written_alike_are_one_endpoint_by_their_address_and_two_without()
    {
        const string With = """{"namespace": "n", "namespaceLabels": {"env": "closed"}, "addresses": ["10.244.0.3"]}""";
        const string Without = """{"namespace": "n", "namespaceLabels": {"env": "closed"}}""";

        Assert.Equal("allow", Verdict(Flows($$"""{"from": {{With}}, "to": {{With}}, "port": "80/tcp"}""").Output));
        Assert.Equal("deny", Verdict(Flows($$"""{"from": {{Without}}, "to": {{Without}}, "port": "80/tcp"}""").Output));
    }

    [Theory]
    [InlineData("{", "not a JSON object: ")]
    [InlineData("[]", "a flow is a JSON object with `from`, `to` and `port`")]
    [InlineData("""{"from": "10.0.0.1", "to": "10.0.0.2"}""", "`port` is missing")]
    [InlineData("""{"from": "10.0.0.1", "to": "10.0.0.2", "port": 80}""", "`port` holds a number where a string is expected")]
    [InlineData("""{"from": "x", "to": "10.0.0.2", "port": "80/tcp"}""", "`from`: `x` is no end of a flow")]
    [InlineData("""{"from": "10.0.0.1", "to": {"labels": {}}, "port": "80/tcp"}""", "`namespace` is missing")]
    [InlineData("""{"from": "10.0.0.1", "to": {"namespace": "n", "label": {}}, "port": "80/tcp"}""", "`to` has no field `label`")]
    [InlineData("""{"from": "10.0.0.1", "to": {"namespace": "n", "addresses": "10.0.0.2"}, "port": "80/tcp"}""", "`addresses` holds a string where a list is expected")]
    [InlineData("""{"from": "10.0.0.1", "to": {"namespace": "n", "ports": {"http": "80"}}, "port": "80/tcp"}""", "`80` is no port: write `8080/tcp`")]
    [InlineData("""{"from": "10.0.0.1", "to": "10.0.0.2", "to": "10.0.0.3", "port": "80/tcp"}""", "not a JSON object: ")]
    [InlineData("null", "a flow is a JSON object with `from`, `to` and `port`")]
    public void A_malformed_line_is_named_by_its_number_and_nothing_is_half_done(string line, string message)
    {
        var run = Flows("""{"from": "10.0.0.1", "to": "10.0.0.2", "port": "80/tcp"}""" + "\n" + line);

        Assert.Equal((ExitCode.Findings, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"netpol: error: flows.jsonl:2: {message}", run.Error);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Flows_are_read_from_the_standard_input_too()
    {
        var run = Invocation.In(_folder, """{"from": "10.0.0.1", "to": "10.0.0.2", "port": "80/tcp"}""", "eval", "shop.netpol", "--flows", "-", "--json");

        Assert.Equal("allow", Verdict(run.Output));
    }

    [Fact]
    public void A_file_of_flows_that_is_not_there_is_one_line_and_exit_code_2()
    {
        var run = Run(["eval", "shop.netpol", "--flows", "none.jsonl", "--json"]);

        Assert.Equal((ExitCode.Usage, "netpol: error: none.jsonl cannot be read: there is no such file\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public void Sources_with_errors_are_not_evaluated()
    {
        File.WriteAllText(Path.Combine(_folder, "shop.netpol"), "policy p for nobody { ingress { } }");

        var run = One("10.0.0.1", "10.0.0.2", "80/tcp");

        Assert.Equal((ExitCode.Findings, ""), (run.ExitCode, run.Output));
        Assert.Contains("shop.netpol:1:14: error NP2", run.Error);
    }

    private static string? Verdict(string line) => JsonDocument.Parse(line).RootElement.GetProperty("verdict").GetString();

    private Invocation One(string from, string to, string port, params string[] more) =>
        Run(["eval", "shop.netpol", "--from", from, "--to", to, "--port", port, .. more]);

    private Invocation Flows(string lines)
    {
        File.WriteAllText(Path.Combine(_folder, "flows.jsonl"), lines);
        return Run(["eval", "shop.netpol", "--flows", "flows.jsonl", "--json"]);
    }

    private Invocation Run(string[] arguments) => Invocation.In(_folder, "", arguments);
}
