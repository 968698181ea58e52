using Netpol.Bundle;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>Translation to a backend and back; every packet that leaves is read with all checksums computed from scratch.</summary>
public sealed class ServiceTests : IClassFixture<SampleNode>
{
    private readonly SampleNode _sample;
    private readonly TestNode _node;

    public ServiceTests(SampleNode sample)
    {
        (_sample, _node) = (sample, sample.Node);
        _node.ForgetConnections();
        _node.SetEpoch(1);
        _node.Publish(sample.ApiPod);
    }

    [Theory]
    [InlineData("10.0.0.1", SampleNode.Service4, "10.0.0.2", Packet.Tcp, 80, 8080)]
    [InlineData("fd00::1", SampleNode.Service6, "fd00::2", Packet.Tcp, 80, 8080)]
    [InlineData("10.0.0.1", SampleNode.Service4, "10.0.0.2", Packet.Udp, 53, 5353)]
    [InlineData("fd00::1", SampleNode.Service6, "fd00::2", Packet.Udp, 53, 5353)]
    [InlineData("10.0.0.1", SampleNode.Service4, "10.0.0.2", Packet.Sctp, 7, 7007)]
    [InlineData("fd00::1", SampleNode.Service6, "fd00::2", Packet.Sctp, 7, 7007)]
    public void A_connection_goes_to_the_backend_and_its_replies_carry_the_service_address(
        string web, string service, string api, byte protocol, ushort port, ushort target)
    {
        var first = To(web, service, protocol, port);

        var sent = _node.Send(_sample.WebPod, first);
        var translated = sent.Packet;
        var reply = _node.Send(_sample.ApiPod, translated.Reply(protocol == Packet.Sctp ? (byte)2 : (byte)(Packet.Syn | Packet.Ack)));
        var second = _node.Send(_sample.WebPod, first with { Flags = protocol == Packet.Tcp ? Packet.Ack : first.Flags });


        Assert.Equal((Exit.Peer, Reason.Rule, _sample.ApiPod.Ifindex), (sent.Exit, sent.Reason, sent.Record.Ifindex));
        Assert.Equal((4u, 1u), (sent.Record.IngressRule, sent.Record.Service));
        Assert.Equal((web, api, first.SourcePort, target), Ends(translated));
        Assert.Equal((Exit.Peer, Reason.Established, _sample.WebPod.Ifindex), (reply.Exit, reply.Reason, reply.Record.Ifindex));
        Assert.Equal((service, web, port, first.SourcePort), Ends(reply.Packet));
        Assert.Equal((Exit.Peer, Reason.Established), second.Way);
        Assert.Equal((web, api, first.SourcePort, target), Ends(second.Packet));
        Assert.True(first.Body.AsSpan().SequenceEqual(translated.Body.AsSpan()));
    }

    [Theory]
    [InlineData("10.0.0.1", SampleNode.Service4, SampleNode.Remote4, Packet.Tcp)]
    [InlineData("fd00::1", SampleNode.Service6, SampleNode.Remote6, Packet.Tcp)]
    [InlineData("10.0.0.1", SampleNode.Service4, SampleNode.Remote4, Packet.Udp)]
    [InlineData("fd00::1", SampleNode.Service6, SampleNode.Remote6, Packet.Udp)]
    public void The_replies_of_a_backend_elsewhere_are_translated_where_they_come_in(string web, string service, string remote, byte protocol)
    {
        var first = To(web, service, protocol, 443);

        var sent = _node.Send(_sample.WebPod, first);
        var reply = _node.Receive(_sample.WebPod, sent.Packet.Reply());


        Assert.Equal((Exit.Stack, TestNode.AnswerNext), (sent.Exit, sent.Answer));
        Assert.Equal((web, remote, first.SourcePort, (ushort)8443), Ends(sent.Packet));
        Assert.Equal((Exit.Stack, Reason.Established), reply.Way);
        Assert.Equal((service, web, (ushort)443, first.SourcePort), Ends(reply.Packet));
    }

    [Theory]
    [InlineData("10.0.0.3", SampleNode.Service4)]
    [InlineData("fd00::3", SampleNode.Service6)]
    public void A_rule_to_the_service_is_about_translated_connections_and_the_services_own_port(string guest, string service)
    {
        var through = _node.Send(_sample.GuestPod, To(guest, service, Packet.Tcp, 80));
        var otherPort = _node.Send(_sample.GuestPod, To(guest, service, Packet.Udp, 53));
        var direct = _node.Send(_sample.GuestPod, To(guest, guest[0] == 'f' ? "fd00::2" : "10.0.0.2", Packet.Tcp, 8080) with { SourcePort = 43001 });


        Assert.Equal((Exit.Peer, 2u, 4u), (through.Exit, through.Record.EgressRule, through.Record.IngressRule));
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), otherPort.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), direct.Way);
    }

    [Theory]
    [InlineData("10.0.0.2", SampleNode.Service4, Packet.Tcp, 80, 8080)]
    [InlineData("fd00::2", SampleNode.Service6, Packet.Tcp, 80, 8080)]
    [InlineData("10.0.0.2", SampleNode.Service4, Packet.Udp, 53, 5353)]
    [InlineData("fd00::2", SampleNode.Service6, Packet.Udp, 53, 5353)]
    public void A_backend_that_reaches_itself_through_the_service_sees_the_service_as_its_client(
        string api, string service, byte protocol, ushort port, ushort target)
    {
        var first = To(api, service, protocol, port);

        var sent = _node.Send(_sample.ApiPod, first);
        var reply = _node.Send(_sample.ApiPod, sent.Packet.Reply());
        var second = _node.Send(_sample.ApiPod, first with { Flags = protocol == Packet.Tcp ? Packet.Ack : first.Flags });


        Assert.Equal((Exit.Peer, Reason.SameEndpoint, _sample.ApiPod.Ifindex), (sent.Exit, sent.Reason, sent.Record.Ifindex));
        Assert.Equal((service, api, first.SourcePort, target), Ends(sent.Packet));
        Assert.Equal((Exit.Peer, Reason.Established), reply.Way);
        Assert.Equal((service, api, port, first.SourcePort), Ends(reply.Packet));
        Assert.Equal((service, api, first.SourcePort, target), Ends(second.Packet));
    }

    [Theory]
    [InlineData(SampleNode.OtherApi4, SampleNode.Service4, "10.0.0.2")]
    [InlineData(SampleNode.OtherApi6, SampleNode.Service6, "fd00::2")]
    public void So_does_one_that_asks_from_another_address_of_its_own(string other, string service, string api)
    {
        var first = To(other, service, Packet.Tcp, 80);

        var sent = _node.Send(_sample.ApiPod, first);
        var reply = _node.Send(_sample.ApiPod, sent.Packet.Reply());


        Assert.Equal((Exit.Peer, Reason.SameEndpoint), sent.Way);
        Assert.Equal((service, api, first.SourcePort, (ushort)8080), Ends(sent.Packet));
        Assert.Equal((Exit.Peer, Reason.Established), reply.Way);
        Assert.Equal((service, other, (ushort)80, first.SourcePort), Ends(reply.Packet));
    }

    /// <summary>The first packet is rewritten by <c>translate</c>, the second by <c>translate_known</c>.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_udp_packet_without_checksum_stays_without(bool isKnown)
    {
        var packet = To("10.0.0.1", SampleNode.Service4, Packet.Udp, 53);

        var sent = SendAsFirstOrSecond(packet, packet with { HasChecksum = false }, isKnown);
        var reply = _node.Send(_sample.ApiPod, sent.Packet.Reply() with { HasChecksum = false });


        Assert.False(sent.Packet.HasChecksum);
        Assert.Equal(("10.0.0.1", "10.0.0.2", (ushort)43000, (ushort)5353), Ends(sent.Packet));
        Assert.False(reply.Packet.HasChecksum);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_udp_checksum_that_comes_out_as_zero_is_sent_as_its_complement(bool isKnown)
    {
        // Over all bodies of two bytes one sums to zero after translation; found by trying them.
        var packet = To("10.0.0.1", SampleNode.Service4, Packet.Udp, 53);
        var zeroed = Enumerable.Range(0, 65536)
            .Select(i => packet with { Body = [(byte)(i >> 8), (byte)i] })
            .First(packet =>
            {
                var inner = packet with { Destination = System.Net.IPAddress.Parse("10.0.0.2"), DestinationPort = 5353 };
                return inner.ToIp()[26] == 0xff && inner.ToIp()[27] == 0xff;
            });

        var sent = SendAsFirstOrSecond(packet, zeroed, isKnown);


        Assert.Equal((0xff, 0xff), (sent.Frame[40], sent.Frame[41]));
        Assert.True(sent.Packet.HasChecksum);
    }

    /// <summary>UDP that nobody answers lives 30 s; the answer finds the main entry, which the client's packets have not looked up each time.</summary>
    [Theory]
    [InlineData("10.0.0.1", SampleNode.Service4)]
    [InlineData("fd00::1", SampleNode.Service6)]
    public void A_clients_packets_keep_both_entries_alive(string web, string service)
    {
        var packet = To(web, service, Packet.Udp, 53);

        var sent = _node.Send(_sample.WebPod, packet);
        _node.AgeConnections(TimeSpan.FromSeconds(20));
        var second = _node.Send(_sample.WebPod, packet);
        _node.AgeConnections(TimeSpan.FromSeconds(20));
        var reply = _node.Send(_sample.ApiPod, sent.Packet.Reply());


        Assert.Equal((Exit.Peer, Reason.Established), second.Way);
        Assert.Equal((Exit.Peer, Reason.Established), reply.Way);
        Assert.Equal((service, web, (ushort)53, (ushort)43000), Ends(reply.Packet));
    }

    [Theory]
    [InlineData("10.0.0.1", SampleNode.Service4)]
    [InlineData("fd00::1", SampleNode.Service6)]
    public void A_forward_entry_is_not_believed_for_long_without_its_main_entry(string web, string service)
    {
        var packet = To(web, service, Packet.Udp, 53);
        var family = web[0] == 'f' ? 6 : 4;

        _ = _node.Send(_sample.WebPod, packet);
        Assert.Equal(2, _node.Connections(family).Length);
        var main = Assert.Single(_node.Connections(family), entry => entry.Key.AsSpan().IndexOf(_sample.ApiPod.Addresses.First(address => address.ToString() == Backend(web)).GetAddressBytes()) >= 0);
        _node.Table(family).Forget(main);
        _node.AgeConnections(TimeSpan.FromSeconds(3));
        var second = _node.Send(_sample.WebPod, packet);


        Assert.Equal((Exit.Peer, Reason.Rule), second.Way);
        Assert.Equal(2, _node.Connections(family).Length);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2")]
    [InlineData("fd00::1", "fd00::2")]
    public void A_direct_connection_may_not_take_a_translated_ones_place(string web, string api)
    {
        var service = api[0] == 'f' ? SampleNode.Service6 : SampleNode.Service4;
        _ = _node.Send(_sample.WebPod, To(web, service, Packet.Tcp, 80));

        var direct = _node.Send(_sample.WebPod, To(web, api, Packet.Tcp, 8080));


        Assert.Equal((Exit.Drop, Reason.ConnectionCollision), direct.Way);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2")]
    [InlineData("fd00::1", "fd00::2")]
    public void A_translation_may_not_take_a_direct_connections_place(string web, string api)
    {
        var service = api[0] == 'f' ? SampleNode.Service6 : SampleNode.Service4;
        _ = _node.Send(_sample.WebPod, To(web, api, Packet.Tcp, 8080));

        var translated = _node.Send(_sample.WebPod, To(web, service, Packet.Tcp, 80));
        var direct = _node.Send(_sample.WebPod, To(web, api, Packet.Tcp, 8080) with { Flags = Packet.Ack });


        Assert.Equal((Exit.Drop, Reason.ConnectionCollision), translated.Way);
        Assert.Equal((Exit.Peer, Reason.Established), direct.Way);
    }

    [Fact]
    public void The_choice_is_uniform_over_the_entries_so_a_weight_is_a_number_of_entries()
    {
        _node.AddService(2, 20, "10.96.0.20", 80, Packet.Tcp, (SampleNode.Remote4, 1), (SampleNode.Remote4, 1), (SampleNode.Remote4, 1), ("198.51.100.8", 1));
        const int Connections = 800;

        var heavy = Enumerable.Range(0, Connections).Count(i =>
            Ends(_node.Send(_sample.WebPod, Packet.TcpFrom("10.0.0.1", (ushort)(20000 + i), "10.96.0.20", 80)).Packet).Item2 == SampleNode.Remote4);


        // Three of four; 600 expected, 6 standard deviations are 74.
        Assert.InRange(heavy, 526, 674);
    }

    [Theory]
    [InlineData("10.0.0.1", SampleNode.Service4)]
    [InlineData("fd00::1", SampleNode.Service6)]
    public void A_translated_connection_goes_on_after_a_change_that_allows_it_and_stops_after_one_that_does_not(string web, string service)
    {
        var first = To(web, service, Packet.Tcp, 80);
        var sent = _node.Send(_sample.WebPod, first);
        _node.SetEpoch(2);

        var reply = _node.Send(_sample.ApiPod, sent.Packet.Reply());
        _node.SetEpoch(3);
        var second = _node.Send(_sample.WebPod, first with { Flags = Packet.Ack });
        _node.Publish(_sample.WebPod with { Sets = [] });
        _node.SetEpoch(4);
        var stopped = _node.Send(_sample.WebPod, first with { Flags = Packet.Ack });
        _node.Publish(_sample.WebPod);


        Assert.Equal((Exit.Peer, Reason.Established), reply.Way);
        Assert.Equal((service, web, (ushort)80, first.SourcePort), Ends(reply.Packet));
        Assert.Equal((Exit.Peer, Reason.Established), second.Way);
        Assert.Equal(4u, second.Record.IngressRule);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), stopped.Way);
    }

    [Fact]
    public void A_change_keeps_the_service_that_translated_the_connection_in_mind()
    {
        var first = To("10.0.0.3", SampleNode.Service4, Packet.Tcp, 80);
        _ = _node.Send(_sample.GuestPod, first);
        _node.SetEpoch(2);

        var second = _node.Send(_sample.GuestPod, first with { Flags = Packet.Ack });


        Assert.Equal((Exit.Peer, Reason.Established, 2u), (second.Exit, second.Reason, second.Record.EgressRule));
    }

    private Outcome SendAsFirstOrSecond(Packet ordinary, Packet packet, bool isSecond)
    {
        if (isSecond)
        {
            _ = _node.Send(_sample.WebPod, ordinary);
        }

        return _node.Send(_sample.WebPod, packet);
    }

    private static string Backend(string client) => client[0] == 'f' ? "fd00::2" : "10.0.0.2";

    private static Packet To(string from, string to, byte protocol, ushort port) => protocol switch
    {
        Packet.Tcp => Packet.TcpFrom(from, 43000, to, port),
        Packet.Udp => Packet.UdpFrom(from, 43000, to, port),
        _ => Packet.SctpFrom(from, 43000, to, port),
    };

    private static (string, string, ushort, ushort) Ends(Packet packet) =>
        (packet.Source.ToString(), packet.Destination.ToString(), packet.SourcePort, packet.DestinationPort);
}
