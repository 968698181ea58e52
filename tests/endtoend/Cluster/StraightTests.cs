using System.Diagnostics;
using System.Net.Sockets;
using Netpol.Lab;
using Netpol.Lab.Traffic;
using Netpol.Tests.EndToEnd.Offload;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Cluster;

/// <summary>Straight delivery between real nodes: what their stacks forward is counted by themselves.</summary>
public sealed class StraightTests
{
    private const string Policy = """
        default namespace shop
        cluster { pods 10.244.0.0/16, fd00:10::/56; nodes 192.168.0.0/24, fd00:c0::/64; services 10.96.0.0/16, fd00:96::/112 }
        group web = pods where app == "web"
        group api = pods where app == "api"
        policy web for web {
            ingress { }
            egress { allow to service shop; allow to api on 8081/tcp, 8080/tcp, 5353/udp, 5354/udp, 9000/sctp, icmp(echo-request), icmpv6(echo-request); allow to world on 8090/tcp, 9053/udp, icmp, icmpv6 }
        }
        policy api for api {
            ingress { allow from web on 8080/tcp, 8081/tcp, 5353/udp, 5354/udp, 9000/sctp, icmp(echo-request), icmpv6(echo-request) }
            egress { }
        }
        service shop {
            address 10.96.0.10, fd00:96::10
            port 80/tcp -> 8081
            port 53/udp -> 5354
            backends api
        }
        """;

    private const int Megabyte = 1 << 20;
    private const int LargestFrame = 1514;

    private static readonly AddressFamily[] Families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    [Theory]
    [InlineData(LabFabric.Native)]
    [InlineData(LabFabric.Vxlan)]
    public void What_goes_to_another_nodes_containers_and_back_no_nodes_stack_forwards_out(LabFabric fabric)
    {
        using PolicyCluster cluster = new(Policy, fabric, nodes: 3, isStraight: true);
        var (web, api, other) = (cluster.Add(1, "web", "web"), cluster.Add(2, "api", "api"), cluster.Add(3, "other", "other"));
        using Servers servers = new(api, tcp: [8081], udp: [5354], sctp: [9000]);
        using DataServer data = new(api.Network);
        AwaitNeighbours(web, api);
        ForwardCounter sent = new(cluster.Lab, 1, from: 1), answered = new(cluster.Lab, 2, from: 2);


        var seen = Families.SelectMany(family => new[]
        {
            Probe.Tcp(web, api.AddressFor(family), 8081), Probe.Udp(web, api.AddressFor(family), 5354), Probe.Sctp(web, api.AddressFor(family), 9000),
            Probe.Icmp(web, api.AddressFor(family)), Probe.Tcp(web, Service(family), 80), Probe.Udp(web, Service(family), 53),
        }.Select(result => $"{result}")).ToArray();
        var denied = Families.Select(family => Probe.Tcp(other, api.AddressFor(family), 8081, TimeSpan.FromMilliseconds(500))).ToArray();


        Assert.Equal(
            Families.SelectMany(_ => new[] { "answered by api", "answered by api", "answered", "answered", "answered by api", "answered by api" }), seen);
        Assert.All(denied, result => Assert.Equal(ProbeResult.Silent, result));
        Assert.Equal((0, 0), (sent.Packets, answered.Packets));
    }

    [Theory]
    [InlineData(LabFabric.Native, AddressFamily.InterNetwork)]
    [InlineData(LabFabric.Native, AddressFamily.InterNetworkV6)]
    [InlineData(LabFabric.Vxlan, AddressFamily.InterNetwork)]
    [InlineData(LabFabric.Vxlan, AddressFamily.InterNetworkV6)]
    public void Bulk_data_goes_straight_in_packets_that_devices_cut_and_of_the_size_that_the_way_has(LabFabric fabric, AddressFamily family)
    {
        using PolicyCluster cluster = new(Policy, fabric, nodes: 2, isStraight: true);
        var (web, api) = (cluster.Add(1, "web", "web"), cluster.Add(2, "api", "api"));
        using DataServer data = new(api.Network);
        AwaitNeighbours(web, api);
        ForwardCounter sent = new(cluster.Lab, 1, from: 1), answered = new(cluster.Lab, 2, from: 2);
        var before = Traffic.Through(web);
        var average = 0L;


        var result = DataClient.Transfer(
            web.Network, api.AddressFor(family), DataServer.TcpPort, 8 * Megabyte, () => average = Traffic.Through(web).AverageOutSince(before));
        using var socket = DataClient.Udp(web.Network, api.AddressFor(family), DataServer.UdpPort);
        var datagrams = DataClient.Echo(socket, 1, 100, 1300);


        Assert.Equal((DataClient.Unharmed, DataClient.Unharmed), (result, datagrams));
        Assert.True(average > LargestFrame, $"the client sent packets of {average} bytes: nothing was left to devices to cut");
        Assert.Equal((0, 0), (sent.Packets, answered.Packets));
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void Where_the_way_narrows_the_stack_tells_the_sender(AddressFamily family)
    {
        const int Narrow = 1320;
        using PolicyCluster cluster = new(Policy, LabFabric.Native, nodes: 2, isStraight: true);
        var (web, api) = (cluster.Add(1, "web", "web"), cluster.Add(2, "api", "api"));
        using DataServer data = new(api.Network);
        AwaitNeighbours(web, api);
        foreach (var node in cluster.Lab.Nodes)
        {
            Tool.Run(node.Network, $"ip link set {LabCluster.Uplink} mtu {Narrow}");
        }

        ForwardCounter sent = new(cluster.Lab, 1, from: 1);


        var result = DataClient.Transfer(web.Network, api.AddressFor(family), DataServer.TcpPort, 4 * Megabyte);
        var known = Tool.Run(web.Network, $"ip route get {api.AddressFor(family)}");


        Assert.Equal(DataClient.Unharmed, result);
        Assert.Contains($"mtu {Narrow}", known);
        Assert.Equal(0, sent.Packets);
    }

    [Fact]
    public void Exceptions_and_what_is_masqueraded_go_by_the_stack()
    {
        using PolicyCluster cluster = new(Policy, LabFabric.Native, nodes: 3, hasCgroup: false, hasUplinks: false, isStraight: true, viaStack: ["10.244.3.0/24", "fd00:10:0:3::/64"]);
        var web = cluster.Add(1, "web", "web");
        LabContainer[] apis = [cluster.Add(2, "api2", "api"), cluster.Add(3, "api3", "api")];
        using Servers second = new(apis[0], tcp: [8081]), third = new(apis[1], tcp: [8081]);
        Array.ForEach(apis, api => AwaitNeighbours(web, api));
        ForwardCounter forwarded = new(cluster.Lab, 1, from: 1);


        var counts = apis.SelectMany(api => Families.Select(family =>
        {
            var before = forwarded.PacketsOf(family);
            return (Probe.Tcp(web, api.AddressFor(family), 8081).ToString(), forwarded.PacketsOf(family) - before > 3);
        })).ToArray();
        var outside = Families.Select(family =>
        {
            var before = forwarded.PacketsOf(family);
            return (Probe.Icmp(web, LabCluster.OutsideAddress(family)), forwarded.PacketsOf(family) > before);
        }).ToArray();


        Assert.Equal([("answered by api2", false), ("answered by api2", false), ("answered by api3", true), ("answered by api3", true)], counts);
        Assert.All(outside, seen => Assert.Equal((new ProbeResult(Outcome.Answered, null), true), seen));
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void A_connection_follows_another_route_while_it_carries(AddressFamily family)
    {
        using PolicyCluster cluster = new(Policy, LabFabric.Native, nodes: 3, isStraight: true);
        var (web, api) = (cluster.Add(1, "web", "web"), cluster.Add(2, "api", "api"));
        using Servers servers = new(api, tcp: [8081]);
        AwaitNeighbours(web, api);
        ForwardCounter sent = new(cluster.Lab, 1, from: 1), detour = new(cluster.Lab, 3, from: 1);
        using var connection = LabConnection.TryOpen(web, api.AddressFor(family), 8081, Probe.DefaultTimeout)!;
        var direct = (connection.Exchange("1", Probe.DefaultTimeout), detour.Packets);
        // Known, or the first packets would ask the stack for it.
        Assert.Equal(Outcome.Answered, Probe.Icmp(cluster.Lab.Nodes[0].Network, LabCluster.AddressOf(3, family)).Outcome);


        Tool.Run(cluster.Lab.Nodes[0].Network, $"ip route replace {LabCluster.SubnetOf(2, family)} via {LabCluster.AddressOf(3, family)}");
        var answers = new List<string?>();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(3) && detour.Packets == 0;)
        {
            answers.Add(connection.Exchange("2", Probe.DefaultTimeout));
        }


        Assert.Equal(("api", 0), direct);
        Assert.All(answers, answer => Assert.Equal("api", answer));
        Assert.NotEqual(0, detour.Packets);
        Assert.Equal(0, sent.Packets);
    }

    /// <summary>Only who uses an entry of the neighbour table has the kernel probe it.</summary>
    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void A_next_hop_that_has_another_MAC_address_is_found_again(AddressFamily family)
    {
        using PolicyCluster cluster = new(Policy, LabFabric.Native, nodes: 2, isStraight: true);
        var near = cluster.Lab.Nodes[0].Network;
        // Before there is an entry: one that is reachable already stays so for the time that was set when it became so.
        var table = $"net/{(family == AddressFamily.InterNetwork ? "ipv4" : "ipv6")}/neigh/{LabCluster.Uplink}";
        near.Set($"{table}/base_reachable_time_ms", "400");
        near.Set($"{table}/delay_first_probe_time", "1");
        near.Set($"{table}/retrans_time_ms", "100");
        var (web, api) = (cluster.Add(1, "web", "web"), cluster.Add(2, "api", "api"));
        using Servers servers = new(api, tcp: [8081]);
        AwaitNeighbours(web, api);
        using var connection = LabConnection.TryOpen(web, api.AddressFor(family), 8081, Probe.DefaultTimeout)!;
        var before = connection.Exchange("1", Probe.DefaultTimeout);


        Tool.Run(cluster.Lab.Nodes[1].Network, $"ip link set {LabCluster.Uplink} address 02:00:00:00:77:77");
        var after = connection.Exchange("2", TimeSpan.FromSeconds(20));


        Assert.Equal(("api", "api"), (before, after));
    }

    /// <summary>Until a node knows another's MAC address its stack is asked; afterwards that is not to be the reason.</summary>
    private static void AwaitNeighbours(LabContainer one, LabContainer other)
    {
        foreach (var family in Families)
        {
            Assert.Equal(Outcome.Answered, Probe.Icmp(one, other.AddressFor(family)).Outcome);
        }

        // That it was not known is remembered as long as a route.
        Thread.Sleep(1200);
    }

    private static System.Net.IPAddress Service(AddressFamily family) =>
        System.Net.IPAddress.Parse(family == AddressFamily.InterNetwork ? "10.96.0.10" : "fd00:96::10");
}
