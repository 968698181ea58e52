using System.Net;
using System.Net.Sockets;
using Netpol.Bundle;
using Netpol.Lab;
using Netpol.Loader;
using Netpol.Tests.Support;

namespace Netpol.Tests.EndToEnd.Cluster;

/// <summary>
/// Services from outside of a cluster of three nodes, by real sockets: ports of each node, addresses of load balancers, backends of the node where
/// a connection enters and of others; and by whom the backend sees itself asked.
/// </summary>
public sealed class OutsideTests
{
    private const int AnyTcp = 30080, AnyUdp = 30053, LocalTcp = 30081, LocalUdp = 30054, Http = 80;

    private const string Policy = """
        default namespace shop
        cluster { pods 10.244.0.0/16, fd00:10::/56; nodes 192.168.0.0/24, fd00:c0::/64; services 10.96.0.0/16, fd00:96::/112 }
        observe { drops all }
        group api = pods where app == "api"
        group client = cidr 198.18.9.200, 2001:db8:9::200
        policy api for api { ingress { allow from client | nodes | pods on 8090/tcp, 8091/tcp, 9053/udp } egress { } }
        service shop {
            address 10.96.0.10, fd00:96::10
            port http 80/tcp -> 8090
            port names 53/udp -> 9053
            port bulk 81/tcp -> 8091
            nodeport http 30080
            nodeport names 30053
            nodeport bulk 30082
            loadbalancer 203.0.113.7, 2001:db8:7::7 from client
            loadbalancer 203.0.113.8, 2001:db8:7::8 from cidr 192.0.2.0/24, 2001:db8:2::/64
            backends api
        }
        service near {
            address 10.96.0.11, fd00:96::11
            port http 80/tcp -> 8090
            port names 53/udp -> 9053
            nodeport http 30081
            nodeport names 30054
            loadbalancer 203.0.113.9, 2001:db8:7::9
            backends api
            outside local
        }
        """;

    private static readonly AddressFamily[] Families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    [Theory]
    [InlineData(LabFabric.Native)]
    [InlineData(LabFabric.Vxlan)]
    public void A_service_is_reached_from_outside_by_every_way_that_it_has(LabFabric fabric)
    {
        using PolicyCluster cluster = new(Policy, fabric, nodes: 3, hasUplinks: true);
        using PeerNames first = new(cluster.Add(1, "api1", "api").Network), second = new(cluster.Add(2, "api2", "api").Network);
        var bystander = cluster.Add(3, "other", "other");
        var outside = cluster.Lab.Outside;
        RouteBalancers(cluster.Lab);

        foreach (var family in Families)
        {
            var client = LabCluster.OutsideAddress(family).ToString();
            var nodes = Enumerable.Range(1, 3).Select(node => LabCluster.AddressOf(node, family).ToString()).ToArray();
            foreach (var (protocol, any, local) in new[] { (ProtocolType.Tcp, AnyTcp, LocalTcp), (ProtocolType.Udp, AnyUdp, LocalUdp) })
            {
                // From the node's own backend the client itself is seen, from others the node.
                Assert.Equal(Both(client, nodes[0]), Seen(outside, Node(1, family), protocol, any));
                Assert.Equal(Both(client, nodes[1]), Seen(outside, Node(2, family), protocol, any));
                Assert.Equal(nodes[2], Seen(outside, Node(3, family), protocol, any));
                Assert.Equal(client, Seen(outside, Node(1, family), protocol, local));
                Assert.Equal(client, Seen(outside, Node(2, family), protocol, local));
                Assert.Equal("refused", Seen(outside, Node(3, family), protocol, local));
                Assert.Equal(bystander.AddressFor(family).ToString(), Seen(bystander.Network, LabCluster.AddressOf(1, family), protocol, local));
                Assert.Equal(bystander.AddressFor(family).ToString(), Seen(bystander.Network, LabCluster.AddressOf(3, family), protocol, any));
            }

            // By the first node, which the outside has as the way to them.
            Assert.Equal(Both(client, nodes[0]), Seen(outside, Balancer(7, family), ProtocolType.Tcp, Http));
            Assert.Equal("silent", PeerNames.Ask(outside, Balancer(8, family), ProtocolType.Tcp, Http));
            Assert.Equal(client, Seen(outside, Balancer(9, family), ProtocolType.Tcp, Http));
        }

        Assert.Contains(Drops(cluster.Lab.Nodes[0]), drop => drop.Reason == Reason.ServiceSource);
    }

    [Theory]
    [InlineData(LabFabric.Native)]
    [InlineData(LabFabric.Vxlan)]
    public void What_is_sent_in_bulk_arrives_whatever_the_ways_take(LabFabric fabric)
    {
        using PolicyCluster cluster = new(Policy, fabric, nodes: 2, hasUplinks: true);
        var api = cluster.Add(1, "api", "api");

        foreach (var family in Families)
        {
            // One has the backend, the other the way to it.
            foreach (var node in new[] { 1, 2 })
            {
                Assert.Equal(4_000_000, Transfer(cluster.Lab.Outside, Node(node, family), api.Network));
            }
        }
    }

    /// <summary>
    /// Between virtual devices checksums are mostly left unfinished, and no driver can finish them: there all is left to the stack, and arrives too.
    /// </summary>
    [Theory]
    [InlineData(XdpMode.Native, true)]
    [InlineData(XdpMode.Generic, true)]
    [InlineData(XdpMode.Native, false)]
    [InlineData(XdpMode.Auto, false)]
    public void What_the_driver_can_send_on_it_does_and_all_arrives(XdpMode mode, bool isWire)
    {
        using PolicyCluster cluster = new(Policy, LabFabric.Native, nodes: 3, hasUplinks: true, xdp: mode);
        var api = cluster.Add(1, "api", "api");
        using PeerNames names = new(api.Network);
        var way = cluster.Lab.Nodes[1];
        if (isWire)
        {
            BeAsWire(cluster.Lab);
        }

        foreach (var family in Families)
        {
            var node = LabCluster.AddressOf(2, family).ToString();
            Assert.Equal(node, Seen(cluster.Lab.Outside, Node(2, family), ProtocolType.Tcp, AnyTcp));
            var before = Sent(way);
            Assert.Equal(Enumerable.Repeat(node, 20), Talk(cluster.Lab.Outside, Node(2, family), AnyUdp, 20));
            var after = Sent(way);
            // The first is the stack's.
            Assert.Equal(isWire ? (19, 20) : (0, 0), (after.ToBackends - before.ToBackends, after.ToClients - before.ToClients));

            Assert.Equal(4_000_000, Transfer(cluster.Lab.Outside, Node(2, family), api.Network, 8091, 30082));
            var (toBackends, toClients) = (Sent(way).ToBackends - after.ToBackends, Sent(way).ToClients - after.ToClients);
            // As many as it takes frames of 1500 bytes.
            Assert.Equal((isWire, isWire), (toBackends > 2700, toClients > 2700));
        }

        Assert.Equal(mode == XdpMode.Auto ? XdpMode.Generic : mode, Assert.Single(Look(way, node => node.Status().Uplinks)).Xdp);
    }

    [Fact]
    public void Sockets_of_nodes_and_containers_are_led_to_node_ports_and_load_balancers()
    {
        using PolicyCluster cluster = new(Policy, LabFabric.Native, nodes: 2, hasCgroup: true, hasUplinks: true);
        using PeerNames names = new(cluster.Add(1, "api1", "api").Network);
        var (web, node) = (cluster.Add(2, "web", "web"), cluster.Lab.Nodes[1].Network);

        foreach (var family in Families)
        {
            foreach (var at in new[] { 1, 2 })
            {
                Assert.Equal(web.AddressFor(family).ToString(), Seen(web.Network, LabCluster.AddressOf(at, family), ProtocolType.Tcp, LocalTcp));
                Assert.Equal(LabCluster.AddressOf(2, family).ToString(), Seen(node, LabCluster.AddressOf(at, family), ProtocolType.Udp, AnyUdp));
            }

            Assert.Equal(web.AddressFor(family).ToString(), Seen(web.Network, Balancer(9, family), ProtocolType.Tcp, Http));
            Assert.Equal("silent", PeerNames.Ask(web.Network, Balancer(7, family), ProtocolType.Tcp, Http));
            Assert.Equal("refused", PeerNames.Ask(node, Balancer(7, family), ProtocolType.Tcp, Http));
        }
    }

    private static IEnumerable<DropCount> Drops(LabNode node) => Look(node, opened => opened.Counters().Drops);

    private static (int ToBackends, int ToClients) Sent(LabNode node) =>
        Look(node, opened => opened.Counters() is var counters ? ((int)counters.XdpToBackends, (int)counters.XdpToClients) : default);

    private static T Look<T>(LabNode node, Func<Loader.Node, T> look) => node.Network.Run(() =>
    {
        using var opened = Loader.Node.Open(new NodePaths(node.Pins, node.State), new NodeOptions(ReadOnly: true));
        return look(opened);
    });

    /// <summary>The node's address as the outside knows it.</summary>
    private static IPAddress Node(int number, AddressFamily family) => IPAddress.Parse(family == AddressFamily.InterNetwork ? $"198.18.9.{number}" : $"2001:db8:9::{number}");

    private static IPAddress Balancer(int number, AddressFamily family) => IPAddress.Parse(family == AddressFamily.InterNetwork ? $"203.0.113.{number}" : $"2001:db8:7::{number}");

    private static void BeAsWire(LabCluster lab)
    {
        using TemporaryFolder folder = new();
        var (source, program) = (Path.Combine(folder.Path, "pass.c"), Path.Combine(folder.Path, "pass.o"));
        File.WriteAllText(source, """__attribute__((section("xdp"))) int pass(void *packet) { return 2; }""");
        Tool.Run(lab.Outside, $"clang-19 -target bpf -O2 -g -c {source} -o {program}");
        lab.BeAsWire(program);
    }

    private static void RouteBalancers(LabCluster lab)
    {
        Tool.Run(lab.Outside, $"ip route add 203.0.113.0/24 via {Node(1, AddressFamily.InterNetwork)}");
        Tool.Run(lab.Outside, $"ip route add 2001:db8:7::/64 via {Node(1, AddressFamily.InterNetworkV6)}");
    }

    /// <summary>What the backends say who asks: of two at random, one is missed by so many once in thirty thousand.</summary>
    private static string Seen(NetworkNamespace from, IPAddress to, ProtocolType protocol, int port) => string.Join(
        ' ', Enumerable.Range(0, 16).Select(_ => PeerNames.Ask(from, to, protocol, port)).Distinct().Order(StringComparer.Ordinal));

    /// <summary>Who the backend says it is asked by, in as many datagrams of one socket.</summary>
    private static IEnumerable<string> Talk(NetworkNamespace from, IPAddress to, int port, int count)
    {
        using var socket = from.Run(() => new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.ReceiveTimeout = 5_000;
        socket.Connect(to, port);
        var buffer = new byte[64];
        List<string> said = [];
        for (var i = 0; i < count; i++)
        {
            _ = socket.Send("who"u8);
            said.Add(System.Text.Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)));
        }

        return said;
    }

    private static string Both(string one, string other) => string.Join(' ', new[] { one, other }.Order(StringComparer.Ordinal));

    private static long Transfer(NetworkNamespace from, IPAddress to, NetworkNamespace backend, int backendPort = 8090, int port = AnyTcp)
    {
        using var listener = backend.Run(() =>
        {
            Socket socket = new(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(to.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, backendPort));
            socket.Listen();
            return socket;
        });
        var received = Task.Run(() =>
        {
            using var accepted = listener.Accept();
            accepted.ReceiveTimeout = 10_000;
            var buffer = new byte[65536];
            long sum = 0;
            for (int count; (count = accepted.Receive(buffer)) > 0;)
            {
                sum += count;
                // And back, as large as it came.
                for (var sent = 0; sent < count;)
                {
                    sent += accepted.Send(buffer.AsSpan(sent, count - sent));
                }
            }

            return sum;
        });
        using var client = from.Run(() => new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        client.Connect(to, port);
        client.ReceiveTimeout = 10_000;
        var back = Task.Run(() =>
        {
            var buffer = new byte[65536];
            long sum = 0;
            for (int count; (count = client.Receive(buffer)) > 0;)
            {
                sum += count;
            }

            return sum;
        });
        var data = new byte[50_000];
        for (var i = 0; i < 80; i++)
        {
            _ = client.Send(data);
        }

        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(received.Result, back.Result);
        return received.Result;
    }
}
