using Netpol.Bundle;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>What is not understood is not passed; what is merely unusual is judged like anything else.</summary>
public sealed class ParseTests : IClassFixture<SampleNode>
{
    private readonly SampleNode _sample;
    private readonly TestNode _node;

    public ParseTests(SampleNode sample)
    {
        (_sample, _node) = (sample, sample.Node);
        _node.ForgetConnections();
    }

    [Fact]
    public void Options_and_extension_headers_do_not_hide_the_ports()
    {
        var options = _node.Send(_sample.WebPod, Packet.TcpFrom("10.0.0.1", 47000, "10.0.0.2", 8080) with { Options = [1, 1, 1, 0] });
        var headers = _node.Send(_sample.WebPod, Packet.TcpFrom("fd00::1", 47000, "fd00::2", 8080) with { Extensions = [HopByHop, DestinationOptions, Authentication] });
        var denied = _node.Send(_sample.PlainPod, Packet.TcpFrom("fd00::4", 47000, "fd00::2", 8080) with { Extensions = [DestinationOptions] });
        var second = _node.Send(_sample.WebPod, Packet.TcpFrom("fd00::1", 47000, "fd00::2", 8080, Packet.Ack));


        Assert.Equal((Exit.Peer, Reason.Rule), options.Way);
        Assert.Equal((Exit.Peer, Reason.Rule), headers.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), denied.Way);
        Assert.Equal((Exit.Peer, Reason.Established), second.Way);
    }

    [Theory]
    [InlineData(6, Exit.Peer, Reason.Rule)]
    [InlineData(7, Exit.Drop, Reason.Unparsable)]
    public void A_chain_of_six_extension_headers_is_followed_and_no_longer_one(int count, Exit exit, Reason reason)
    {
        var outcome = _node.Send(_sample.WebPod, Packet.TcpFrom("fd00::1", 47001, "fd00::2", 8080) with
        {
            Extensions = [.. Enumerable.Repeat(DestinationOptions, count)],
        });


        Assert.Equal((exit, reason), outcome.Way);
    }

    [Fact]
    public void A_source_route_that_is_not_at_its_end_is_dropped()
    {
        var outcome = _node.Send(_sample.WebPod, Packet.TcpFrom("fd00::1", 47002, "fd00::2", 8080) with { Extensions = [(43, [0, 0, 0, 1, 0, 0, 0, 0])] });


        Assert.Equal((Exit.Drop, Reason.Unparsable), outcome.Way);
    }

    [Fact]
    public void Esp_has_no_ports_and_is_judged_by_its_protocol()
    {
        var denied = _node.Send(_sample.WebPod, Packet.Raw("fd00::1", "fd00::2", 50, new byte[16]));
        var open = _node.Send(_sample.PlainPod, Packet.Raw("fd00::4", "fd00::1", 50, new byte[16]));


        Assert.Equal((Exit.Drop, Reason.DefaultDeny), denied.Way);
        Assert.Equal((Exit.Peer, Reason.NotIsolated), open.Way);
    }

    public static TheoryData<string, byte[]> Malformed
    {
        get
        {
            var tcp4 = Packet.TcpFrom("10.0.0.4", 47003, "10.0.0.1", 80).ToFrame();
            var tcp6 = Packet.TcpFrom("fd00::4", 47003, "fd00::1", 80).ToFrame();
            var udp4 = Packet.UdpFrom("10.0.0.4", 47003, "10.0.0.1", 80).ToFrame();
            // A frame too short for its IP header is refused by TEST_RUN itself.
            return new()
            {
                { "TCP header cut", Set(tcp4[..46], (17, 32)) },
                { "TCP header cut (IPv6)", Set(tcp6[..66], (19, 12)) },
                { "total length beyond the frame", Set(tcp4, (17, 41)) },
                { "payload length beyond the frame", Set(tcp6, (19, 21)) },
                { "total length below the header", Set(tcp4, (17, 19)) },
                { "header length 4", Set(tcp4, (14, 0x44)) },
                { "header length beyond the packet", Set(tcp4, (14, 0x4f)) },
                { "version 5", Set(tcp4, (14, 0x55)) },
                { "version 5 (IPv6)", Set(tcp6, (14, 0x50)) },
                { "TCP data offset 4", Set(tcp4, (46, 0x40)) },
                { "TCP data offset beyond the packet", Set(tcp4, (46, 0x60)) },
                { "UDP length 7", Set(udp4, (39, 7)) },
                { "UDP length beyond the packet", Set(udp4, (39, 14)) },
                { "TCP first fragment without flags", Set(tcp4[..46], (17, 32), (20, 0x20)) },
                { "extension header cut", Set(tcp6[..58], (19, 4), (20, 60)) },
                { "hop-by-hop options not first", (Packet.TcpFrom("fd00::4", 1, "fd00::1", 80) with { Extensions = [DestinationOptions, HopByHop] }).ToFrame() },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_malformed_packet_is_dropped_even_between_open_ends(string what, byte[] frame)
    {
        var sent = _node.Send(_sample.PlainPod, frame);
        var received = _node.Receive(_sample.PlainPod, frame);


        Assert.True((Exit.Drop, Reason.Unparsable) == sent.Way, $"{what}: {sent.Way}");
        Assert.True((Exit.Drop, Reason.Unparsable) == received.Way, $"{what}: {received.Way}");
    }

    [Theory]
    [InlineData(0x81, 0x00)]
    [InlineData(0x88, 0x64)]
    [InlineData(0x00, 0x2a)]
    [InlineData(0x88, 0xcc)]
    public void A_frame_that_is_neither_ip_nor_arp_is_dropped(byte high, byte low)
    {
        var frame = Set(Packet.TcpFrom("10.0.0.4", 1, "10.0.0.1", 80).ToFrame(), (12, high), (13, low));

        var sent = _node.Send(_sample.PlainPod, frame);
        var received = _node.Receive(_sample.PlainPod, frame);


        Assert.Equal((Exit.Drop, Reason.NotIp), sent.Way);
        Assert.Equal((Exit.Drop, Reason.NotIp), received.Way);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2")]
    [InlineData("fd00::1", "fd00::2")]
    [InlineData("192.168.0.1", "10.0.0.2")]
    [InlineData("0.0.0.0", "255.255.255.255")]
    [InlineData("fe80::ff:fe00:1", "fd00::2")]
    [InlineData("::", "fd00::2")]
    [InlineData("::ffff:10.0.0.4", "fd00::2")]
    public void A_source_address_that_is_not_the_senders_own_is_dropped(string source, string destination)
    {
        var plain = _node.Send(_sample.PlainPod, Packet.UdpFrom(source, 68, destination, 67));
        var withOptions = _node.Send(_sample.PlainPod, Packet.UdpFrom(source, 68, destination, 67) with
        {
            Options = [1, 1, 1, 0],
            Extensions = [DestinationOptions],
        });


        Assert.Equal((Exit.Drop, Reason.Source), plain.Way);
        Assert.Equal((Exit.Drop, Reason.Source), withOptions.Way);
    }

    [Fact]
    public void Every_address_of_the_sender_is_its_own()
    {
        var sources = _sample.PlainPod.Addresses.Select(address => _node.Send(
            _sample.PlainPod, Packet.UdpFrom(address.ToString(), 1, address.GetAddressBytes().Length == 4 ? "10.0.0.1" : "fd00::1", 53)).Exit);


        Assert.All(sources, exit => Assert.Equal(Exit.Peer, exit));
    }

    private static (byte, System.Collections.Immutable.ImmutableArray<byte>) HopByHop => (0, [0, 0, 1, 4, 0, 0, 0, 0]);

    private static (byte, System.Collections.Immutable.ImmutableArray<byte>) DestinationOptions => (60, [0, 0, 1, 4, 0, 0, 0, 0]);

    private static (byte, System.Collections.Immutable.ImmutableArray<byte>) Authentication => (51, [0, 4, .. new byte[22]]);

    private static byte[] Set(byte[] frame, params (int At, int Value)[] changes)
    {
        foreach (var (at, value) in changes)
        {
            frame[at] = (byte)value;
        }

        return frame;
    }
}
