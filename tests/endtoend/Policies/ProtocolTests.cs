using System.Net;
using Netpol.Lab;
using Netpol.Lab.Cni;
using Netpol.Lab.Traffic;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Policies;

/// <summary>Each protocol, allowed and denied, in both families, through every way to attach a container.</summary>
public sealed class ProtocolTests
{
    private const string Policy = """
        default namespace shop
        cluster { pods 10.244.1.0/24, fd00:10:0:1::/64 }
        group web = pods where app == "web"
        group api = pods where app == "api"
        policy api for api {
            ingress {
                allow from web on 8080/tcp, 53/udp, 9000/sctp, icmp(echo-request), icmpv6(echo-request)
                deny from web on 8081/tcp log
            }
        }
        """;

    public static TheoryData<string, string?> Ways => new()
    {
        { "ptp", null },
        { "ptp", "tcx" },
        { "ptp", "clsact" },
        { "bridge", null },
        { "alone", null },
        { "alone", "clsact" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void What_is_allowed_is_answered_and_what_is_not_is_silent(string chain, string? hook)
    {
        using var node = PolicyNode.Start(Policy, ChainOf(chain), hook);
        var web = node.Add("web", ("app", "web"));
        var other = node.Add("other", ("app", "other"));
        var api = node.Add("api", ("app", "api"));
        using var servers = new Servers(api, tcp: [8080, 8081, 8083], udp: [53, 55], sctp: [9000]);


        var seen = api.Addresses.SelectMany(address => SeenBy(web, other, address)).ToArray();


        string[] expected =
        [
            "tcp 8080: answered by api", "tcp 8081: silent", "tcp 8083: silent",
            "udp 53: answered by api", "udp 55: silent",
            "sctp 9000: answered", "sctp 9001: silent", "echo: answered",
            "other: silent",
        ];
        Assert.Equal(expected.Concat(expected), seen);
    }

    [Fact]
    public void Replies_need_no_rule_and_the_other_direction_is_not_opened()
    {
        using var node = PolicyNode.Start("""
            default namespace shop
            group web = pods where app == "web"
            group api = pods where app == "api"
            policy web for web { ingress { } egress { allow to api on 8080/tcp } }
            """);
        var web = node.Add("web", ("app", "web"));
        var api = node.Add("api", ("app", "api"));
        using var servers = new Servers(api, tcp: [8080]);
        using var back = new Servers(web, tcp: [8080]);


        var there = Tcp(web, api.Address4, 8080);
        var reverse = Tcp(api, web.Address4, 8080);


        Assert.Equal(("answered by api", "silent"), (there, reverse));
    }

    [Fact]
    public void The_node_reaches_its_containers_and_a_container_without_policy_is_open()
    {
        using var node = PolicyNode.Start(Policy);
        var api = node.Add("api", ("app", "api"));
        var open = node.Add("open");
        using var servers = new Servers(api, tcp: [8083]);
        using var others = new Servers(open, tcp: [80]);


        var fromNode = node.Node.Network.Run(() => Connects(api.Address4, 8083));
        var fromPod = Tcp(api, open.Address6, 80);


        Assert.True(fromNode);
        Assert.Equal("answered by open", fromPod);
    }

    // All at once: what is dropped takes its whole timeout.
    private static IReadOnlyList<string> SeenBy(LabContainer web, LabContainer other, IPAddress to)
    {
        Func<string>[] probes =
        [
            .. new[] { 8080, 8081, 8083 }.Select<int, Func<string>>(port => () => $"tcp {port}: {Tcp(web, to, port)}"),
            .. new[] { 53, 55 }.Select<int, Func<string>>(port => () => $"udp {port}: {Probe.Udp(web, to, port)}"),
            () => $"sctp 9000: {Probe.Sctp(web, to, 9000)}",
            () => $"sctp 9001: {Probe.Sctp(web, to, 9001)}",
            () => $"echo: {Probe.Icmp(web, to)}",
            () => $"other: {Tcp(other, to, 8080)}",
        ];
        return SideBySide.Run(probes);
    }

    private static string Tcp(LabContainer from, IPAddress to, int port) => Probe.Tcp(from, to, port).ToString();

    private static bool Connects(IPAddress to, int port)
    {
        using var client = new System.Net.Sockets.TcpClient(to.AddressFamily);
        return client.ConnectAsync(to, port).Wait(Probe.DefaultTimeout);
    }

    private static LabChain ChainOf(string name) => name switch
    {
        "ptp" => CniNetwork.AfterPtp,
        "bridge" => CniNetwork.AfterBridge,
        _ => CniNetwork.Alone,
    };
}
