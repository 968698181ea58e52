using System.Net;
using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;
using Netpol.Observe;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>What is reported of a packet, and that nothing is where nobody asked. The sample observes drops, and web's flows 1 in 1.</summary>
public sealed class EventTests : IClassFixture<SampleNode>
{
    private const byte Log = 1, Sampled = 2;

    private readonly SampleNode _sample;
    private readonly TestNode _node;

    public EventTests(SampleNode sample)
    {
        (_sample, _node) = (sample, sample.Node);
        _node.ForgetConnections();
        _ = Drain();
    }

    [Theory]
    [InlineData("192.0.2.9", "10.0.0.2")]
    [InlineData("2001:db8:2::9", "fd00::2")]
    public void A_drop_names_rule_reason_and_both_ends(string from, string api)
    {
        _ = _node.Receive(_sample.ApiPod, Packet.TcpFrom(from, 48000, api, 8001));


        var reported = Assert.Single(Drain());
        Assert.Equal((3u, (byte)Reason.Rule, (byte)Verdict.Deny, (byte)Exit.Drop), (reported.Rule, reported.Reason, reported.Verdict, reported.Exit));
        Assert.Equal((_sample.ApiPod.Id, 0u, _sample.ApiPod.Ifindex, TestNode.Generation), (reported.Endpoint, reported.Peer, reported.Ifindex, reported.Generation));
        Assert.Equal((from, api), (Text(reported.Source, reported.Family), Text(reported.Destination, reported.Family)));
        Assert.Equal((48000, 8001), (Port(reported.SourcePort), Port(reported.DestinationPort)));
        Assert.Equal((Packet.Tcp, 1, Packet.Syn), (reported.Protocol, reported.Direction, reported.TcpFlags));
        Assert.Equal(api[0] == 'f' ? 74 : 54, reported.Length);
        Assert.True(reported.Time > 0);
    }

    [Fact]
    public void A_rule_with_log_reports_its_new_connections_once()
    {
        var query = Packet.UdpFrom("10.0.0.1", 48001, "10.0.0.2", 5353);

        _ = _node.Send(_sample.WebPod, query);
        _ = _node.Send(_sample.WebPod, query);
        _ = _node.Send(_sample.ApiPod, query.Reply());


        var reported = Assert.Single(Drain());
        Assert.Equal((4u, (byte)Verdict.Allow, Log | Sampled), (reported.Rule, reported.Verdict, reported.Flags));
        Assert.Equal((_sample.ApiPod.Id, _sample.WebPod.Id), (reported.Endpoint, reported.Peer));
        Assert.Equal((byte)Exit.Peer, reported.Exit);
    }

    [Fact]
    public void Flows_are_sampled_for_the_endpoints_asked_for_only()
    {
        _ = _node.Send(_sample.WebPod, Packet.UdpFrom("10.0.0.1", 48002, SampleNode.Remote4, 53));
        _ = _node.Send(_sample.PlainPod, Packet.UdpFrom("10.0.0.4", 48002, SampleNode.Remote4, 53));


        var reported = Assert.Single(Drain());
        Assert.Equal((_sample.WebPod.Id, Sampled, 0u), (reported.Endpoint, reported.Flags, reported.Rule));
    }

    [Fact]
    public void A_translated_connection_is_reported_with_service_and_backend()
    {
        _ = _node.Send(_sample.WebPod, Packet.TcpFrom("10.0.0.1", 48003, SampleNode.Service4, 80));


        var reported = Assert.Single(Drain());
        Assert.Equal((1u, SampleNode.Service4, 80), (reported.Service, Text(reported.Destination, 4), Port(reported.DestinationPort)));
        Assert.Equal(("10.0.0.2", 8080), (Text(reported.Backend, 4), Port(reported.BackendPort)));
    }

    [Fact]
    public void A_reject_is_reported_as_one_with_the_packet_that_was_rejected()
    {
        _ = _node.Send(_sample.PlainPod, Packet.Echo("10.0.0.4", SampleNode.Service4, 5));


        var reported = Assert.Single(Drain());
        Assert.Equal(((byte)Verdict.Reject, (byte)Reason.ServicePort, (byte)Exit.Reject), (reported.Verdict, reported.Reason, reported.Exit));
        Assert.Equal(("10.0.0.4", 8, 0), (Text(reported.Source, 4), Port(reported.SourcePort), Port(reported.DestinationPort)));
    }

    [Fact]
    public void A_frame_that_is_no_ip_is_reported_without_addresses()
    {
        var frame = Packet.Echo("10.0.0.4", "10.0.0.1", 5).ToFrame();
        (frame[12], frame[13]) = (0x88, 0xcc);

        _ = _node.Send(_sample.PlainPod, frame);


        var reported = Assert.Single(Drain());
        Assert.Equal((0, (byte)Reason.NotIp, _sample.PlainPod.Id), (reported.Family, reported.Reason, reported.Endpoint));
        Assert.Equal("0.0.0.0", Text(reported.Source, 4));
    }

    private static string Text(Bytes16 address, byte family) => new IPAddress(((ReadOnlySpan<byte>)address)[..(family == 6 ? 16 : 4)]).ToString();

    private static int Port(ushort network) => (ushort)IPAddress.NetworkToHostOrder((short)network);

    private List<FlowEvent> Drain()
    {
        List<FlowEvent> events = [];
        // The ring takes its map with it.
        using RingBuffer ring = new(BpfMap.Borrow("events", _node["events"].Handle.Number));
        _ = ring.Drain(record => events.Add(MemoryMarshal.Read<FlowEvent>(record)));
        return events;
    }
}
