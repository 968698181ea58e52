using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>
/// Services as clients from outside reach them, by ports of the node and addresses of load balancers: there and back, with every checksum of
/// every packet computed from scratch. Where a packet leaves by route, it does in a network namespace of its own.
/// </summary>
public sealed class OutsideTests : IClassFixture<SampleNode>
{
    private const string Client4 = "203.0.113.5", Client6 = "2001:db8:5::5", Stranger4 = "198.51.100.9", Stranger6 = "2001:db8:6::9";
    private const string Balancer4 = "10.96.0.20", OtherNode4 = "192.168.0.2", OtherNode6 = "fd00:1::2";
    private const ushort Http = 30080, Dns = 30053, Echo = 30007, Far = 30443, Apart = 30081, Empty = 30090;

    private readonly SampleNode _sample;
    private readonly TestNode _node;

    public OutsideTests(SampleNode sample)
    {
        (_sample, _node) = (sample, sample.Node);
        _node.ForgetConnections();
        _node.SetEpoch(1);
        _node.Publish(sample.ApiPod);
        _node.AddPrefix("203.0.113.0/24", SampleNode.Web);
        _node.AddPrefix("2001:db8:5::/48", SampleNode.Web);
        foreach (var (any, api, remote, service, id) in new[] { ("0.0.0.0", "10.0.0.2", SampleNode.Remote4, Balancer4, 20u), ("::", "fd00::2", SampleNode.Remote6, "fd00:96::20", 40u) })
        {
            AddNodePort(any, id, Http, 80, Packet.Tcp, (api, 8080));
            AddNodePort(any, id + 1, Dns, 53, Packet.Udp, (api, 5353));
            AddNodePort(any, id + 2, Echo, 7, Packet.Sctp, (api, 7007));
            AddNodePort(any, id + 3, Far, 443, Packet.Tcp, (remote, 8443));
            AddNodePort(any, id + 4, Far, 443, Packet.Udp, (remote, 8443));
            AddNodePort(any, id + 5, Far, 443, Packet.Sctp, (remote, 8443));
            AddNodePort(any, id + 6, Apart, 81, Packet.Tcp, (remote, 8443));
            AddNodePort(any, id + 7, Empty, 90, Packet.Tcp);
            _node.AddService(1, id + 8, service, 80, Packet.Tcp, (api, 8080));
            _node.ChangeService(service, 80, Packet.Tcp, found => found with { Sources = 1 });
            _node.AddService(1, id + 9, "0.0.0.0".Length == any.Length ? "10.96.0.21" : "fd00:96::21", 80, Packet.Tcp, (api, 8080));
            OnlyFromOutside(any, Apart, Packet.Tcp, id + 8);
        }

        AddSource("203.0.113.0/24", 1);
        AddSource("2001:db8:5::/48", 1);
        AddSource("192.168.0.0/24", uint.MaxValue);
        AddSource("fd00:1::/64", uint.MaxValue);
        Masquerade(1024, 31744);
    }

    public static TheoryData<string, string, string, byte, ushort, ushort> Ways => new()
    {
        { Client4, SampleNode.Host4, "10.0.0.2", Packet.Tcp, Http, 8080 },
        { Client6, SampleNode.Host6, "fd00::2", Packet.Tcp, Http, 8080 },
        { Client4, SampleNode.Host4, "10.0.0.2", Packet.Udp, Dns, 5353 },
        { Client6, SampleNode.Host6, "fd00::2", Packet.Udp, Dns, 5353 },
        { Client4, SampleNode.Host4, "10.0.0.2", Packet.Sctp, Echo, 7007 },
        { Client6, SampleNode.Host6, "fd00::2", Packet.Sctp, Echo, 7007 },
        { Client4, Balancer4, "10.0.0.2", Packet.Tcp, 80, 8080 },
        { Client6, "fd00:96::20", "fd00::2", Packet.Tcp, 80, 8080 },
    };

    public static TheoryData<string, string, string, byte> FarWays => new()
    {
        { Client4, SampleNode.Host4, SampleNode.Remote4, Packet.Tcp },
        { Stranger6, SampleNode.Host6, SampleNode.Remote6, Packet.Tcp },
        { Stranger4, SampleNode.Host4, SampleNode.Remote4, Packet.Udp },
        { Client6, SampleNode.Host6, SampleNode.Remote6, Packet.Udp },
        { Client4, SampleNode.Host4, SampleNode.Remote4, Packet.Sctp },
        { Client6, SampleNode.Host6, SampleNode.Remote6, Packet.Sctp },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_backend_of_this_node_sees_the_client_and_the_client_the_address_that_it_asked(
        string client, string service, string api, byte protocol, ushort port, ushort target) => Routes.Run(() =>
    {
        var first = To(client, service, protocol, port);

        var opened = _node.Arrive(first);
        var reply = _node.Send(_sample.ApiPod, opened.Packet.Reply(protocol == Packet.Sctp ? (byte)2 : (byte)(Packet.Syn | Packet.Ack)));
        var second = _node.Arrive(first with { Flags = protocol == Packet.Tcp ? Packet.Ack : first.Flags });
        var answer = _node.Send(_sample.ApiPod, opened.Packet.Reply(protocol == Packet.Sctp ? (byte)0 : Packet.Ack));


        Assert.Equal((Exit.Peer, Reason.Rule, _sample.ApiPod.Ifindex, 4u), (opened.Exit, opened.Reason, opened.Record.Ifindex, opened.Record.IngressRule));
        Assert.Equal((client, api, first.SourcePort, target), Ends(opened.Packet));
        Assert.Equal((Exit.Peer, Reason.Established, _sample.ApiPod.Ifindex), (second.Exit, second.Reason, second.Record.Ifindex));
        Assert.Equal((client, api, first.SourcePort, target), Ends(second.Packet));
        Assert.All([reply, answer], back =>
        {
            Assert.Equal((Exit.Straight, Reason.Established, TestNode.AnswerRedirect), (back.Exit, back.Reason, back.Answer));
            Assert.Equal((service, client, port, first.SourcePort), Ends(back.Packet));
            Assert.Equal(63, back.Packet.Hops);
        });
    });

    [Theory]
    [InlineData(Stranger4, SampleNode.Host4)]
    [InlineData(Stranger6, SampleNode.Host6)]
    public void The_backends_policy_is_asked_of_the_client_itself(string stranger, string node)
    {
        var outcome = _node.Arrive(To(stranger, node, Packet.Tcp, Http));


        Assert.Equal((Exit.Drop, Reason.DefaultDeny), outcome.Way);
        Assert.Empty(_node.Connections(4).Concat(_node.Connections(6)));
    }

    [Theory]
    [MemberData(nameof(FarWays))]
    public void A_backend_elsewhere_sees_this_node_and_answers_by_way_of_it(string client, string service, string remote, byte protocol) => Routes.Run(device =>
    {
        var first = To(client, service, protocol, Far);

        var opened = _node.Arrive(first);
        var seen = opened.Packet;
        var reply = _node.Arrive(seen.Reply(protocol == Packet.Sctp ? (byte)2 : (byte)(Packet.Syn | Packet.Ack)));
        var second = _node.Arrive(first with { Flags = protocol == Packet.Tcp ? Packet.Ack : first.Flags });
        var again = _node.Arrive(seen.Reply(protocol == Packet.Sctp ? (byte)0 : Packet.Ack));
        // By entries that packets of both directions have renewed.
        var third = _node.Arrive(first with { Flags = protocol == Packet.Tcp ? Packet.Ack : (byte)0 });


        Assert.Equal((Exit.Straight, Reason.Forwarded, device, TestNode.AnswerRedirect), (opened.Exit, opened.Reason, opened.Record.Ifindex, opened.Answer));
        Assert.Equal((service, remote, (ushort)8443), (seen.Source.ToString(), seen.Destination.ToString(), seen.DestinationPort));
        Assert.InRange(seen.SourcePort, 1024, 32767);
        Assert.Equal(63, seen.Hops);
        Assert.All([second, third], next =>
        {
            Assert.Equal((Exit.Straight, Reason.Established), next.Way);
            Assert.Equal(Ends(seen), Ends(next.Packet));
        });
        Assert.All([reply, again], back =>
        {
            Assert.Equal((Exit.Straight, Reason.Established), back.Way);
            Assert.Equal((service, client, Far, first.SourcePort), Ends(back.Packet));
        });
        Assert.True(first.Body.AsSpan().SequenceEqual(seen.Body.AsSpan()));
    });

    [Theory]
    [InlineData(Client4, SampleNode.Host4, Dns, "10.0.0.2")]
    [InlineData(Client6, SampleNode.Host6, Dns, "fd00::2")]
    public void Errors_about_a_connection_to_a_backend_of_this_node_are_translated(string client, string service, ushort port, string api) => Routes.Run(() =>
    {
        var query = To(client, service, Packet.Udp, port);
        var seen = _node.Arrive(query).Packet;

        var toClient = _node.Send(_sample.ApiPod, Packet.Unreachable(api, seen, 200));
        var answer = _node.Send(_sample.ApiPod, seen.Reply()).Packet;
        var toBackend = _node.Arrive(Packet.Unreachable(client, answer, 200));


        Assert.Equal((Exit.Straight, Reason.Related), toClient.Way);
        Assert.Equal((service, client), (toClient.Packet.Source.ToString(), toClient.Packet.Destination.ToString()));
        Assert.Equal(Ends(query), Ends(PacketReader.ReadQuote(toClient.Packet)));
        Assert.Equal((Exit.Peer, Reason.Related, _sample.ApiPod.Ifindex), (toBackend.Exit, toBackend.Reason, toBackend.Record.Ifindex));
        Assert.Equal((client, api), (toBackend.Packet.Source.ToString(), toBackend.Packet.Destination.ToString()));
        Assert.Equal(Ends(seen.Reply()), Ends(PacketReader.ReadQuote(toBackend.Packet)));
    });

    [Theory]
    [InlineData(Client4, SampleNode.Host4, SampleNode.Remote4, "192.0.2.99", Packet.Udp)]
    [InlineData(Client6, SampleNode.Host6, SampleNode.Remote6, "2001:db8:99::1", Packet.Udp)]
    [InlineData(Client4, SampleNode.Host4, SampleNode.Remote4, "192.0.2.99", Packet.Tcp)]
    [InlineData(Client6, SampleNode.Host6, SampleNode.Remote6, "2001:db8:99::1", Packet.Tcp)]
    public void Errors_about_a_connection_to_a_backend_elsewhere_are_translated_too(
        string client, string service, string remote, string router, byte protocol) => Routes.Run(() =>
    {
        var query = To(client, service, protocol, Far);
        var seen = _node.Arrive(query).Packet;
        var answer = _node.Arrive(seen.Reply()).Packet;

        var ofBackend = _node.Arrive(Packet.Unreachable(remote, seen, 200));
        var ofRouter = _node.Arrive(Packet.Unreachable(router, seen, 200));
        var ofClient = _node.Arrive(Packet.Unreachable(client, answer, 200));


        Assert.All([ofBackend, ofRouter, ofClient], error => Assert.Equal((Exit.Straight, Reason.Related), error.Way));
        Assert.Equal((service, client), (ofBackend.Packet.Source.ToString(), ofBackend.Packet.Destination.ToString()));
        Assert.Equal((router, client), (ofRouter.Packet.Source.ToString(), ofRouter.Packet.Destination.ToString()));
        Assert.Equal(Ends(query), Ends(PacketReader.ReadQuote(ofBackend.Packet)));
        Assert.Equal(Ends(query), Ends(PacketReader.ReadQuote(ofRouter.Packet)));
        Assert.Equal((service, remote), (ofClient.Packet.Source.ToString(), ofClient.Packet.Destination.ToString()));
        Assert.Equal(Ends(seen.Reply()), Ends(PacketReader.ReadQuote(ofClient.Packet)));
    });

    [Theory]
    [InlineData(Client4, Stranger4, Balancer4)]
    [InlineData(Client6, Stranger6, "fd00:96::20")]
    public void A_load_balancers_address_is_for_those_whom_it_names(string client, string stranger, string balancer) => Routes.Run(() =>
    {
        var before = _node.DropsBecause(Reason.ServiceSource);

        var known = _node.Arrive(To(client, balancer, Packet.Tcp, 80));
        var unknown = _node.Arrive(To(stranger, balancer, Packet.Tcp, 80));
        var otherPort = _node.Arrive(To(stranger, balancer, Packet.Tcp, 81));
        var web = _node.Send(_sample.WebPod, To(client == Client4 ? "10.0.0.1" : "fd00::1", balancer, Packet.Tcp, 80));


        Assert.Equal(Exit.Peer, known.Exit);
        Assert.All([unknown, web], outcome => Assert.Equal((Exit.Drop, Reason.ServiceSource), outcome.Way));
        // The address alone has no sources here: the loader gives it those of its ports.
        Assert.Equal((Exit.Reject, Reason.ServicePort), otherPort.Way);
        Assert.Equal(before + 2, _node.DropsBecause(Reason.ServiceSource));
    });

    [Theory]
    [InlineData(Client4, SampleNode.Host4, Empty, Reason.ServiceBackends)]
    [InlineData(Client6, SampleNode.Host6, Empty, Reason.ServiceBackends)]
    [InlineData(Client4, "10.96.0.21", 99, Reason.ServicePort)]
    [InlineData(Client6, "fd00:96::21", 99, Reason.ServicePort)]
    public void What_a_service_refuses_is_answered_the_way_it_came(string client, string service, ushort port, Reason reason)
    {
        var packet = To(client, service, Packet.Tcp, port);

        var outcome = _node.Arrive(packet);


        Assert.Equal((Exit.Reject, reason, TestNode.AnswerRedirect), (outcome.Exit, outcome.Reason, outcome.Answer));
        Assert.Equal((service, client, port, packet.SourcePort), Ends(outcome.Packet));
        Assert.Equal(Packet.Rst, (byte)(outcome.Packet.Flags & Packet.Rst));
    }

    [Theory]
    [InlineData("10.0.0.1", SampleNode.Host4, OtherNode4, "10.0.0.2")]
    [InlineData("fd00::1", SampleNode.Host6, OtherNode6, "fd00::2")]
    public void Containers_reach_node_ports_of_every_node_as_the_service(string web, string node, string other, string api)
    {
        var own = _node.Send(_sample.WebPod, To(web, node, Packet.Tcp, Http));
        var others = _node.Send(_sample.WebPod, To(web, other, Packet.Tcp, Http) with { SourcePort = 43001 });
        var guest = _node.Send(_sample.GuestPod, To(web[..^1] + "3", other, Packet.Tcp, Http) with { SourcePort = 43002 });
        var noNode = _node.Send(_sample.WebPod, To(web, web.Contains(':') ? "fd00:2::1" : "192.168.1.1", Packet.Tcp, Http));
        var noService = _node.Send(_sample.WebPod, To(web, node, Packet.Tcp, 30999));
        var reply = _node.Send(_sample.ApiPod, others.Packet.Reply());


        Assert.Equal((Exit.Peer, (web, api, (ushort)43000, (ushort)8080)), (own.Exit, Ends(own.Packet)));
        Assert.Equal((Exit.Peer, (web, api, (ushort)43001, (ushort)8080)), (others.Exit, Ends(others.Packet)));
        // `allow to service checkout on 80/tcp`: by the service's own port.
        Assert.Equal((Exit.Peer, 2u), (guest.Exit, guest.Record.EgressRule));
        Assert.All([noNode, noService], outcome => Assert.Equal((Exit.Stack, 0u), (outcome.Exit, outcome.Record.Service)));
        Assert.Equal((Exit.Peer, (other, web, Http, (ushort)43001)), (reply.Exit, Ends(reply.Packet)));
    }

    [Theory]
    [InlineData("10.0.0.1", Client4, SampleNode.Host4, SampleNode.Remote4, "10.0.0.2")]
    [InlineData("fd00::1", Client6, SampleNode.Host6, SampleNode.Remote6, "fd00::2")]
    public void What_is_for_clients_from_outside_comes_before_what_is_for_all(string web, string client, string node, string remote, string api)
    {
        var inside = _node.Send(_sample.WebPod, To(web, node, Packet.Tcp, Apart));
        var outside = _node.Arrive(To(client, node, Packet.Tcp, Apart));


        Assert.Equal(remote, inside.Packet.Destination.ToString());
        Assert.Equal((Exit.Peer, api), (outside.Exit, outside.Packet.Destination.ToString()));
    }

    [Fact]
    public void No_two_clients_have_one_port_to_one_backend() => Routes.Run(() =>
    {
        Masquerade(1024, 300);
        HashSet<ushort> ports = [];

        for (var i = 0; i < 250; i++)
        {
            var outcome = _node.Arrive(To($"203.0.113.{i + 1}", SampleNode.Host4, Packet.Tcp, Far) with { SourcePort = 1100 });
            if (outcome.Exit == Exit.Straight)
            {
                Assert.True(ports.Add(outcome.Packet.SourcePort), $"port {outcome.Packet.SourcePort} was given twice");
            }
        }

        Assert.InRange(ports.Count, 200, 250);
        Assert.All(ports, port => Assert.InRange(port, 1024, 1323));
    });

    [Fact]
    public void Where_no_port_is_left_the_client_may_try_again() => Routes.Run(() =>
    {
        Masquerade(1024, 1);
        var first = _node.Arrive(To(Client4, SampleNode.Host4, Packet.Tcp, Far));
        var second = _node.Arrive(To("203.0.113.6", SampleNode.Host4, Packet.Tcp, Far));
        _node.AgeConnections(TimeSpan.FromMinutes(2));
        var later = _node.Arrive(To("203.0.113.6", SampleNode.Host4, Packet.Tcp, Far));
        var stale = _node.Arrive(To(Client4, SampleNode.Host4, Packet.Tcp, Far) with { Flags = Packet.Ack });


        Assert.Equal((Exit.Straight, 1024), (first.Exit, (int)first.Packet.SourcePort));
        Assert.Equal((Exit.Drop, Reason.ConnectionCollision), second.Way);
        Assert.Equal((Exit.Straight, 1024), (later.Exit, (int)later.Packet.SourcePort));
        Assert.Equal((Exit.Drop, Reason.ConnectionCollision), stale.Way);
    });

    [Fact]
    public void Without_an_address_to_masquerade_by_nothing_goes_elsewhere()
    {
        _node["masquerade"].Update(new byte[4], new byte[24]);


        Assert.Equal((Exit.Drop, Reason.NoRoute), _node.Arrive(To(Client4, SampleNode.Host4, Packet.Tcp, Far)).Way);
        Assert.Equal((Exit.Drop, Reason.NoRoute), _node.Arrive(To(Client6, SampleNode.Host6, Packet.Tcp, Far)).Way);
    }

    [Fact]
    public void A_packet_whose_hops_are_spent_or_that_has_no_route_goes_nowhere()
    {
        Routes.Run(() => Assert.Equal((Exit.Drop, Reason.NoRoute), _node.Arrive(To(Client4, SampleNode.Host4, Packet.Tcp, Far) with { Hops = 1 }).Way));
        _node.ForgetConnections();
        Scratch.Run(_ => Assert.Equal((Exit.Drop, Reason.NoRoute), _node.Arrive(To(Client6, SampleNode.Host6, Packet.Tcp, Far)).Way));
    }

    [Theory]
    [InlineData(Client4, SampleNode.Host4, Packet.Tcp)]
    [InlineData(Client4, SampleNode.Host4, Packet.Udp)]
    [InlineData(Client6, SampleNode.Host6, Packet.Tcp)]
    [InlineData(Client6, SampleNode.Host6, Packet.Udp)]
    public void What_is_too_big_for_its_way_is_told_how_big_it_may_be(string client, string service, byte protocol) => Routes.Run(() =>
    {
        Scratch.Shell("ip", "link", "set", Routes.Device, "mtu", "1300");
        var first = To(client, service, protocol, Far);
        _ = _node.Arrive(first);

        var outcome = _node.Arrive(first with { Flags = protocol == Packet.Tcp ? Packet.Ack : (byte)0, Body = [.. new byte[1350]] });
        var quote = PacketReader.ReadQuote(outcome.Packet);


        Assert.Equal((Exit.Reject, Reason.TooBig, TestNode.AnswerRedirect), (outcome.Exit, outcome.Reason, outcome.Answer));
        Assert.Equal((service, client), (outcome.Packet.Source.ToString(), outcome.Packet.Destination.ToString()));
        Assert.Equal(client.Contains(':') ? ((byte)2, (byte)0) : ((byte)3, (byte)4), (outcome.Packet.IcmpType, outcome.Packet.IcmpCode));
        Assert.Equal(1300u, outcome.Packet.IcmpRest);
        Assert.Equal(Ends(first), Ends(quote));
    });

    [Theory]
    [InlineData(Dns, Exit.Peer)]
    [InlineData(Far, Exit.Straight)]
    public void Later_fragments_follow_their_first_under_its_addresses(ushort port, Exit exit) => Routes.Run(() =>
    {
        var first = To(Client4, SampleNode.Host4, Packet.Udp, port) with { Fragment = (0, true, 99), Body = [.. new byte[16]] };

        var stray = _node.Arrive(first with { Fragment = (24, false, 99) });
        var head = _node.Arrive(first);
        var tail = _node.Arrive(first with { Fragment = (24, false, 99) });


        Assert.Equal(Exit.Stack, stray.Exit);
        Assert.Equal(exit, head.Exit);
        Assert.Equal((exit, head.Packet.Source, head.Packet.Destination), (tail.Exit, tail.Packet.Source, tail.Packet.Destination));
    });

    [Fact]
    public void A_backend_that_is_one_no_more_ends_the_connection_of_a_client_from_outside() => Routes.Run(() =>
    {
        var near = _node.Arrive(To(Client4, SampleNode.Host4, Packet.Tcp, Http));
        var far = _node.Arrive(To(Client4, SampleNode.Host4, Packet.Tcp, Far));
        var keys = new[] { (Port: 20u, Address: "10.0.0.2"), (Port: 23u, Address: SampleNode.Remote4) };
        foreach (var (port, address) in keys)
        {
            _node["service_backends4"].Delete([.. BitConverter.GetBytes(port), .. IPAddress.Parse(address).GetAddressBytes()]);
        }

        _node.SetEpoch(2);

        var ended = new[] { Http, Far }.Select(port => _node.Arrive(To(Client4, SampleNode.Host4, Packet.Tcp, port) with { Flags = Packet.Ack })).ToArray();


        Assert.Equal((Exit.Peer, Exit.Straight), (near.Exit, far.Exit));
        Assert.All(ended, outcome => Assert.Equal((Exit.Reject, Reason.BackendGone), outcome.Way));
    });

    private static Packet To(string from, string to, byte protocol, ushort port) => protocol switch
    {
        Packet.Tcp => Packet.TcpFrom(from, 43000, to, port),
        Packet.Udp => Packet.UdpFrom(from, 43000, to, port),
        _ => Packet.SctpFrom(from, 43000, to, port),
    };

    private static (string, string, ushort, ushort) Ends(Packet packet) =>
        (packet.Source.ToString(), packet.Destination.ToString(), packet.SourcePort, packet.DestinationPort);

    private void AddNodePort(string any, uint portId, ushort nodePort, ushort number, byte protocol, params (string Address, ushort Port)[] backends)
    {
        _node.AddService(1, portId, any, nodePort, protocol, backends);
        _node.ChangeService(any, nodePort, protocol, service => service with { Number = BinaryPrimitives.ReverseEndianness(number) });
    }

    /// <summary>A key for clients from outside alone, with the backends of another port.</summary>
    private void OnlyFromOutside(string address, ushort port, byte protocol, uint portId)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        Service service = new() { Id = 1, Port = portId, Backends = 1, Number = BinaryPrimitives.ReverseEndianness((ushort)81) };
        _node[$"services{(bytes.Length == 4 ? "4" : "6")}"].Update([.. bytes, (byte)(port >> 8), (byte)port, protocol, 1], BpfMap.Bytes(ref service));
    }

    private void AddSource(string prefix, uint set)
    {
        var network = IPNetwork.Parse(prefix);
        var address = network.BaseAddress.GetAddressBytes();
        _node[$"service_sources{(address.Length == 4 ? "4" : "6")}"].Update(
            [.. BitConverter.GetBytes(32 + network.PrefixLength), .. BitConverter.GetBytes(set), .. address], BitConverter.GetBytes(1));
    }

    private void Masquerade(ushort first, ushort count)
    {
        Masquerade value = new() { FirstPort = first, Ports = count };
        IPAddress.Parse(SampleNode.Host4).GetAddressBytes().CopyTo((Span<byte>)value.Address4);
        IPAddress.Parse(SampleNode.Host6).GetAddressBytes().CopyTo((Span<byte>)value.Address6);
        _node["masquerade"].Update(new byte[4], MemoryMarshal.AsBytes(new Span<Masquerade>(ref value)));
    }
}
