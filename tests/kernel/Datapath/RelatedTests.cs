using Netpol.Bundle;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>ICMP errors follow the connection they are about, and are translated with it, quote and all.</summary>
public sealed class RelatedTests : IClassFixture<SampleNode>
{
    private readonly SampleNode _sample;
    private readonly TestNode _node;

    public RelatedTests(SampleNode sample)
    {
        (_sample, _node) = (sample, sample.Node);
        _node.ForgetConnections();
        _node.SetEpoch(1);
        _node.Publish(sample.WebPod);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2")]
    [InlineData("fd00::1", "fd00::2")]
    public void An_error_about_a_known_connection_passes_to_the_packets_sender(string web, string api)
    {
        var query = Packet.UdpFrom(web, 46000, api, 5353);
        _ = _node.Send(_sample.WebPod, query);

        var error = _node.Send(_sample.ApiPod, Packet.Unreachable(api, query));


        Assert.Equal((Exit.Peer, Reason.Related, _sample.WebPod.Ifindex), (error.Exit, error.Reason, error.Record.Ifindex));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", "198.51.100.1", 64)]
    [InlineData("fd00::1", "fd00::2", "2001:db8:1::1", 64)]
    [InlineData("10.0.0.1", "10.0.0.2", "198.51.100.1", 27)]
    [InlineData("10.0.0.1", "10.0.0.2", "198.51.100.1", 11)]
    [InlineData("10.0.0.1", "10.0.0.2", "198.51.100.1", 0)]
    [InlineData("fd00::1", "fd00::2", "2001:db8:1::1", 39)]
    [InlineData("fd00::1", "fd00::2", "2001:db8:1::1", 0)]
    public void An_error_about_no_known_connection_is_judged_as_any_icmp(string web, string api, string router, int quoted)
    {
        var toWeb = Packet.UdpFrom(web, 46001, api, 5353);
        var toApi = Packet.UdpFrom(api, 5353, web, 46001);

        var open = _node.Send(_sample.ApiPod, Packet.Unreachable(api, toWeb, quoted));
        var closed = _node.Send(_sample.WebPod, Packet.Unreachable(web, toApi, quoted));
        var openByStack = _node.Receive(_sample.WebPod, Packet.Unreachable(router, toWeb, quoted));
        var closedByStack = _node.Receive(_sample.ApiPod, Packet.Unreachable(router, toApi, quoted));


        Assert.Equal((Exit.Peer, Reason.NotIsolated, _sample.WebPod.Ifindex), (open.Exit, open.Reason, open.Record.Ifindex));
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), closed.Way);
        Assert.Equal((Exit.Stack, Reason.NotIsolated), openByStack.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), closedByStack.Way);
        Assert.Empty(_node.Connections(4));
        Assert.Empty(_node.Connections(6));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", "10.0.0.3")]
    [InlineData("fd00::1", "fd00::2", "fd00::3")]
    public void An_error_from_a_source_that_is_not_the_senders_own_is_dropped(string web, string api, string guest)
    {
        var error = _node.Send(_sample.ApiPod, Packet.Unreachable(guest, Packet.UdpFrom(web, 46009, api, 5353)));


        Assert.Equal((Exit.Drop, Reason.Source), error.Way);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2")]
    [InlineData("fd00::1", "fd00::2")]
    public void An_error_whose_connection_is_another_containers_by_now_is_judged_for_itself(string web, string api)
    {
        var query = Packet.UdpFrom(web, 46010, api, 5353);
        _ = _node.Send(_sample.WebPod, query);
        _node.Publish(_sample.WebPod with { Id = _sample.WebPod.Id + 1000 });
        _node.SetEpoch(2);

        var error = _node.Send(_sample.ApiPod, Packet.Unreachable(api, query));


        Assert.Equal((Exit.Peer, Reason.NotIsolated), error.Way);
    }

    [Fact]
    public void Only_an_error_to_the_sender_of_the_packet_it_quotes_is_related_to_it()
    {
        var query = Packet.UdpFrom("10.0.0.1", 46002, "10.0.0.2", 5353);
        _ = _node.Send(_sample.WebPod, query);

        var stray = _node.Send(_sample.GuestPod, Packet.Unreachable("10.0.0.3", query) with { Destination = _sample.ApiPod.Addresses[0] });


        Assert.Equal((Exit.Drop, Reason.DefaultDeny), stray.Way);
    }

    [Theory]
    [InlineData("10.0.0.4", SampleNode.Remote4, "203.0.113.1")]
    [InlineData("fd00::4", SampleNode.Remote6, "2001:db8:1::1")]
    public void Any_router_on_the_way_may_send_it(string plain, string remote, string router)
    {
        var query = Packet.TcpFrom(plain, 46003, remote, 443);
        _ = _node.Send(_sample.PlainPod, query);

        var error = _node.Receive(_sample.PlainPod, Packet.Unreachable(router, query));


        Assert.Equal((Exit.Stack, Reason.Related), error.Way);
    }

    [Theory]
    [InlineData("10.0.0.1", SampleNode.Service4, "10.0.0.2", Packet.Udp, 53, 200)]
    [InlineData("fd00::1", SampleNode.Service6, "fd00::2", Packet.Udp, 53, 200)]
    [InlineData("10.0.0.1", SampleNode.Service4, "10.0.0.2", Packet.Udp, 53, 28)]
    [InlineData("10.0.0.1", SampleNode.Service4, "10.0.0.2", Packet.Tcp, 80, 28)]
    [InlineData("10.0.0.1", SampleNode.Service4, "10.0.0.2", Packet.Tcp, 80, 200)]
    [InlineData("fd00::1", SampleNode.Service6, "fd00::2", Packet.Tcp, 80, 200)]
    [InlineData("fd00::1", SampleNode.Service6, "fd00::2", Packet.Tcp, 80, 48)]
    public void The_backends_error_carries_the_service_address_outside_and_inside(
        string web, string service, string api, byte protocol, ushort port, int quoted)
    {
        var query = protocol == Packet.Tcp ? Packet.TcpFrom(web, 46004, service, port) : Packet.UdpFrom(web, 46004, service, port);
        var seen = _node.Send(_sample.WebPod, query).Packet;

        var error = _node.Send(_sample.ApiPod, Packet.Unreachable(api, seen, quoted));
        var quote = PacketReader.ReadQuote(error.Packet);


        Assert.Equal((Exit.Peer, Reason.Related, _sample.WebPod.Ifindex), (error.Exit, error.Reason, error.Record.Ifindex));
        Assert.Equal((service, web), (error.Packet.Source.ToString(), error.Packet.Destination.ToString()));
        Assert.Equal((web, service, (ushort)46004, port), (quote.Source.ToString(), quote.Destination.ToString(), quote.SourcePort, quote.DestinationPort));
    }

    [Theory]
    [InlineData("10.0.0.1", SampleNode.Service4, "203.0.113.1")]
    [InlineData("fd00::1", SampleNode.Service6, "2001:db8:1::1")]
    public void A_routers_error_about_a_translated_packet_keeps_the_router_as_its_source(string web, string service, string router)
    {
        var query = Packet.UdpFrom(web, 46005, service, 443);
        var seen = _node.Send(_sample.WebPod, query).Packet;

        var error = _node.Receive(_sample.WebPod, Packet.Unreachable(router, seen, 200));
        var quote = PacketReader.ReadQuote(error.Packet);


        Assert.Equal((Exit.Stack, Reason.Related), error.Way);
        Assert.Equal((router, web), (error.Packet.Source.ToString(), error.Packet.Destination.ToString()));
        Assert.Equal((service, (ushort)443), (quote.Destination.ToString(), quote.DestinationPort));
    }

    [Theory]
    [InlineData("10.0.0.1", SampleNode.Service4, "10.0.0.2")]
    [InlineData("fd00::1", SampleNode.Service6, "fd00::2")]
    public void The_clients_error_about_a_reply_reaches_the_backend_under_its_own_addresses(string web, string service, string api)
    {
        var seen = _node.Send(_sample.WebPod, Packet.UdpFrom(web, 46006, service, 53)).Packet;
        var reply = _node.Send(_sample.ApiPod, seen.Reply()).Packet;

        var error = _node.Send(_sample.WebPod, Packet.Unreachable(web, reply, 200));
        var quote = PacketReader.ReadQuote(error.Packet);


        Assert.Equal((Exit.Peer, Reason.Related, _sample.ApiPod.Ifindex), (error.Exit, error.Reason, error.Record.Ifindex));
        Assert.Equal((web, api), (error.Packet.Source.ToString(), error.Packet.Destination.ToString()));
        Assert.Equal((api, web, (ushort)5353, (ushort)46006), (quote.Source.ToString(), quote.Destination.ToString(), quote.SourcePort, quote.DestinationPort));
    }

    [Theory]
    [InlineData("10.0.0.2", SampleNode.Service4)]
    [InlineData("fd00::2", SampleNode.Service6)]
    public void An_error_of_a_backend_that_is_its_own_client_finds_back(string api, string service)
    {
        var seen = _node.Send(_sample.ApiPod, Packet.UdpFrom(api, 46007, service, 53)).Packet;

        var error = _node.Send(_sample.ApiPod, Packet.Unreachable(api, seen, 200));
        var quote = PacketReader.ReadQuote(error.Packet);


        Assert.Equal((Exit.Peer, Reason.Related, _sample.ApiPod.Ifindex), (error.Exit, error.Reason, error.Record.Ifindex));
        Assert.Equal((service, api), (error.Packet.Source.ToString(), error.Packet.Destination.ToString()));
        Assert.Equal((api, service, (ushort)46007, (ushort)53), (quote.Source.ToString(), quote.Destination.ToString(), quote.SourcePort, quote.DestinationPort));
    }

    [Fact]
    public void After_a_change_an_error_is_judged_with_its_connection()
    {
        var query = Packet.UdpFrom("10.0.0.1", 46008, "10.0.0.2", 5353);
        _ = _node.Send(_sample.WebPod, query);
        _node.SetEpoch(2);
        var allowed = _node.Send(_sample.ApiPod, Packet.Unreachable("10.0.0.2", query));
        _node.Publish(_sample.WebPod with { Sets = [] });
        _node.SetEpoch(3);

        var denied = _node.Send(_sample.ApiPod, Packet.Unreachable("10.0.0.2", query));


        Assert.Equal((Exit.Peer, Reason.Related), allowed.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), denied.Way);
    }
}
