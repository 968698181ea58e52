using Netpol.Bundle;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>Later fragments follow their first, and nothing else.</summary>
public sealed class FragmentTests : IClassFixture<SampleNode>
{
    private readonly SampleNode _sample;
    private readonly TestNode _node;

    public FragmentTests(SampleNode sample)
    {
        (_sample, _node) = (sample, sample.Node);
        _node.ForgetConnections();
        _node.SetEpoch(1);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2")]
    [InlineData("fd00::1", "fd00::2")]
    public void A_later_fragment_goes_where_its_first_went(string web, string api)
    {
        var (first, later) = Pieces(web, api, 5353, 700);

        var early = _node.Send(_sample.WebPod, later);
        var opened = _node.Send(_sample.WebPod, first);
        var followed = _node.Send(_sample.WebPod, later);
        var other = _node.Send(_sample.WebPod, later with { Fragment = (2, false, 701) });


        Assert.Equal((Exit.Drop, Reason.Fragment), early.Way);
        Assert.Equal((Exit.Peer, Reason.Rule), opened.Way);
        Assert.Equal((Exit.Peer, Reason.Established, _sample.ApiPod.Ifindex), (followed.Exit, followed.Reason, followed.Record.Ifindex));
        Assert.Equal((Exit.Drop, Reason.Fragment), other.Way);
    }

    [Theory]
    [InlineData("10.0.0.4", "10.0.0.2")]
    [InlineData("fd00::4", "fd00::2")]
    public void What_follows_a_denied_first_fragment_is_dropped(string plain, string api)
    {
        var (first, later) = Pieces(plain, api, 5353, 702);

        var denied = _node.Send(_sample.PlainPod, first);
        var followed = _node.Send(_sample.PlainPod, later);


        Assert.Equal((Exit.Drop, Reason.DefaultDeny), denied.Way);
        Assert.Equal((Exit.Drop, Reason.Fragment), followed.Way);
    }

    [Fact]
    public void A_denied_first_fragment_takes_back_what_an_earlier_one_of_its_identity_was_granted()
    {
        var (first, later) = Pieces("10.0.0.4", "10.0.0.1", 5353, 703);
        _ = _node.Send(_sample.PlainPod, first);
        _ = _node.Send(_sample.PlainPod, first with { Destination = _sample.WebPod.Addresses[0], Body = [.. new byte[8]], DestinationPort = 0 });
        _node.Publish(_sample.WebPod with { Sets = [SampleNode.Api] });
        _node.SetEpoch(2);
        var denied = _node.Send(_sample.PlainPod, first);
        var followed = _node.Send(_sample.PlainPod, later);
        _node.Publish(_sample.WebPod);


        Assert.Equal((Exit.Drop, Reason.DefaultDeny), denied.Way);
        Assert.Equal((Exit.Drop, Reason.Fragment), followed.Way);
        Assert.Empty(_node["fragments4"].Keys());
    }

    [Fact]
    public void A_change_of_others_leaves_a_datagram_whole_and_one_of_either_end_or_of_rules_does_not()
    {
        var (first, later) = Pieces("10.0.0.4", "10.0.0.1", 5353, 705);
        _ = _node.Send(_sample.PlainPod, first);
        _node.Publish(_sample.GuestPod, epoch: 2);
        _node.SetEpoch(2, policy: 1);
        var ofOthers = _node.Send(_sample.PlainPod, later);
        _node.Publish(_sample.WebPod, epoch: 3);
        _node.SetEpoch(3, policy: 1);
        var ofAnEnd = _node.Send(_sample.PlainPod, later);
        _node.Publish(_sample.WebPod);
        var again = _node.Send(_sample.PlainPod, later);
        _node.SetEpoch(4);
        var ofRules = _node.Send(_sample.PlainPod, later);
        _node.Publish(_sample.GuestPod);


        Assert.Equal((Exit.Peer, Exit.Drop, Exit.Peer, Exit.Drop), (ofOthers.Exit, ofAnEnd.Exit, again.Exit, ofRules.Exit));
    }

    [Fact]
    public void After_half_a_minute_a_later_fragment_has_no_first()
    {
        var (first, later) = Pieces("10.0.0.1", "10.0.0.2", 5353, 704);
        _ = _node.Send(_sample.WebPod, first);
        _node.AgeConnections(TimeSpan.FromSeconds(33));

        var late = _node.Send(_sample.WebPod, later);


        Assert.Equal((Exit.Drop, Reason.Fragment), late.Way);
    }

    [Fact]
    public void Fragments_to_a_service_all_go_to_the_backend()
    {
        var (first, later) = Pieces("10.0.0.1", SampleNode.Service4, 53, 705);

        var opened = _node.Send(_sample.WebPod, first).Packet;
        var followed = _node.Send(_sample.WebPod, later);


        Assert.Equal(("10.0.0.2", (ushort)5353), (opened.Destination.ToString(), opened.DestinationPort));
        Assert.Equal((Exit.Peer, Reason.Established), followed.Way);
        Assert.Equal("10.0.0.2", followed.Packet.Destination.ToString());
        Assert.True(followed.Packet.Body.AsSpan().SequenceEqual(later.Body.AsSpan()));
    }

    [Fact]
    public void The_checksum_of_a_fragmented_datagram_is_right_when_it_is_put_together()
    {
        var whole = Packet.UdpFrom("10.0.0.1", 45000, SampleNode.Service4, 53, new string('n', 100));
        var transport = whole.ToIp()[20..];
        var first = _node.Send(_sample.WebPod, Cut(whole, transport[..32], 0, true)).Frame[34..];
        var later = _node.Send(_sample.WebPod, Cut(whole, transport[32..], 4, false)).Frame[34..];


        byte[] together = [.. first, .. later];
        Assert.Equal(0, Checksum.Transport(whole.Source, _sample.ApiPod.Addresses[0], Packet.Udp, together));
    }

    [Fact]
    public void A_fragment_that_would_overwrite_tcp_flags_is_malformed()
    {
        var outcome = _node.Send(_sample.WebPod, Packet.TcpFrom("10.0.0.1", 45001, "10.0.0.2", 8080) with { Fragment = (1, false, 9), Body = [1, 2, 3, 4, 5, 6, 7, 8] });


        Assert.Equal((Exit.Drop, Reason.Unparsable), outcome.Way);
    }

    [Fact]
    public void Fragments_that_come_by_the_stack_follow_too()
    {
        var (first, later) = Pieces(SampleNode.Remote4, "10.0.0.4", 5353, 706);

        var opened = _node.Receive(_sample.PlainPod, first);
        var followed = _node.Receive(_sample.PlainPod, later);


        Assert.Equal((Exit.Stack, Reason.NotIsolated), opened.Way);
        Assert.Equal((Exit.Stack, Reason.Established), followed.Way);
    }

    private static byte[] Cut(Packet whole, byte[] transport, int offset, bool more)
    {
        // Built as a later fragment, whose body is what is given; then given its place.
        var frame = (whole with { Fragment = (8000, more, 706), Body = [.. transport] }).ToFrame();
        (frame[20], frame[21], frame[24], frame[25]) = ((byte)(more ? 0x20 : 0), (byte)offset, 0, 0);
        var checksum = Checksum.Internet(frame[14..34]);
        (frame[24], frame[25]) = ((byte)(checksum >> 8), (byte)checksum);
        return frame;
    }

    private static (Packet First, Packet Later) Pieces(string from, string to, ushort port, uint id)
    {
        var whole = Packet.UdpFrom(from, 45000, to, port, "12345678");
        return (whole with { Fragment = (0, true, id) }, whole with { Fragment = (2, false, id) });
    }
}
