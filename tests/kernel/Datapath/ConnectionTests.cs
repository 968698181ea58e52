using Netpol.Bundle;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>What an entry admits, for how long, and what a change of policy does to it.</summary>
public sealed class ConnectionTests : IClassFixture<SampleNode>
{
    private readonly SampleNode _sample;
    private readonly TestNode _node;

    public ConnectionTests(SampleNode sample)
    {
        (_sample, _node) = (sample, sample.Node);
        _node.ForgetConnections();
        _node.SetEpoch(1);
        _node.Publish(sample.WebPod);
        _node.Publish(sample.ApiPod);
    }

    public static TheoryData<string, string, byte> Protocols => new()
    {
        { "10.0.0.1", "10.0.0.2", Packet.Tcp }, { "fd00::1", "fd00::2", Packet.Tcp },
        { "10.0.0.1", "10.0.0.2", Packet.Udp }, { "fd00::1", "fd00::2", Packet.Udp },
        { "10.0.0.1", "10.0.0.2", Packet.Sctp }, { "fd00::1", "fd00::2", Packet.Sctp },
        { "10.0.0.1", "10.0.0.2", Packet.Icmp }, { "fd00::1", "fd00::2", Packet.IcmpV6 },
    };

    [Theory]
    [MemberData(nameof(Protocols))]
    public void The_second_packet_and_the_replies_pass_without_a_verdict(string web, string api, byte protocol)
    {
        var first = Opening(web, api, protocol);

        var opened = _node.Send(_sample.WebPod, first);
        var reply = _node.Send(_sample.ApiPod, first.Reply(protocol == Packet.Sctp ? (byte)2 : (byte)(Packet.Syn | Packet.Ack)));
        var second = _node.Send(_sample.WebPod, first with { Flags = protocol == Packet.Tcp ? Packet.Ack : first.Flags });


        Assert.Equal((Exit.Peer, Reason.Rule), opened.Way);
        Assert.Equal((Exit.Peer, Reason.Established), reply.Way);
        Assert.Equal(_sample.WebPod.Ifindex, reply.Record.Ifindex);
        Assert.Equal((Exit.Peer, Reason.Established), second.Way);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Without_the_first_packet_the_reply_is_judged_in_its_own_direction(string web, string api, byte protocol)
    {
        var first = Opening(web, api, protocol);

        // The web pod is in no closed policy, so the way back is open; but the guest is closed to all.
        var reply = _node.Send(_sample.ApiPod, (first with { Source = System.Net.IPAddress.Parse(first.IsV6 ? "fd00::3" : "10.0.0.3") }).Reply());
        var blocked = _node.Send(_sample.GuestPod, first.Reply() with { Source = System.Net.IPAddress.Parse(first.IsV6 ? "fd00::3" : "10.0.0.3") });


        Assert.Equal((Exit.Peer, Reason.NotIsolated), reply.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), blocked.Way);
    }

    [Fact]
    public void A_tcp_segment_that_is_no_syn_is_judged_as_new_in_its_own_direction()
    {
        var pickedUp = _node.Send(_sample.WebPod, Packet.TcpFrom("10.0.0.1", 41000, "10.0.0.2", 8080, Packet.Ack));
        var denied = _node.Send(_sample.PlainPod, Packet.TcpFrom("10.0.0.4", 41000, "10.0.0.2", 8080, Packet.Ack));
        var synAck = _node.Send(_sample.PlainPod, Packet.TcpFrom("10.0.0.4", 8080, "10.0.0.2", 41000, Packet.Syn | Packet.Ack));


        Assert.Equal((Exit.Peer, Reason.Rule, 1), (pickedUp.Exit, pickedUp.Reason, pickedUp.Record.NewConnection));
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), denied.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), synAck.Way);
    }

    [Fact]
    public void A_syn_against_the_connections_direction_is_a_connection_of_its_own()
    {
        // The guest may reach nobody's port but the service; the plain pod reaches the guest.
        _ = _node.Send(_sample.PlainPod, Packet.TcpFrom("10.0.0.4", 41001, "10.0.0.3", 7000));
        var reply = _node.Send(_sample.GuestPod, Packet.TcpFrom("10.0.0.3", 7000, "10.0.0.4", 41001, Packet.Syn | Packet.Ack));
        var reverse = _node.Send(_sample.GuestPod, Packet.TcpFrom("10.0.0.3", 7000, "10.0.0.4", 41001));


        Assert.Equal((Exit.Peer, Reason.Established), reply.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), reverse.Way);
    }

    [Theory]
    [InlineData("10.0.0.3", "10.0.0.4")]
    [InlineData("fd00::3", "fd00::4")]
    public void An_echo_request_is_no_reply_to_one_with_the_same_identifier(string guest, string plain)
    {
        _ = _node.Send(_sample.PlainPod, Packet.Echo(plain, guest, 77));
        var answer = _node.Send(_sample.GuestPod, Packet.Echo(guest, plain, 77, isReply: true));
        var question = _node.Send(_sample.GuestPod, Packet.Echo(guest, plain, 77));
        var otherAnswer = _node.Send(_sample.GuestPod, Packet.Echo(guest, plain, 78, isReply: true));


        Assert.Equal((Exit.Peer, Reason.Established), answer.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), question.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), otherAnswer.Way);
    }

    [Theory]
    [InlineData(Packet.Udp, 29, true)]
    [InlineData(Packet.Udp, 33, false)]
    [InlineData(Packet.Tcp, 59, true)]
    [InlineData(Packet.Tcp, 66, false)]
    [InlineData(Packet.Icmp, 33, false)]
    public void An_unanswered_connection_ends(byte protocol, int seconds, bool lives)
    {
        var first = Opening("10.0.0.4", "10.0.0.3", protocol);
        _ = _node.Send(_sample.PlainPod, first);
        _node.AgeConnections(TimeSpan.FromSeconds(seconds));

        var reply = _node.Send(_sample.GuestPod, first.Reply());


        Assert.Equal(lives ? Reason.Established : Reason.DefaultDeny, reply.Reason);
    }

    [Theory]
    [InlineData(Packet.Udp, 178, true)]
    [InlineData(Packet.Udp, 183, false)]
    [InlineData(Packet.Tcp, 21000, true)]
    [InlineData(Packet.Tcp, 21700, false)]
    public void An_answered_connection_lives_longer(byte protocol, int seconds, bool lives)
    {
        var first = Opening("10.0.0.4", "10.0.0.3", protocol);
        _ = _node.Send(_sample.PlainPod, first);
        _ = _node.Send(_sample.GuestPod, first.Reply());
        _node.AgeConnections(TimeSpan.FromSeconds(seconds));

        var reply = _node.Send(_sample.GuestPod, first.Reply(Packet.Ack));


        Assert.Equal(lives ? Reason.Established : Reason.DefaultDeny, reply.Reason);
    }

    [Theory]
    [InlineData(Packet.Tcp, Packet.Rst, 12)]
    [InlineData(Packet.Sctp, 6, 12)]
    public void A_reset_connection_ends_soon(byte protocol, byte reset, int seconds)
    {
        var first = Opening("10.0.0.4", "10.0.0.3", protocol);
        _ = _node.Send(_sample.PlainPod, first);
        var body = protocol == Packet.Sctp ? (byte)2 : (byte)(Packet.Syn | Packet.Ack);
        _ = _node.Send(_sample.GuestPod, first.Reply(body));
        var ended = _node.Send(_sample.PlainPod, Flagged(first, reset));
        _node.AgeConnections(TimeSpan.FromSeconds(seconds));

        var late = _node.Send(_sample.GuestPod, first.Reply(body));


        Assert.Equal((Exit.Peer, Reason.Established), ended.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), late.Way);
    }

    [Fact]
    public void A_syn_on_the_ports_of_a_closed_connection_is_a_new_connection()
    {
        var first = Opening("10.0.0.1", "10.0.0.2", Packet.Tcp);
        _ = _node.Send(_sample.WebPod, first);
        _ = _node.Send(_sample.ApiPod, first.Reply());
        _ = _node.Send(_sample.WebPod, first with { Flags = Packet.Fin | Packet.Ack });
        _ = _node.Send(_sample.ApiPod, first.Reply(Packet.Fin | Packet.Ack));

        var again = _node.Send(_sample.WebPod, first);


        Assert.Equal((Exit.Peer, Reason.Rule, 1), (again.Exit, again.Reason, again.Record.NewConnection));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void A_change_that_still_allows_it_lets_a_connection_go_on_whoever_sends_next(string web, string api, byte protocol)
    {
        var first = Opening(web, api, protocol);
        _ = _node.Send(_sample.WebPod, first);
        _node.SetEpoch(2);

        // Judged in the first packet's direction: the api pod itself may open nothing to the web pod's port 22.
        var reply = _node.Send(_sample.ApiPod, first.Reply());
        var next = _node.Send(_sample.ApiPod, first.Reply());


        Assert.Equal((Exit.Peer, Reason.Established), reply.Way);
        Assert.Equal((byte)Verdict.Allow, reply.Record.IngressVerdict);
        Assert.Equal((Exit.Peer, Reason.Established, (byte)Verdict.None), (next.Exit, next.Reason, next.Record.IngressVerdict));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void A_change_that_forbids_it_stops_a_connection_in_both_directions(string web, string api, byte protocol)
    {
        var first = Opening(web, api, protocol);
        _ = _node.Send(_sample.WebPod, first);
        _node.SetEpoch(2);
        _node.Publish(_sample.WebPod with { Sets = [] });

        var reply = _node.Send(_sample.ApiPod, first.Reply());
        var next = _node.Send(_sample.WebPod, first with { Flags = protocol == Packet.Tcp ? Packet.Ack : first.Flags });


        Assert.Equal((Exit.Drop, Reason.DefaultDeny), reply.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), next.Way);
    }

    /// <summary>What an end sends of it is no connection of its own, though policy would allow that end to begin one.</summary>
    [Theory]
    [MemberData(nameof(Protocols))]
    public void What_was_stopped_stays_stopped_whichever_end_goes_on_sending(string web, string api, byte protocol)
    {
        var first = Opening(web, api, protocol);
        // Of TCP an ACK, of SCTP a DATA chunk.
        var answer = first.Reply(protocol == Packet.Tcp ? Packet.Ack : (byte)0);
        var next = protocol is Packet.Tcp or Packet.Sctp ? answer.Reply(answer.Flags) : first;
        _ = _node.Send(_sample.WebPod, first);
        _ = _node.Send(_sample.ApiPod, first.Reply());
        _node.SetEpoch(2);
        _node.Publish(_sample.WebPod with { Sets = [] });

        Outcome[] sent =
        [
            _node.Send(_sample.WebPod, next),
            _node.Send(_sample.ApiPod, answer),
            _node.Send(_sample.ApiPod, answer),
            _node.Send(_sample.WebPod, next),
        ];
        _node.Publish(_sample.WebPod);
        _node.SetEpoch(3);
        var allowedAgain = _node.Send(_sample.ApiPod, answer);


        Assert.All(sent, outcome => Assert.Equal((Exit.Drop, Reason.DefaultDeny), outcome.Way));
        Assert.Equal((Exit.Peer, Reason.Established), allowedAgain.Way);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void A_change_of_others_takes_no_new_verdict_and_one_of_either_end_does(string web, string api, byte protocol)
    {
        var first = Opening(web, api, protocol);
        _ = _node.Send(_sample.WebPod, first);
        _node.Publish(_sample.GuestPod, epoch: 2);
        _node.SetEpoch(2, policy: 1);
        var ofOthers = _node.Send(_sample.ApiPod, first.Reply());
        _node.Publish(_sample.ApiPod, epoch: 3);
        _node.SetEpoch(3, policy: 1);
        var ofAnEnd = _node.Send(_sample.ApiPod, first.Reply());
        _node.Publish(_sample.WebPod with { Sets = [] }, epoch: 4);
        _node.SetEpoch(4, policy: 1);
        var forbidden = _node.Send(_sample.ApiPod, first.Reply());
        _node.Publish(_sample.WebPod);
        _node.Publish(_sample.ApiPod);
        _node.Publish(_sample.GuestPod);


        Assert.Equal((Exit.Peer, Reason.Established, (byte)Verdict.None), (ofOthers.Exit, ofOthers.Reason, ofOthers.Record.IngressVerdict));
        Assert.Equal((Exit.Peer, Reason.Established, (byte)Verdict.Allow), (ofAnEnd.Exit, ofAnEnd.Reason, ofAnEnd.Record.IngressVerdict));
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), forbidden.Way);
    }

    [Fact]
    public void A_released_address_ends_its_connections_even_if_another_container_has_it_now()
    {
        var first = Packet.UdpFrom("10.0.0.4", 41002, "10.0.0.1", 500);
        _ = _node.Send(_sample.PlainPod, first);
        _node.SetEpoch(2);
        // The address goes to a container of another id that is closed for egress.
        var heir = _node.Add(2, [SampleNode.Guest], "10.0.0.1");

        var reply = _node.Send(heir, first.Reply());


        Assert.Equal((Exit.Drop, Reason.DefaultDeny), reply.Way);
    }

    [Theory]
    [InlineData("10.0.0.3", SampleNode.Remote4)]
    [InlineData("fd00::3", SampleNode.Remote6)]
    public void Replies_of_other_nodes_come_by_the_stack(string guest, string remote)
    {
        _node.Publish(_sample.GuestPod with { Sets = [] });
        var first = Packet.UdpFrom(guest, 41003, remote, 53);
        var sent = _node.Send(_sample.GuestPod, first);
        var reply = _node.Receive(_sample.GuestPod, first.Reply());
        _node.Publish(_sample.GuestPod);


        Assert.Equal((Exit.Stack, Reason.NotIsolated), sent.Way);
        Assert.Equal((Exit.Stack, Reason.Established), reply.Way);
    }

    [Fact]
    public void Protocols_without_ports_are_tracked_by_addresses()
    {
        var first = Packet.Raw("10.0.0.4", "10.0.0.3", Packet.Gre, 0, 0, 8, 0, 1, 2, 3, 4);

        var sent = _node.Send(_sample.PlainPod, first);
        var reply = _node.Send(_sample.GuestPod, first.Reply());


        Assert.Equal((Exit.Peer, Reason.NotIsolated), sent.Way);
        Assert.Equal((Exit.Peer, Reason.Established), reply.Way);
    }

    private static Packet Opening(string from, string to, byte protocol) => protocol switch
    {
        Packet.Tcp => Packet.TcpFrom(from, 42000, to, 8080),
        Packet.Udp => Packet.UdpFrom(from, 42000, to, 5353),
        Packet.Sctp => Packet.SctpFrom(from, 42000, to, 7007),
        _ => Packet.Echo(from, to, 4242),
    };

    private static Packet Flagged(Packet packet, byte flags) => packet with
    {
        Flags = flags,
        Body = packet.Protocol == Packet.Sctp ? [flags, .. packet.Body.AsSpan()[1..]] : packet.Body,
    };
}
