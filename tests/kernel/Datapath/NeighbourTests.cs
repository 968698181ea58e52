using System.Net;
using Netpol.Bundle;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>ARP, neighbour discovery and listener reports pass in the sender's own name only.</summary>
public sealed class NeighbourTests(SampleNode sample) : IClassFixture<SampleNode>
{
    // What the kernel makes of 02:00:00:00:00:01.
    private const string LinkLocal = "fe80::ff:fe00:1";

    private readonly TestNode _node = sample.Node;

    [Theory]
    [InlineData(1, "10.0.0.4", true, true)]
    [InlineData(2, "10.0.0.5", true, true)]
    [InlineData(1, "0.0.0.0", true, true)]
    [InlineData(2, "0.0.0.0", true, false)]
    [InlineData(2, "10.0.0.1", true, false)]
    [InlineData(1, "10.0.0.1", true, false)]
    [InlineData(2, "10.0.0.4", false, false)]
    public void Arp_passes_where_it_claims_the_senders_own(int operation, string sender, bool ownMac, bool passes)
    {
        var outcome = _node.Send(sample.PlainPod, Arp(operation, sender, ownMac));


        Assert.Equal(passes ? (Exit.Stack, Reason.Neighbour) : (Exit.Drop, Reason.NeighbourSpoofed), outcome.Way);
    }

    [Fact]
    public void Arp_to_the_container_passes()
    {
        var outcome = _node.Receive(sample.PlainPod, Arp(1, "10.0.0.254", ownMac: false));


        Assert.Equal((Exit.Stack, Reason.Neighbour), outcome.Way);
    }

    [Theory]
    [InlineData(135, "fd00::4", "fd00::99", true)]
    [InlineData(135, LinkLocal, "fe80::1", true)]
    [InlineData(135, "::", "fd00::5", true)]
    [InlineData(135, "::", LinkLocal, true)]
    [InlineData(135, "::", "fd00::1", false)]
    [InlineData(135, "fe80::1", "fd00::99", false)]
    [InlineData(135, "fd00::1", "fd00::99", false)]
    [InlineData(136, "fd00::4", "fd00::4", true)]
    [InlineData(136, LinkLocal, LinkLocal, true)]
    [InlineData(136, "fd00::4", "fd00::1", false)]
    [InlineData(136, "fd00::1", "fd00::1", false)]
    [InlineData(136, LinkLocal, "fe80::1", false)]
    [InlineData(133, "::", "ff02::2", true)]
    [InlineData(133, LinkLocal, "ff02::2", true)]
    [InlineData(134, LinkLocal, "ff02::1", false)]
    [InlineData(137, LinkLocal, "fd00::4", false)]
    public void Neighbour_discovery_passes_where_it_claims_the_senders_own(byte type, string source, string target, bool passes)
    {
        var outcome = _node.Send(sample.PlainPod, Discovery(type, source, target, 255));


        Assert.Equal(passes ? (Exit.Stack, Reason.Neighbour) : (Exit.Drop, Reason.NeighbourSpoofed), outcome.Way);
    }

    [Fact]
    public void Neighbour_discovery_from_beyond_the_link_is_none()
    {
        var sent = _node.Send(sample.PlainPod, Discovery(136, "fd00::4", "fd00::4", 64));
        var received = _node.Receive(sample.ApiPod, Discovery(136, "2001:db8::1", "fd00::254", 254));
        var fromLink = _node.Receive(sample.ApiPod, Discovery(136, "fe80::1", "fd00::254", 255));


        Assert.Equal((Exit.Drop, Reason.NeighbourSpoofed), sent.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), received.Way);
        Assert.Equal((Exit.Stack, Reason.Neighbour), fromLink.Way);
    }

    [Theory]
    [InlineData(143, LinkLocal, true)]
    [InlineData(143, "::", true)]
    [InlineData(131, LinkLocal, true)]
    [InlineData(143, "fe80::1", false)]
    [InlineData(143, "fd00::4", false)]
    [InlineData(130, LinkLocal, false)]
    public void Listener_reports_come_from_the_senders_own_link_local_address(byte type, string source, bool passes)
    {
        var report = Discovery(type, source, "::", 1) with
        {
            Destination = IPAddress.Parse("ff02::16"),
            Extensions = [(0, [0, 0, 5, 2, 0, 0, 1, 0])],
        };

        var outcome = _node.Send(sample.PlainPod, report);


        Assert.Equal(passes ? (Exit.Stack, Reason.Neighbour) : (Exit.Drop, Reason.NeighbourSpoofed), outcome.Way);
    }

    private static Packet Discovery(byte type, string source, string target, byte hops) =>
        new(IPAddress.Parse(source), IPAddress.Parse("ff02::1:ff00:99"), Packet.IcmpV6, [.. IPAddress.Parse(target).GetAddressBytes()])
        {
            IcmpType = type,
            Hops = hops,
        };

    private static byte[] Arp(int operation, string sender, bool ownMac) =>
    [
        .. (ReadOnlySpan<byte>)[255, 255, 255, 255, 255, 255], .. Container.Mac, 8, 6, 0, 1, 8, 0, 6, 4, 0, (byte)operation,
        .. ownMac ? Container.Mac : [2, 0, 0, 0, 0, 0xfe], .. IPAddress.Parse(sender).GetAddressBytes(), 0, 0, 0, 0, 0, 0, 10, 0, 0, 254,
    ];
}
