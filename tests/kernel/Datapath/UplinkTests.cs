using Netpol.Bundle;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>What comes in by an uplink: straight to containers by their ingress policy, and everything else to the host's stack.</summary>
public sealed class UplinkTests : IClassFixture<SampleNode>
{
    private readonly SampleNode _sample;
    private readonly TestNode _node;

    public UplinkTests(SampleNode sample)
    {
        (_sample, _node) = (sample, sample.Node);
        _node.ForgetConnections();
        _node.SetEpoch(1);
        _node.Publish(sample.ApiPod);
        _node.Publish(sample.WebPod);
    }

    [Theory]
    [InlineData(SampleNode.Remote4, "10.0.0.1")]
    [InlineData(SampleNode.Remote6, "fd00::1")]
    public void A_connection_to_a_container_goes_straight_there_by_its_ingress_policy(string remote, string web)
    {
        var first = Packet.TcpFrom(remote, 40000, web, 8443);

        var opened = _node.Arrive(first);
        var reply = _node.Send(_sample.WebPod, first.Reply((byte)(Packet.Syn | Packet.Ack)));
        var second = _node.Arrive(first with { Flags = Packet.Ack });
        var closing = _node.Arrive(first with { Flags = Packet.Ack | 1 });


        Assert.Equal((Exit.Peer, Reason.NotIsolated, _sample.WebPod.Ifindex), (opened.Exit, opened.Reason, opened.Record.Ifindex));
        Assert.Equal(((byte)0, (byte)Verdict.Allow, (byte)1), (opened.Record.EgressVerdict, opened.Record.IngressVerdict, opened.Record.NewConnection));
        Assert.Equal(TestNode.AnswerRedirect, opened.Answer);
        Assert.Equal((Exit.Stack, Reason.Established), reply.Way);
        Assert.Equal((Exit.Peer, Reason.Established, _sample.WebPod.Ifindex), (second.Exit, second.Reason, second.Record.Ifindex));
        Assert.Equal((Exit.Peer, Reason.Established), closing.Way);
        Assert.Equal(first.ToFrame().AsSpan(14), opened.Frame.AsSpan(14));
    }

    [Theory]
    [InlineData("192.0.2.7", "10.0.0.2", Packet.Tcp, 8000, 3, Reason.Rule)]
    [InlineData("2001:db8:2::7", "fd00::2", Packet.Udp, 53, 3, Reason.Rule)]
    [InlineData(SampleNode.Remote4, "10.0.0.2", Packet.Tcp, 8080, 0, Reason.DefaultDeny)]
    [InlineData(SampleNode.Remote6, "fd00::2", Packet.Sctp, 7, 0, Reason.DefaultDeny)]
    public void What_the_containers_policy_denies_is_dropped_each_time(
        string remote, string api, byte protocol, ushort port, uint rule, Reason reason)
    {
        var packet = protocol == Packet.Tcp ? Packet.TcpFrom(remote, 40001, api, port)
            : protocol == Packet.Udp ? Packet.UdpFrom(remote, 40001, api, port) : Packet.SctpFrom(remote, 40001, api, port);

        var first = _node.Arrive(packet);
        var again = _node.Arrive(packet);


        Assert.Equal((Exit.Drop, reason, rule), (first.Exit, first.Reason, first.Record.IngressRule));
        Assert.Equal((Exit.Drop, reason, rule), (again.Exit, again.Reason, again.Record.IngressRule));
    }

    [Theory]
    [InlineData(SampleNode.Remote4, "10.0.0.4")]
    [InlineData(SampleNode.Remote6, "fd00::4")]
    public void The_answer_to_what_a_container_began_goes_straight_there(string remote, string plain)
    {
        var question = Packet.UdpFrom(plain, 40002, remote, 53);
        _ = _node.Send(_sample.PlainPod, question);

        var first = _node.Arrive(question.Reply());
        var second = _node.Arrive(question.Reply());


        Assert.Equal((Exit.Peer, Reason.Established, _sample.PlainPod.Ifindex), (first.Exit, first.Reason, first.Record.Ifindex));
        Assert.Equal((Exit.Peer, Reason.Established, _sample.PlainPod.Ifindex), (second.Exit, second.Reason, second.Record.Ifindex));
        Assert.Empty(_node.Connections(4).Concat(_node.Connections(6)).Skip(1));
    }

    [Theory]
    [InlineData("10.0.0.1", SampleNode.Service4, SampleNode.Remote4, Packet.Tcp)]
    [InlineData("fd00::1", SampleNode.Service6, SampleNode.Remote6, Packet.Tcp)]
    [InlineData("10.0.0.1", SampleNode.Service4, SampleNode.Remote4, Packet.Udp)]
    [InlineData("fd00::1", SampleNode.Service6, SampleNode.Remote6, Packet.Udp)]
    public void A_backend_elsewhere_answers_straight_under_the_services_address(string web, string service, string remote, byte protocol)
    {
        var first = protocol == Packet.Tcp ? Packet.TcpFrom(web, 40003, service, 443) : Packet.UdpFrom(web, 40003, service, 443);
        var seen = _node.Send(_sample.WebPod, first).Packet;

        var reply = _node.Arrive(seen.Reply());
        var second = _node.Arrive(seen.Reply(Packet.Ack));
        var error = _node.Arrive(Packet.Unreachable(remote, seen));


        Assert.All([reply, second], answer =>
        {
            Assert.Equal((Exit.Peer, Reason.Established, _sample.WebPod.Ifindex), (answer.Exit, answer.Reason, answer.Record.Ifindex));
            Assert.Equal((service, web), (answer.Packet.Source.ToString(), answer.Packet.Destination.ToString()));
            Assert.Equal(((ushort)443, (ushort)40003), (answer.Packet.SourcePort, answer.Packet.DestinationPort));
        });
        Assert.Equal((Exit.Peer, Reason.Related, _sample.WebPod.Ifindex), (error.Exit, error.Reason, error.Record.Ifindex));
        Assert.Equal((service, web), (error.Packet.Source.ToString(), error.Packet.Destination.ToString()));
    }

    /// <summary>Also of a connection that is known: the node's own, and one that the uplink brought before the address was the node's.</summary>
    [Theory]
    [InlineData(SampleNode.Host4, "10.0.0.1", SampleNode.Remote4)]
    [InlineData(SampleNode.Host6, "fd00::1", SampleNode.Remote6)]
    [InlineData("10.0.0.3", "10.0.0.1", SampleNode.Remote4)]
    [InlineData("fd00::3", "fd00::1", SampleNode.Remote6)]
    public void A_source_that_is_of_this_node_is_dropped(string own, string web, string remote)
    {
        var packet = Packet.UdpFrom(own, 40004, web, 9000);
        var toHost = Packet.UdpFrom(own, 40004, own.Contains(':') ? SampleNode.Host6 : SampleNode.Host4, 9000);
        _ = _node.Receive(_sample.WebPod, packet, isForwarded: false);
        var before = _node.DropsBecause(Reason.Source);

        var spoofed = (Outcome[])[_node.Arrive(packet), _node.Arrive(packet), _node.Arrive(toHost), _node.Arrive(Packet.Echo(own, web, 7))];
        var other = _node.Arrive(Packet.UdpFrom(remote, 40005, web, 9000));
        _node.AddHost(remote);
        _node.SetEpoch(2);
        _ = _node.Send(_sample.WebPod, Packet.UdpFrom(web, 9000, remote, 40005));
        var since = _node.Arrive(Packet.UdpFrom(remote, 40005, web, 9000));


        Assert.All(spoofed, outcome => Assert.Equal((Exit.Drop, Reason.Source), outcome.Way));
        Assert.Equal(Exit.Peer, other.Exit);
        Assert.Equal((Exit.Drop, Reason.Source), since.Way);
        Assert.Equal(before + 5, _node.DropsBecause(Reason.Source));
        _node["addresses" + (own.Contains(':') ? "6" : "4")].Delete(System.Net.IPAddress.Parse(remote).GetAddressBytes());
    }

    [Fact]
    public void What_goes_to_no_container_is_left_to_the_hosts_stack()
    {
        var before = _node.DropsBecause(Reason.NotIp) + _node.DropsBecause(Reason.Unparsable) + _node.DropsBecause(Reason.Fragment);
        var toHost = Packet.TcpFrom(SampleNode.Remote4, 40006, SampleNode.Host4, 22);
        var arp = new byte[42];
        (arp[12], arp[13]) = (8, 6);
        byte[] unknown = [.. toHost.ToFrame()];
        (unknown[12], unknown[13]) = (0x88, 0xcc);

        var outcomes = (Outcome[])
        [
            _node.Arrive(toHost), _node.Arrive(toHost with { Flags = Packet.Ack }),
            _node.Arrive(Packet.TcpFrom(SampleNode.Remote6, 40006, SampleNode.Host6, 22)),
            _node.Arrive(Packet.UdpFrom(SampleNode.Remote4, 40006, "10.0.9.9", 53)),
            _node.Arrive(Packet.UdpFrom(SampleNode.Remote4, 40006, SampleNode.Host4, 53) with { Fragment = (16, false, 77), Body = [.. new byte[16]] }),
            _node.Arrive(Packet.Unreachable(SampleNode.Remote4, Packet.UdpFrom(SampleNode.Host4, 1, SampleNode.Remote4, 2))),
            _node.Arrive(arp), _node.Arrive(unknown), _node.Arrive(toHost.ToFrame()[..40]),
        ];


        Assert.All(outcomes, outcome => Assert.Equal((Exit.Stack, TestNode.AnswerNext, (byte)0), (outcome.Exit, outcome.Answer, outcome.Record.IngressVerdict)));
        Assert.Empty(_node.Connections(4));
        Assert.Equal(before, _node.DropsBecause(Reason.NotIp) + _node.DropsBecause(Reason.Unparsable) + _node.DropsBecause(Reason.Fragment));
    }

    [Fact]
    public void A_frame_for_another_machine_is_left_alone()
    {
        using var program = _node.SharedProgram("from_uplink");
        var frame = Packet.TcpFrom(SampleNode.Remote4, 40007, "10.0.0.2", 8080).ToFrame();
        frame[5] = 9;
        _node.ForgetConnections();

        var (answer, _) = program.TestRun(frame, new byte[192], new byte[2048]);


        Assert.Equal(TestNode.AnswerNext, answer);
        Assert.Empty(_node.Connections(4));
    }

    [Fact]
    public void Later_fragments_follow_their_first()
    {
        var first = Packet.UdpFrom(SampleNode.Remote4, 40008, "10.0.0.1", 9000) with { Fragment = (0, true, 4711), Body = [.. new byte[16]] };
        var later = first with { Fragment = (24, false, 4711) };

        var stray = _node.Arrive(later);
        var passed = (Outcome[])[_node.Arrive(first), _node.Arrive(later)];


        Assert.Equal(Exit.Stack, stray.Exit);
        Assert.All(passed, outcome => Assert.Equal((Exit.Peer, _sample.WebPod.Ifindex), (outcome.Exit, outcome.Record.Ifindex)));
    }

    [Fact]
    public void A_connection_that_a_change_forbids_stops_whoever_sends()
    {
        var packet = Packet.UdpFrom(SampleNode.Remote4, 40009, "10.0.0.1", 9000);
        _ = _node.Arrive(packet);
        _ = _node.Send(_sample.WebPod, packet.Reply());
        var known = _node.Arrive(packet);

        _node.Publish(_sample.WebPod with { Sets = [SampleNode.Api] });
        _node.SetEpoch(2);
        var outside = _node.Arrive(packet);
        var inside = _node.Send(_sample.WebPod, packet.Reply());


        Assert.Equal((Exit.Peer, Reason.Established), known.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), outside.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), inside.Way);
    }

    [Fact]
    public void A_container_that_has_gone_gets_nothing_straight()
    {
        var packet = Packet.UdpFrom(SampleNode.Remote4, 40010, "10.0.0.1", 9000);
        _ = _node.Arrive(packet);
        _node.Withdraw(_sample.WebPod);
        _node.SetEpoch(2, policy: 1);

        var outcome = _node.Arrive(packet);


        Assert.Equal(Exit.Stack, outcome.Exit);
    }
}
