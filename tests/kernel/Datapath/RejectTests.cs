using System.Net;
using Netpol.Bundle;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>The answers to what a service cannot take: made of the packet, right to the last checksum, sent straight back.</summary>
public sealed class RejectTests : IClassFixture<SampleNode>
{
    private readonly SampleNode _sample;
    private readonly TestNode _node;

    public RejectTests(SampleNode sample)
    {
        (_sample, _node) = (sample, sample.Node);
        _node.ForgetConnections();
    }

    [Theory]
    [InlineData("10.0.0.1", SampleNode.Service4, 81, Reason.ServiceBackends)]
    [InlineData("fd00::1", SampleNode.Service6, 81, Reason.ServiceBackends)]
    [InlineData("10.0.0.1", SampleNode.Service4, 82, Reason.ServicePort)]
    [InlineData("fd00::1", SampleNode.Service6, 82, Reason.ServicePort)]
    public void A_syn_that_no_backend_can_take_is_reset(string web, string service, ushort port, Reason reason)
    {
        var syn = Packet.TcpFrom(web, 44000, service, port) with { Sequence = 0xfffffffe };

        var outcome = _node.Send(_sample.WebPod, syn);
        var answer = outcome.Packet;


        Assert.Equal((Exit.Reject, reason, Verdict.Reject), (outcome.Exit, outcome.Reason, outcome.Verdict));
        Assert.Equal((TestNode.AnswerRedirect, _sample.WebPod.Ifindex), (outcome.Answer, outcome.Record.Ifindex));
        Assert.Equal((service, web, port, (ushort)44000), (answer.Source.ToString(), answer.Destination.ToString(), answer.SourcePort, answer.DestinationPort));
        Assert.Equal((Packet.Rst | Packet.Ack, 0u, 0xffffffff), (answer.Flags, answer.Sequence, answer.Acknowledged));
        Assert.Equal(web[0] == 'f' ? 74 : 54, outcome.Frame.Length);
        Assert.Equal(Container.Mac, outcome.Frame[..6]);
    }

    [Fact]
    public void A_segment_with_ack_is_reset_at_the_number_it_acknowledges()
    {
        var segment = Packet.TcpFrom("10.0.0.1", 44001, SampleNode.Service4, 81, Packet.Ack) with { Acknowledged = 12345, Body = [1, 2, 3] };

        var answer = _node.Send(_sample.WebPod, segment).Packet;


        Assert.Equal((Packet.Rst, 12345u), (answer.Flags, answer.Sequence));
    }

    [Fact]
    public void A_reset_is_not_answered()
    {
        var outcome = _node.Send(_sample.WebPod, Packet.TcpFrom("10.0.0.1", 44002, SampleNode.Service4, 81, Packet.Rst));


        Assert.Equal((Exit.Drop, Reason.ServiceBackends), outcome.Way);
    }

    public static TheoryData<string, string, byte, int> Others => new()
    {
        { "10.0.0.1", SampleNode.Service4, Packet.Udp, 5 }, { "fd00::1", SampleNode.Service6, Packet.Udp, 5 },
        { "10.0.0.1", SampleNode.Service4, Packet.Udp, 900 }, { "fd00::1", SampleNode.Service6, Packet.Udp, 900 },
        { "10.0.0.1", SampleNode.Service4, Packet.Udp, 0 }, { "fd00::1", SampleNode.Service6, Packet.Udp, 0 },
        { "10.0.0.1", SampleNode.Service4, Packet.Sctp, 20 }, { "fd00::1", SampleNode.Service6, Packet.Sctp, 20 },
        { "10.0.0.1", SampleNode.Service4, Packet.Icmp, 0 }, { "fd00::1", SampleNode.Service6, Packet.IcmpV6, 0 },
        { "10.0.0.1", SampleNode.Service4, Packet.Gre, 12 }, { "fd00::1", SampleNode.Service6, Packet.Gre, 12 },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void All_else_is_answered_by_administratively_prohibited(string web, string service, byte protocol, int length)
    {
        var packet = protocol switch
        {
            Packet.Udp => Packet.UdpFrom(web, 44003, service, 999, new string('x', length)),
            Packet.Sctp => Packet.SctpFrom(web, 44003, service, 999),
            Packet.Gre => Packet.Raw(web, service, Packet.Gre, new byte[length]),
            _ => Packet.Echo(web, service, 9),
        };

        var outcome = _node.Send(_sample.WebPod, packet);
        var answer = outcome.Packet;
        var quote = packet.ToIp();


        Assert.Equal((Exit.Reject, Reason.ServicePort), outcome.Way);
        Assert.Equal((service, web), (answer.Source.ToString(), answer.Destination.ToString()));
        Assert.Equal(packet.IsV6 ? (1, 1) : (3, 13), (answer.IcmpType, answer.IcmpCode));
        Assert.Equal(quote[..Math.Min(quote.Length, 128)], answer.Body.ToArray());
    }

    [Fact]
    public void Options_do_not_disturb_the_answer()
    {
        var packet = Packet.TcpFrom("10.0.0.1", 44004, SampleNode.Service4, 81) with { Options = [1, 1, 1, 0] };

        var outcome = _node.Send(_sample.WebPod, packet);


        Assert.Equal((Exit.Reject, Packet.Rst | Packet.Ack), (outcome.Exit, outcome.Packet.Flags));
    }

    [Fact]
    public void Errors_and_later_fragments_are_never_answered()
    {
        var query = Packet.UdpFrom("10.0.0.1", 44005, SampleNode.Service4, 999);
        var error = _node.Send(_sample.WebPod, Packet.Unreachable("10.0.0.1", query with { Source = IPAddress.Parse(SampleNode.Service4), Destination = query.Source }));
        var later = _node.Send(_sample.WebPod, query with { Fragment = (10, false, 5) });


        Assert.Equal((Exit.Drop, Reason.ServicePort), error.Way);
        Assert.Equal(Verdict.Reject, error.Verdict);
        Assert.Equal((Exit.Drop, Reason.Fragment), later.Way);
    }

    [Fact]
    public void A_rejected_connection_leaves_no_entry()
    {
        _ = _node.Send(_sample.WebPod, Packet.TcpFrom("10.0.0.1", 44006, SampleNode.Service4, 81));


        Assert.Empty(_node.Connections(4));
    }
}
