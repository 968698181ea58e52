using System.Net;
using System.Net.Sockets;
using Netpol.Lab;
using Netpol.Lab.Traffic;
using Netpol.Tests.EndToEnd.Offload;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Policies;

/// <summary>Whoever is rejected is told at once, wherever it asks from: by RST, else by ICMP administratively prohibited, in both families.</summary>
public sealed class RejectTests
{
    private const string Policy = """
        default namespace shop
        group api = pods where app == "api"
        policy guard for api tier admin 1 {
            ingress { reject from host on 8085/tcp, 55/udp }
        }
        policy api for api {
            ingress {
                allow from any
                reject from any on 8081/tcp, 53/udp, icmp(echo-request), icmpv6(echo-request)
            }
        }
        policy web for pods where app == "web" {
            egress {
                allow to any
                reject to any on 8082/tcp, 54/udp
            }
        }
        """;

    [Theory]
    [InlineData("tcx")]
    [InlineData("clsact")]
    public void A_sender_is_told_that_it_is_rejected(string hook)
    {
        using var node = PolicyNode.Start(Policy, hook: hook);
        var web = node.Add("web", ("app", "web"));
        var api = node.Add("api", ("app", "api"));
        using var outside = new OutsidePeer(node.Node, 1, OutsideLink.Veth);
        using var servers = new Servers(api, tcp: [8080, 8081, 8082, 8085], udp: [53, 54, 55]);


        var seen = api.Addresses.SelectMany(address => SideBySide.Run<string>(
        [
            () => $"web 8080: {Tcp(web.Network, address, 8080)}",
            () => $"web 8081: {Tcp(web.Network, address, 8081)}",
            () => $"web 8082: {Tcp(web.Network, address, 8082)}",
            () => $"web 53: {Probe.Udp(web, address, 53)}",
            () => $"web 54: {Probe.Udp(web, address, 54)}",
            () => $"web echo: {Probe.Icmp(web, address)}",
            () => $"outside 8080: {Tcp(outside.Network, address, 8080)}",
            () => $"outside 8081: {Tcp(outside.Network, address, 8081)}",
            () => $"outside 53: {Probe.Udp(outside.Network, address, 53)}",
            () => $"outside echo: {Probe.Icmp(outside.Network, address)}",
            () => $"node 8080: {Tcp(node.Node.Network, address, 8080)}",
            () => $"node 8081: {Tcp(node.Node.Network, address, 8081)}",
            () => $"node 8085: {Tcp(node.Node.Network, address, 8085)}",
            () => $"node 55: {Probe.Udp(node.Node.Network, address, 55)}",
        ])).ToArray();


        string[] expected =
        [
            "web 8080: answered", "web 8081: reset", "web 8082: reset", "web 53: refused", "web 54: refused", "web echo: refused",
            "outside 8080: answered", "outside 8081: reset", "outside 53: refused", "outside echo: refused",
            // The node's right: the ordinary tier does not take it, the admin tier does.
            "node 8080: answered", "node 8081: answered", "node 8085: reset", "node 55: refused",
        ];
        Assert.Equal(expected.Concat(expected), seen);
    }

    private static string Tcp(NetworkNamespace from, IPAddress to, int port)
    {
        using var socket = from.Run(() => new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            return socket.ConnectAsync(to, port).Wait(Probe.DefaultTimeout) ? "answered" : "silent";
        }
        catch (AggregateException error) when (error.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return "reset";
        }
    }
}
