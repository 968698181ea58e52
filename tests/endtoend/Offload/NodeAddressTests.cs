using System.Net;
using System.Net.Sockets;
using Netpol.Lab;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Offload;

/// <summary>The node's own packets are let in; those that only bear its address are judged as what they are.</summary>
public sealed class NodeAddressTests
{
    private const int ForNodes = 8081;
    private const int ForNobody = 8082;
    private const string Policy = """
        default namespace shop
        cluster { pods 10.244.1.0/24, fd00:10:0:1::/64 }
        group server = pods where app == "server"
        policy server for server {
            ingress { allow from nodes on 8081/tcp }
            egress { }
        }
        """;

    /// <summary>A busy machine may be slow to connect.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>A dropped SYN is sent once more in this time.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void What_the_node_masquerades_is_judged_as_from_nodes(AddressFamily family)
    {
        using var node = PolicyNode.Start(Policy);
        using var outside = new OutsidePeer(node.Node, 1, OutsideLink.Veth);
        var server = node.Add("server", ("app", "server"));
        using var servers = new Servers(server, tcp: [ForNodes, ForNobody]);
        var address = server.AddressFor(family);
        var before = Connects(outside.Network, address, ForNodes, Silence);
        Masquerade(node.Node, server, family);


        var toNodes = Connects(outside.Network, address, ForNodes, LongestWait);
        var toNobody = Connects(outside.Network, address, ForNobody, Silence);


        Assert.False(before, "the peer's own address is none of the nodes'");
        Assert.True(toNodes);
        Assert.False(toNobody);
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void The_nodes_own_socket_reaches_every_port(AddressFamily family)
    {
        using var node = PolicyNode.Start(Policy);
        var server = node.Add("server", ("app", "server"));
        using var servers = new Servers(server, tcp: [ForNodes, ForNobody]);


        var results = new[] { ForNodes, ForNobody }
            .Select(port => Connects(node.Node.Network, server.AddressFor(family), port, LongestWait))
            .ToArray();


        Assert.Equal([true, true], results);
    }

    private static void Masquerade(LabNode node, LabContainer server, AddressFamily family)
    {
        var program = family == AddressFamily.InterNetworkV6 ? "ip6tables" : "iptables";
        Tool.Run(node.Network, $"{program} -w -t nat -A POSTROUTING -o {CheckedLab.HostDevice(server)} -j MASQUERADE");
    }

    private static bool Connects(NetworkNamespace from, IPAddress to, int port, TimeSpan limit)
    {
        using var socket = from.Run(() => new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            return socket.ConnectAsync(to, port).Wait(limit);
        }
        catch (AggregateException)
        {
            return false;
        }
    }
}
