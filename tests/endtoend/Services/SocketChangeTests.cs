using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Netpol.Lab;
using Netpol.Lab.Traffic;
using Netpol.Observe;
using Netpol.Tests.EndToEnd.Rig;
using static Netpol.Tests.EndToEnd.Services.ServiceSocket;

namespace Netpol.Tests.EndToEnd.Services;

/// <summary>Sockets that are led to backends while policies, backends and the cgroup change.</summary>
public sealed class SocketChangeTests
{
    private const string Policy = """
        default namespace shop
        cluster { pods 10.244.1.0/24, fd00:10:0:1::/64; services 10.96.0.0/16, fd00:96::/112 }
        observe { drops all; flows 1 in 1 }
        group client = pods where app == "client"
        group server = pods where app == "server"
        policy client for client {
            ingress { }
            egress {
                allow to service front on 80/tcp, 53/udp
                deny to service closed on 80/tcp
                allow to server on 8081/tcp, 8083/tcp
                reject to server on 8082/tcp
            }
        }
        policy guard for server tier admin 1 { ingress { deny from client on 8083/tcp } }
        service front {
            address 10.96.0.10, fd00:96::10
            port 80/tcp -> 8080
            port 81/tcp -> 8081
            port 53/udp -> 5353
            backends server
        }
        service closed { address 10.96.0.11, fd00:96::11; port 80/tcp -> 8081; port 82/tcp -> 8082; port 83/tcp -> 8083; backends server }
        """;

    private static readonly IPEndPoint Web = new(IPAddress.Parse("10.96.0.10"), 80);
    private static readonly IPEndPoint Dns = new(IPAddress.Parse("10.96.0.10"), 53);

    [Fact]
    public void Policy_says_the_same_of_a_socket_that_is_led_and_of_packets_that_are_translated()
    {
        using var bundle = PolicyBundle.Build(Policy);


        var (led, translated) = (Judgements(bundle, hasCgroup: true), Judgements(bundle, hasCgroup: false));


        Assert.Equal(translated.Select(judgement => judgement.What), led.Select(judgement => judgement.What));
        Assert.All(translated.Zip(led), pair => Assert.Equal(pair.First, pair.Second));
        // The service alone is allowed, or what is behind it alone.
        Assert.Equal(
            [
                "allow egress test.netpol:9:9 front", "deny egress null null", "deny egress test.netpol:10:9 closed",
                "allow egress test.netpol:11:9 front", "allow egress test.netpol:11:9 null", "reject egress test.netpol:12:9 closed",
                "allow egress test.netpol:9:9 front", "deny ingress test.netpol:15:50 closed",
            ],
            led.Take(8).Select(judgement => judgement.Verdict));
    }

    [Fact]
    public void Sockets_follow_the_bundle_in_charge_and_its_links_stay()
    {
        using var lab = PolicyNode.Under(PolicyBundle.Build(Policy), hasCgroup: true);
        using var bundle = lab.Bundle;
        var (client, server) = (lab.Add("client", ("app", "client")), lab.Add("server", ("app", "server")));
        using var servers = new Servers(server, tcp: [8080, 8085]);
        var links = Links(lab);


        var before = PeerOf(client, Web);
        bundle.Rebuild(Policy.Replace("80/tcp -> 8080", "80/tcp -> 8085", StringComparison.Ordinal));
        lab.Load(bundle.Folder);
        var moved = PeerOf(client, Web);
        bundle.Rebuild("default namespace shop\nobserve { drops all }");
        lab.Load(bundle.Folder);
        var without = PeerInKernelOfDatagram(client);
        bundle.Rebuild(Policy);
        lab.Load(bundle.Folder);
        var again = PeerOf(client, Web);


        Assert.Equal((new IPEndPoint(server.Address4, 8080), new(server.Address4, 8085), new(server.Address4, 8080)), (before, moved, again));
        Assert.Equal(Dns, without);
        Assert.Equal(8, links.Length);
        Assert.Equal(links, Links(lab));
    }

    [Fact]
    public void A_connection_lives_on_when_its_bundle_is_replaced_and_is_judged_as_of_its_service()
    {
        using var lab = PolicyNode.Under(PolicyBundle.Build(Policy), hasCgroup: true);
        using var bundle = lab.Bundle;
        var (client, server) = (lab.Add("client", ("app", "client")), lab.Add("server", ("app", "server")));
        using var servers = new Servers(server, tcp: [8080]);
        using var connection = LabConnection.TryOpen(client, Web.Address, Web.Port, Probe.DefaultTimeout)!;
        var before = connection.Exchange("1", Probe.DefaultTimeout);


        bundle.Rebuild(Policy.Replace("allow to server on 8081/tcp,", "allow to server on 8084/tcp,", StringComparison.Ordinal));
        lab.Load(bundle.Folder);
        var kept = connection.Exchange("2", Probe.DefaultTimeout);
        bundle.Rebuild(Policy.Replace("allow to service front on 80/tcp, 53/udp", "allow to service front on 53/udp", StringComparison.Ordinal));
        lab.Load(bundle.Folder);
        var lost = connection.Exchange("3", TimeSpan.FromSeconds(1));


        Assert.Equal(("server", "server", null), (before, kept, lost));
    }

    [Fact]
    public void A_socket_that_was_translated_by_packet_goes_on_when_it_is_led()
    {
        using var lab = PolicyNode.Under(PolicyBundle.Build(Policy), hasCgroup: true);
        using var bundle = lab.Bundle;
        var (client, server) = (lab.Add("client", ("app", "client")), lab.Add("server", ("app", "server")));
        using var servers = new Servers(server, udp: [5353]);
        lab.Load(bundle.Folder, "--cgroup", "none");
        using var socket = Open(client.Network, Dns, SocketType.Dgram);
        socket.SendTo("who"u8, Dns);
        var byPacket = ReceiveFrom(socket);


        lab.Load(bundle.Folder, "--cgroup", lab.Node.Cgroup!.Path);
        var led = Enumerable.Range(0, 3).Select(_ =>
        {
            socket.SendTo("who"u8, Dns);
            return ReceiveFrom(socket);
        }).ToArray();


        Assert.Equal(("server:who", Dns), byPacket);
        Assert.All(led, answer => Assert.Equal(byPacket, answer));
    }

    [Fact]
    public void A_cgroup_is_left_when_it_is_asked_for_and_what_was_led_lives_on()
    {
        using var lab = PolicyNode.Under(PolicyBundle.Build(Policy), hasCgroup: true);
        using var bundle = lab.Bundle;
        var (client, server) = (lab.Add("client", ("app", "client")), lab.Add("server", ("app", "server")));
        using var servers = new Servers(server, tcp: [8080]);
        using var connection = LabConnection.TryOpen(client, Web.Address, Web.Port, Probe.DefaultTimeout)!;


        lab.Load(bundle.Folder, "--cgroup", "none");
        var links = Links(lab);
        var kept = connection.Exchange("1", Probe.DefaultTimeout);
        var byPacket = PeerOf(client, Web);
        lab.Load(bundle.Folder, "--cgroup", lab.Node.Cgroup!.Path);
        lab.Load(bundle.Folder, "--cgroup", lab.Node.Cgroup!.Path);
        var again = PeerOf(client, Web);


        Assert.Empty(links);
        Assert.Equal("server", kept);
        Assert.Equal((Web, new IPEndPoint(server.Address4, 8080)), (byPacket, again));
        Assert.Equal(8, Links(lab).Length);
    }

    [Fact]
    public void Who_waits_for_a_backend_that_goes_is_told_and_the_next_one_answers()
    {
        using var lab = PolicyNode.Under(PolicyBundle.Build(Policy), hasCgroup: true);
        using var bundle = lab.Bundle;
        var client = lab.Add("client", ("app", "client"));
        var server = lab.Add("server", ("app", "server"));
        using var pod = Connected(client.Network);
        using var node = Connected(lab.Node.Network);
        using var unconnected = Open(client.Network, Dns, SocketType.Dgram);
        using var servers = new Servers(server, udp: [5353]);
        unconnected.SendTo("who"u8, Dns);
        var first = ReceiveFrom(unconnected).Text;


        // Nobody has asked the server by the first two, which wait all the same.
        var waiting = new[] { pod, node }.Select(socket => Task.Run(() => Assert.ThrowsAny<SocketException>(() => socket.Receive(new byte[8])).SocketErrorCode)).ToArray();
        var clock = Stopwatch.StartNew();
        lab.Node.Remove(server);
        var told = waiting.Select(wait => wait.Result).ToArray();
        var elapsed = clock.Elapsed;
        var other = lab.Add("other", ("app", "server"));
        using var others = new Servers(other, udp: [5353]);
        unconnected.SendTo("who"u8, Dns);
        var second = ReceiveFrom(unconnected);


        Assert.Equal([SocketError.ConnectionAborted, SocketError.ConnectionAborted], told);
        Assert.True(elapsed < Probe.DefaultTimeout, $"told after {elapsed}");
        Assert.Equal(("server:who", ("other:who", Dns)), (first, second));
    }

    [Fact]
    public void A_stream_to_a_backend_that_has_gone_is_reset_by_its_next_packet()
    {
        using var lab = PolicyNode.Under(PolicyBundle.Build(Policy), hasCgroup: true);
        using var bundle = lab.Bundle;
        var (client, server) = (lab.Add("client", ("app", "client")), lab.Add("server", ("app", "server")));
        using var servers = new Servers(server, tcp: [8080]);
        using var socket = Open(client.Network, Web, SocketType.Stream);
        socket.Connect(Web);
        var before = Ask(socket);


        lab.Node.Network.SetLink(Offload.CheckedLab.HostDevice(server), false);
        lab.Node.Remove(server);
        socket.Send("who"u8);
        var error = Assert.ThrowsAny<SocketException>(() => socket.Receive(new byte[8])).SocketErrorCode;


        Assert.Equal(("server:who", SocketError.ConnectionReset), (before, error));
    }

    private static Socket Connected(NetworkNamespace network)
    {
        var socket = Open(network, Dns, SocketType.Dgram);
        socket.Connect(Dns);
        return socket;
    }

    /// <summary>Each probe with what it saw, and the verdict on the connection it made.</summary>
    private static (string What, string Outcome, string Verdict)[] Judgements(PolicyBundle bundle, bool hasCgroup)
    {
        using var lab = PolicyNode.Under(bundle, hasCgroup);
        var (client, server) = (lab.Add("client", ("app", "client")), lab.Add("server", ("app", "server")));
        using var servers = new Servers(server, tcp: [8080, 8081, 8082, 8083], udp: [5353]);
        using var events = Events(lab);
        return
        [
            .. new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 }.SelectMany(family =>
            {
                var front = IPAddress.Parse(family == AddressFamily.InterNetwork ? "10.96.0.10" : "fd00:96::10");
                var closed = IPAddress.Parse(family == AddressFamily.InterNetwork ? "10.96.0.11" : "fd00:96::11");
                var direct = server.AddressFor(family);
                return new[]
                {
                    Judge($"service front {family}", events, () => Probe.Tcp(client, front, 80)),
                    Judge($"behind front {family}", events, () => Probe.Tcp(client, direct, 8080, TimeSpan.FromMilliseconds(300))),
                    Judge($"service closed {family}", events, () => Probe.Tcp(client, closed, 80, TimeSpan.FromMilliseconds(300))),
                    Judge($"front's other port {family}", events, () => Probe.Tcp(client, front, 81)),
                    Judge($"behind closed {family}", events, () => Probe.Tcp(client, direct, 8081)),
                    Judge($"rejected behind {family}", events, () => Probe.Tcp(client, closed, 82)),
                    Judge($"datagram {family}", events, () => Probe.Udp(client, front, 53)),
                    Judge($"denied at the server {family}", events, () => Probe.Tcp(client, closed, 83, TimeSpan.FromMilliseconds(300))),
                };
            }),
        ];
    }

    private static (string What, string Outcome, string Verdict) Judge(string what, EventReader events, Func<ProbeResult> probe)
    {
        _ = events.Read();
        var outcome = probe().ToString();
        // A SYN that is denied is sent again.
        var seen = events.Read().First(seen => seen.Protocol is "tcp" or "udp" && !seen.Reply);
        return (what, outcome, $"{seen.Verdict} {seen.Direction} {seen.Rule ?? "null"} {seen.Service ?? "null"}");
    }

    private static IPEndPoint PeerOf(LabContainer client, IPEndPoint service)
    {
        using var socket = Open(client.Network, service, SocketType.Stream);
        socket.Connect(service);
        return SocketView.PeerInKernel(client.Network, "tcp", SocketView.LocalPort(socket));
    }

    private static IPEndPoint PeerInKernelOfDatagram(LabContainer client)
    {
        using var socket = Connected(client.Network);
        return SocketView.PeerInKernel(client.Network, "udp", SocketView.LocalPort(socket));
    }

    /// <summary>The ids of the links that are pinned: one that was made anew has another.</summary>
    private static string[] Links(PolicyNode lab) =>
    [
        .. Directory.GetFiles(Path.Combine(lab.Node.Pins, "sockets")).Order(StringComparer.Ordinal).Select(pin =>
        {
            var text = Tool.Run(lab.Node.Network, $"bpftool -j link show pinned {pin}");
            return System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("id").GetRawText();
        }),
    ];
}
