using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Netpol.Lab;
using Netpol.Lab.Traffic;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Policies;

/// <summary>What changes while packets flow: policy, backends; and what is seen of it.</summary>
public sealed class ChangeTests
{
    private const string Policy = """
        default namespace shop
        cluster { services 10.96.0.0/12, fd00:96::/112 }
        group web   = pods where app == "web"
        group batch = pods where app == "batch"
        group api   = pods where app == "api"
        policy api for api {
            ingress {
                allow from web | batch on 8080/tcp, 8081/udp
                deny from web on 9090/tcp log
            }
        }
        service checkout {
            address 10.96.0.10, fd00:96::10
            port 80/tcp -> 8080
            port 81/udp -> 8081
            backends api
            balance random
        }
        observe { drops all }
        """;

    private static readonly IPAddress Checkout4 = IPAddress.Parse("10.96.0.10");
    private static readonly IPAddress Checkout6 = IPAddress.Parse("fd00:96::10");

    [Fact]
    public void A_reload_keeps_what_stays_allowed_and_stops_what_does_not()
    {
        using var node = PolicyNode.Start(Policy);
        var (web, batch, api) = (node.Add("web", ("app", "web")), node.Add("batch", ("app", "batch")), node.Add("api", ("app", "api")));
        using var servers = new Servers(api, tcp: [8080]);
        using var kept = LabConnection.TryOpen(web, Checkout4, 80, Probe.DefaultTimeout)!;
        using var lost = LabConnection.TryOpen(batch, api.Address6, 8080, Probe.DefaultTimeout)!;
        var before = (kept.Exchange("1", Probe.DefaultTimeout), lost.Exchange("1", Probe.DefaultTimeout));


        node.Bundle.Rebuild(Policy.Replace("allow from web | batch on", "allow from web on", StringComparison.Ordinal));
        Cli(node.Node, "load", node.Bundle.Folder);
        var after = (kept.Exchange("2", Probe.DefaultTimeout), lost.Exchange("2", Probe.DefaultTimeout));


        Assert.Equal(("api", "api"), before);
        Assert.Equal(("api", null), after);
    }

    [Fact]
    public void Backends_follow_the_containers_that_come_and_go()
    {
        using var node = PolicyNode.Start(Policy);
        var web = node.Add("web", ("app", "web"));


        var none = Probe.Tcp(web, Checkout4, 80).ToString();
        var first = node.Add("first", ("app", "api"));
        using var firstServers = new Servers(first, tcp: [8080], udp: [8081]);
        var one = Answers(web);
        var second = node.Add("second", ("app", "api"));
        using var secondServers = new Servers(second, tcp: [8080], udp: [8081]);
        var both = Enumerable.Range(0, 12).SelectMany(_ => Answers(web)).Distinct().Order().ToArray();
        node.Node.Remove(first);
        var other = Enumerable.Range(0, 4).SelectMany(_ => Answers(web)).Distinct().ToArray();


        Assert.Equal("refused", none);
        Assert.Equal(["answered by first"], one.Distinct());
        Assert.Equal(["answered by first", "answered by second"], both);
        Assert.Equal(["answered by second"], other);
    }

    [Fact]
    public void A_drop_is_seen_within_a_second_with_the_place_of_its_rule()
    {
        using var node = PolicyNode.Start(Policy);
        var (web, api) = (node.Add("web", ("app", "web")), node.Add("api", ("app", "api")));
        using var servers = new Servers(api, tcp: [9090]);
        Cli(node.Node, "observe", "-o", "json");


        var clock = Stopwatch.StartNew();
        Probe.Tcp(web, api.Address4, 9090, TimeSpan.FromMilliseconds(200));
        var events = Cli(node.Node, "observe", "-o", "json").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!);
        var drop = events.First(entry => entry["destinationPort"]?.GetValue<int>() == 9090);


        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"took {clock.Elapsed}");
        Assert.Equal(("deny", "test.netpol:9:9", "drop"), (drop["verdict"]!.GetValue<string>(), drop["rule"]!.GetValue<string>(), drop["exit"]!.GetValue<string>()));
        Assert.Equal("api", drop["endpoint"]!["name"]!.GetValue<string>());
    }

    private static string[] Answers(LabContainer from) =>
    [
        Probe.Tcp(from, Checkout4, 80).ToString(), Probe.Tcp(from, Checkout6, 80).ToString(),
        Probe.Udp(from, Checkout4, 81).ToString(), Probe.Udp(from, Checkout6, 81).ToString(),
    ];

    private static string Cli(LabNode node, params string[] arguments)
    {
        var start = new ProcessStartInfo(Product.Cli, [.. arguments, "--pins", node.Pins, "--state", node.State])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = node.Network.Run(() => Process.Start(start)!);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"netpol {string.Join(' ', arguments)}: {output}{error.Result}");
        return output;
    }
}
