using System.Net;
using System.Net.Sockets;
using Netpol.Lab;
using Netpol.Lab.Traffic;
using Netpol.Tests.EndToEnd.Offload;
using Netpol.Tests.EndToEnd.Rig;
using static Netpol.Tests.EndToEnd.Services.ServiceSocket;

namespace Netpol.Tests.EndToEnd.Services;

/// <summary>Sockets that are led to backends before there is a packet: what programs see, and where packets go.</summary>
public sealed class SocketTests(SocketTests.Bundle bundle) : IClassFixture<SocketTests.Bundle>
{
    private const int Tcp = 8080;
    private const int Udp = 5353;
    private const string Policy = """
        default namespace shop
        cluster { pods 10.244.1.0/24, fd00:10:0:1::/64; services 10.96.0.0/16, fd00:96::/112 }
        observe { drops all; flows 1 in 1 }
        group client = pods where app == "client"
        group server = pods where app == "server"
        policy client for client {
            ingress { }
            egress { allow to service front; allow to service second; allow to service third; allow to service fourth; allow to service fifth; allow to service sixth; allow to service empty }
        }
        policy server for server {
            ingress { allow from client; allow from server }
            egress { allow to service front }
        }
        service front {
            address 10.96.0.10, fd00:96::10
            port web 80/tcp -> 8080
            port ask 53/udp -> 5353
            backends server
        }
        service second { address 10.96.0.11; port 53/udp -> 5353; backends server }
        service third { address 10.96.0.12; port 53/udp -> 5354; backends server }
        service fourth { address 10.96.0.13; port 53/udp -> 5355; backends server }
        service fifth { address 10.96.0.14; port 53/udp -> 5356; backends server }
        service sixth { address 10.96.0.15; port 53/udp -> 5357; backends server }
        service empty { address 10.96.0.99, fd00:96::99; port 80/tcp -> 8080; port 53/udp -> 5353; backends pods where app == "nobody" }
        """;

    private static readonly IPAddress Front4 = IPAddress.Parse("10.96.0.10");
    private static readonly IPAddress Front6 = IPAddress.Parse("fd00:96::10");
    private static readonly IPAddress Empty4 = IPAddress.Parse("10.96.0.99");
    private static readonly IPAddress Empty6 = IPAddress.Parse("fd00:96::99");

    public static TheoryData<string> Addresses => ["10.96.0.10", "fd00:96::10", "::ffff:10.96.0.10"];

    [Theory]
    [MemberData(nameof(Addresses))]
    public void A_tcp_socket_talks_to_the_backend_and_knows_the_service(string service)
    {
        using var lab = PolicyNode.Under(bundle.Value, hasCgroup: true);
        var (client, server) = (lab.Add("client", ("app", "client")), lab.Add("server", ("app", "server")));
        using var servers = new Servers(server, tcp: [Tcp]);
        IPEndPoint front = new(IPAddress.Parse(service), 80);


        using var socket = Open(client.Network, front, SocketType.Stream);
        socket.Connect(front);
        var answer = Ask(socket);


        Assert.Equal("server:who", answer);
        Assert.Equal(front, SocketView.PeerName(socket));
        Assert.Equal(Backend(server, front, Tcp), SocketView.PeerInKernel(client.Network, Table(front, "tcp"), SocketView.LocalPort(socket)));
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public void A_connected_datagram_socket_talks_to_the_backend_and_knows_the_service(string service)
    {
        using var lab = PolicyNode.Under(bundle.Value, hasCgroup: true);
        var (client, server) = (lab.Add("client", ("app", "client")), lab.Add("server", ("app", "server")));
        using var servers = new Servers(server, udp: [Udp]);
        IPEndPoint front = new(IPAddress.Parse(service), 53);


        using var socket = Open(client.Network, front, SocketType.Dgram);
        socket.Connect(front);
        socket.Send("who"u8);
        var (text, from) = ReceiveFrom(socket);


        Assert.Equal(("server:who", front), (text, from));
        Assert.Equal(front, SocketView.PeerName(socket));
        Assert.Equal(Backend(server, front, Udp), SocketView.PeerInKernel(client.Network, Table(front, "udp"), SocketView.LocalPort(socket)));
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public void An_unconnected_datagram_socket_hears_the_service_and_keeps_its_backend(string service)
    {
        using var lab = PolicyNode.Under(bundle.Value, hasCgroup: true);
        var client = lab.Add("client", ("app", "client"));
        LabContainer[] backends = [.. Enumerable.Range(0, 4).Select(number => lab.Add($"server{number}", ("app", "server")))];
        var servers = backends.Select(backend => new Servers(backend, udp: [Udp])).ToArray();
        using var events = Events(lab);
        IPEndPoint front = new(IPAddress.Parse(service), 53);


        using var socket = Open(client.Network, front, SocketType.Dgram);
        var heard = Enumerable.Range(0, 12).Select(_ =>
        {
            socket.SendTo("who"u8, front);
            return ReceiveFrom(socket);
        }).ToArray();


        Assert.All(heard, answer => Assert.Equal(front, answer.From));
        Assert.Single(heard.Select(answer => answer.Text).Distinct());
        var flow = Assert.Single(events.Read(), seen => seen.Exit == "peer");
        Assert.Equal(("front", Udp), (flow.Service, flow.DestinationPort));
        Array.ForEach(servers, server => server.Dispose());
    }

    [Fact]
    public void One_socket_sends_to_more_services_than_it_can_remember()
    {
        using var lab = PolicyNode.Under(bundle.Value, hasCgroup: true);
        var (client, server) = (lab.Add("client", ("app", "client")), lab.Add("server", ("app", "server")));
        using var servers = new Servers(server, udp: [5353, 5354, 5355, 5356, 5357]);
        IPEndPoint[] services = [.. new[] { 10, 12, 13, 14, 15 }.Select(last => new IPEndPoint(IPAddress.Parse($"10.96.0.{last}"), 53))];


        using var socket = Open(client.Network, services[0], SocketType.Dgram);
        var heard = Enumerable.Range(0, 3).SelectMany(_ => services).Select(service =>
        {
            socket.SendTo("who"u8, service);
            return ReceiveFrom(socket).From;
        }).ToArray();


        Assert.Equal(services.Concat(services).Concat(services), heard);
    }

    [Fact]
    public void Two_services_with_one_backend_are_told_apart_on_one_socket()
    {
        using var lab = PolicyNode.Under(bundle.Value, hasCgroup: true);
        var client = lab.Add("client", ("app", "client"));
        LabContainer[] backends = [.. Enumerable.Range(0, 2).Select(number => lab.Add($"server{number}", ("app", "server")))];
        using var first = new Servers(backends[0], udp: [Udp]);
        using var second = new Servers(backends[1], udp: [Udp]);
        IPEndPoint[] services = [new(Front4, 53), new(IPAddress.Parse("10.96.0.11"), 53)];


        // Where both chose one backend, the second is given the other, now or when it is asked again.
        var heard = Enumerable.Range(0, 8).SelectMany(_ =>
        {
            using var socket = Open(client.Network, services[0], SocketType.Dgram);
            return services.Concat(services).Select(service => SendUntilHeard(socket, service)).ToArray();
        }).ToArray();


        Assert.Equal(Enumerable.Range(0, 16).SelectMany(_ => services), heard);
    }

    [Fact]
    public void A_service_without_backend_or_port_refuses_the_call_itself()
    {
        using var lab = PolicyNode.Under(bundle.Value, hasCgroup: true);
        var client = lab.Add("client", ("app", "client"));
        using var events = Events(lab);


        // What a container sends to a port that a service lacks may be an answer of its own: the packet tells.
        var refused = new[] { client.Network, lab.Node.Network }.SelectMany(network => new[]
        {
            Refusal(network, new(Empty4, 80), SocketType.Stream, (socket, to) => socket.Connect(to)),
            Refusal(network, new(Empty6, 80), SocketType.Stream, (socket, to) => socket.Connect(to)),
            Refusal(network, new(Empty4, 53), SocketType.Dgram, (socket, to) => socket.Connect(to)),
            Refusal(network, new(Empty6, 53), SocketType.Dgram, (socket, to) => socket.SendTo("who"u8, to)),
            Refusal(network, new(Front4, 81), SocketType.Stream, (socket, to) => socket.Connect(to)),
            Refusal(network, new(Front6, 81), SocketType.Stream, (socket, to) => socket.Connect(to)),
        }).Append(Refusal(lab.Node.Network, new(Front4, 54), SocketType.Dgram, (socket, to) => socket.SendTo("who"u8, to))).ToArray();
        var drops = events.Read().Where(seen => seen.Exit == "reject").ToArray();


        Assert.Equal(Enumerable.Repeat(SocketError.ConnectionRefused, 13), refused);
        Assert.Equal(8, drops.Count(drop => drop is { Reason: "service-backends", Service: "empty", Verdict: "reject" }));
        Assert.Equal(5, drops.Count(drop => drop is { Reason: "service-port", Service: "front" }));
        Assert.Equal(6, drops.Count(drop => drop.Endpoint?.Name == "client" && drop.Source == (drop.Destination!.Contains(':') ? client.Address6 : client.Address4).ToString()));
    }

    [Fact]
    public void A_datagram_to_a_port_that_a_service_lacks_is_refused_by_packet()
    {
        using var lab = PolicyNode.Under(bundle.Value, hasCgroup: true);
        var client = lab.Add("client", ("app", "client"));


        var result = Probe.Udp(client, Front4, 54);


        Assert.Equal(ProbeResult.Refused, result);
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public void The_nodes_own_sockets_reach_services(string service)
    {
        using var lab = PolicyNode.Under(bundle.Value, hasCgroup: true);
        var server = lab.Add("server", ("app", "server"));
        using var servers = new Servers(server, tcp: [Tcp], udp: [Udp]);
        IPEndPoint web = new(IPAddress.Parse(service), 80), ask = new(IPAddress.Parse(service), 53);


        using var tcp = Open(lab.Node.Network, web, SocketType.Stream);
        tcp.Connect(web);
        using var udp = Open(lab.Node.Network, ask, SocketType.Dgram);
        udp.SendTo("who"u8, ask);


        Assert.Equal("server:who", Ask(tcp));
        Assert.Equal(web, SocketView.PeerName(tcp));
        Assert.Equal(("server:who", ask), ReceiveFrom(udp));
    }

    [Fact]
    public void A_socket_that_is_bound_to_a_device_keeps_its_way()
    {
        using var lab = PolicyNode.Under(bundle.Value, hasCgroup: true);
        var (client, server) = (lab.Add("client", ("app", "client")), lab.Add("server", ("app", "server")));
        using var servers = new Servers(server, tcp: [Tcp]);
        IPEndPoint front = new(Front4, 80);


        using var socket = Open(client.Network, front, SocketType.Stream);
        // SOL_SOCKET, SO_BINDTODEVICE.
        socket.SetRawSocketOption(1, 25, "eth0\0"u8);
        socket.Connect(front);
        var answer = Ask(socket);


        Assert.Equal("server:who", answer);
        Assert.Equal(front, SocketView.PeerInKernel(client.Network, "tcp", SocketView.LocalPort(socket)));
    }

    [Fact]
    public void A_socket_of_a_namespace_that_is_none_of_the_nodes_is_left_alone()
    {
        using var lab = PolicyNode.Under(bundle.Value, hasCgroup: true);
        var server = lab.Add("server", ("app", "server"));
        using var servers = new Servers(server, udp: [Udp]);
        using var outside = new OutsidePeer(lab.Node, 1, OutsideLink.Veth);
        outside.Network.Cgroup = lab.Node.Cgroup;
        IPEndPoint front = new(Front4, 53);


        using var socket = Open(outside.Network, front, SocketType.Dgram);
        socket.Connect(front);


        Assert.Equal(front, SocketView.PeerInKernel(outside.Network, "udp", SocketView.LocalPort(socket)));
    }

    [Theory]
    [InlineData("10.96.0.10")]
    [InlineData("fd00:96::10")]
    public void A_backend_reaches_itself_as_often_as_others_and_hears_the_service(string service)
    {
        const int Tries = 60;
        using var lab = PolicyNode.Under(bundle.Value, hasCgroup: true);
        var (self, other) = (lab.Add("self", ("app", "server")), lab.Add("other", ("app", "server")));
        using var selfServers = new Servers(self, tcp: [Tcp], udp: [Udp]);
        using var otherServers = new Servers(other, tcp: [Tcp], udp: [Udp]);
        IPEndPoint web = new(IPAddress.Parse(service), 80), ask = new(IPAddress.Parse(service), 53);


        var answers = Enumerable.Range(0, Tries).SelectMany(_ =>
        {
            using var tcp = Open(self.Network, web, SocketType.Stream);
            tcp.Connect(web);
            using var udp = Open(self.Network, ask, SocketType.Dgram);
            udp.SendTo("who"u8, ask);
            var (text, from) = ReceiveFrom(udp);
            Assert.Equal((ask, web), (from, SocketView.PeerName(tcp)));
            return new[] { Ask(tcp), text };
        }).ToArray();


        // Of 120 tries with a chance of one half, fewer than 36 or more than 84 come once in 100,000 runs.
        Assert.InRange(answers.Count(answer => answer == "self:who"), 36, 84);
        Assert.Equal(2 * Tries, answers.Count(answer => answer is "self:who" or "other:who"));
    }

    [Theory]
    [InlineData("10.96.0.10")]
    [InlineData("fd00:96::10")]
    public void A_datagram_in_fragments_goes_to_the_backend_too(string service)
    {
        using var lab = PolicyNode.Under(bundle.Value, hasCgroup: true);
        var (client, server) = (lab.Add("client", ("app", "client")), lab.Add("server", ("app", "server")));
        using var servers = new DataServer(server.Network);
        using var socket = DataClient.Udp(client.Network, IPAddress.Parse(service), 53);


        var result = DataClient.Echo(socket, 1, 1200, 8192, 40_000);


        Assert.Equal(DataClient.Unharmed, result);
        Assert.Equal(Udp, SocketView.PeerInKernel(client.Network, service.Contains(':') ? "udp6" : "udp", SocketView.LocalPort(socket)).Port);
    }

    /// <summary>Compiled once for all tests.</summary>
    public sealed class Bundle : IDisposable
    {
        internal PolicyBundle Value { get; } = PolicyBundle.Build(Policy);

        public void Dispose() => Value.Dispose();
    }

    private static IPEndPoint Backend(LabContainer server, IPEndPoint service, int port) =>
        new(IsIpv4(service) ? server.Address4 : server.Address6, port);

    private static bool IsIpv4(IPEndPoint service) =>
        service.Address.AddressFamily == AddressFamily.InterNetwork || service.Address.IsIPv4MappedToIPv6;

    private static string Table(IPEndPoint service, string protocol) =>
        service.Address.AddressFamily == AddressFamily.InterNetwork ? protocol : protocol + "6";

    private static EndPoint SendUntilHeard(Socket socket, IPEndPoint to)
    {
        socket.ReceiveTimeout = 300;
        for (var tries = 0; tries < 20; tries++)
        {
            socket.SendTo("who"u8, to);
            try
            {
                return ReceiveFrom(socket).From;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
            }
        }

        throw new InvalidOperationException($"{to} never answered");
    }

    private static SocketError Refusal(NetworkNamespace network, IPEndPoint to, SocketType type, Action<Socket, IPEndPoint> call)
    {
        using var socket = Open(network, to, type);
        return Assert.ThrowsAny<SocketException>(() => call(socket, to)).SocketErrorCode;
    }
}
