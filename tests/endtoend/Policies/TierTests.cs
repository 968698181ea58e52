using Netpol.Lab.Traffic;
using Netpol.Tests.EndToEnd.Offload;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Policies;

/// <summary>Admin before ordinary before baseline, and limits, with real connections.</summary>
public sealed class TierTests
{
    [Fact]
    public void Admin_rules_come_before_ordinary_ones_and_the_baseline_after()
    {
        using var node = PolicyNode.Start("""
            default namespace shop
            group api = pods where app == "api"
            policy guard for api tier admin 10 {
                ingress {
                    pass from pods where app == "web" on 8082/tcp
                    deny from any - host on 8081-8082/tcp
                    allow from any on 8083/tcp
                }
            }
            policy ordinary for api { ingress { allow from any on 8080-8082/tcp; deny from any on 8083/tcp } }
            policy base for pods tier baseline 1 { ingress { allow from pods where app == "web"; reject from pods } }
            """);
        var web = node.Add("web", ("app", "web"));
        var other = node.Add("other", ("app", "other"));
        var api = node.Add("api", ("app", "api"));
        var open = node.Add("open");
        using var servers = new Servers(api, tcp: [8080, 8081, 8082, 8083, 8084]);
        using var others = new Servers(open, tcp: [80]);


        var seen = SideBySide.Run(
        [
            .. new[] { 8080, 8081, 8082, 8083, 8084 }.SelectMany<int, Func<string>>(port =>
                [() => $"web {port}: {Probe.Tcp(web, api.Address4, port)}", () => $"other {port}: {Probe.Tcp(other, api.Address6, port)}"]),
            () => $"web open: {Probe.Tcp(web, open.Address4, 80)}",
            () => $"other open: {Probe.Tcp(other, open.Address4, 80)}",
        ]);


        Assert.Equal(
            [
                "web 8080: answered by api", "other 8080: answered by api", "web 8081: silent", "other 8081: silent",
                "web 8082: answered by api", "other 8082: silent", "web 8083: answered by api", "other 8083: answered by api",
                "web 8084: silent", "other 8084: silent", "web open: answered by open", "other open: refused",
            ],
            seen);
    }

    [Fact]
    public void A_limit_allows_its_burst_to_each_source_and_running_connections_go_on()
    {
        using var node = PolicyNode.Start("""
            default namespace shop
            policy api for pods where app == "api" {
                ingress { allow from any on 8080/tcp limit 1/h burst 3 per source }
            }
            """);
        var web = node.Add("web", ("app", "web"));
        var other = node.Add("other", ("app", "other"));
        var api = node.Add("api", ("app", "api"));
        using var outside = new OutsidePeer(node.Node, 1, OutsideLink.Veth);
        using var servers = new Servers(api, tcp: [8080]);
        using var first = LabConnection.TryOpen(web, api.Address4, 8080, Probe.DefaultTimeout);
        Assert.NotNull(first);


        // An endpoint has one bucket for both its addresses.
        string[] seen =
        [
            $"{Probe.Tcp(web, api.Address6, 8080)}", $"{Probe.Tcp(web, api.Address4, 8080)}", $"{Probe.Tcp(web, api.Address4, 8080)}",
            $"{Probe.Tcp(other, api.Address4, 8080)}",
            .. Enumerable.Range(0, 4).Select(_ => $"{Probe.Tcp(outside.Network, api.Address6, 8080)}"),
        ];


        Assert.Equal(
            [
                "answered by api", "answered by api", "silent", "answered by api",
                "answered by api", "answered by api", "answered by api", "silent",
            ],
            seen);
        Assert.Equal("api", first.Exchange("again", Probe.DefaultTimeout));
    }
}
