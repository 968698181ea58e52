using System.Buffers.Binary;
using Netpol.Bundle;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>A packet that is denied again is denied as before, for as long as nothing has changed, and nothing else is.</summary>
public sealed class DeniedTests : IDisposable
{
    // struct denied of abi.h.
    private const int Traffic = 32, Epoch = 36, IngressRule = 48, ReasonByte = 52;

    private readonly SampleNode _sample = new();
    private readonly TestNode _node;

    public DeniedTests() => _node = _sample.Node;

    [Theory]
    [InlineData("10.0.0.4", "10.0.0.2")]
    [InlineData("fd00::4", "fd00::2")]
    public void The_second_denial_is_the_first_one_remembered(string plain, string api)
    {
        var first = _node.Send(_sample.PlainPod, Packet.TcpFrom(plain, 41000, api, 8080));
        var again = _node.Send(_sample.PlainPod, Packet.TcpFrom(plain, 41000, api, 8080));
        Pretend(8080, rule: 3);
        var verdicts = (_node.RuleVerdicts(0), _node.RuleVerdicts(3));

        var remembered = _node.Send(_sample.PlainPod, Packet.TcpFrom(plain, 41001, api, 8080));

        Assert.Equal((Exit.Drop, Reason.DefaultDeny), first.Way);
        Assert.Equal(first.Record, again.Record);
        Assert.Equal((Exit.Drop, Reason.Rule, 3u), (remembered.Exit, remembered.Reason, remembered.Record.IngressRule));
        Assert.Equal(first.Record with { Reason = (byte)Reason.Rule, IngressRule = 3 }, remembered.Record);
        // Each packet counts, at both ends that were asked.
        Assert.Equal((verdicts.Item1 + 1, verdicts.Item2 + 1), (_node.RuleVerdicts(0), _node.RuleVerdicts(3)));
    }

    [Fact]
    public void Every_denied_packet_is_counted_as_a_drop()
    {
        var before = _node.DropsBecause(Reason.DefaultDeny);

        for (ushort i = 0; i < 5; i++)
        {
            _ = _node.Send(_sample.PlainPod, Packet.UdpFrom("10.0.0.4", (ushort)(41100 + i), "10.0.0.2", 9));
        }

        Assert.Equal(before + 5, _node.DropsBecause(Reason.DefaultDeny));
    }

    [Fact]
    public void Another_epoch_is_judged_anew()
    {
        _ = _node.Send(_sample.PlainPod, Packet.TcpFrom("10.0.0.4", 41200, "10.0.0.2", 8080));
        Pretend(8080, rule: 3);

        _node.SetEpoch(77);
        var outcome = _node.Send(_sample.PlainPod, Packet.TcpFrom("10.0.0.4", 41200, "10.0.0.2", 8080));

        Assert.Equal((Exit.Drop, Reason.DefaultDeny, 0u), (outcome.Exit, outcome.Reason, outcome.Record.IngressRule));
    }

    [Theory]
    [InlineData("10.0.0.4", "10.0.0.2", 8081, Packet.Tcp)]
    [InlineData("10.0.0.4", "10.0.0.2", 8080, Packet.Udp)]
    [InlineData("10.0.0.4", "10.0.0.3", 8080, Packet.Tcp)]
    [InlineData("10.0.0.5", "10.0.0.2", 8080, Packet.Tcp)]
    public void Another_port_protocol_or_address_is_judged_for_itself(string from, string to, ushort port, byte protocol)
    {
        _ = _node.Send(_sample.PlainPod, Packet.TcpFrom("10.0.0.4", 41300, "10.0.0.2", 8080));
        Pretend(8080, rule: 3);

        var packet = protocol == Packet.Tcp ? Packet.TcpFrom(from, 41300, to, port) : Packet.UdpFrom(from, 41300, to, port);
        var outcome = _node.Send(_sample.PlainPod, packet);

        Assert.NotEqual(3u, outcome.Record.IngressRule);
    }

    [Fact]
    public void An_answer_passes_though_a_connection_that_way_was_denied()
    {
        var denied = _node.Send(_sample.PlainPod, Packet.TcpFrom("10.0.0.4", 41400, "10.0.0.2", 8080));
        var opened = Packet.TcpFrom("10.0.0.2", 8080, "10.0.0.4", 41400);
        var begun = _node.Send(_sample.ApiPod, opened);

        var answer = _node.Send(_sample.PlainPod, opened.Reply());
        var crossing = _node.Send(_sample.PlainPod, Packet.TcpFrom("10.0.0.4", 41400, "10.0.0.2", 8080));

        Assert.Equal(Exit.Drop, denied.Exit);
        Assert.Equal(Exit.Peer, begun.Exit);
        Assert.Equal((Exit.Peer, Reason.Established), answer.Way);
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), crossing.Way);
    }

    [Fact]
    public void The_node_itself_reaches_what_one_with_its_address_does_not()
    {
        var packet = Packet.TcpFrom(SampleNode.Host4, 41500, "10.0.0.2", 8001);

        var forwarded = _node.Receive(_sample.ApiPod, packet, isForwarded: true);
        var own = _node.Receive(_sample.ApiPod, packet, isForwarded: false);
        var again = _node.Receive(_sample.ApiPod, packet with { SourcePort = 41501 }, isForwarded: true);

        Assert.Equal(Exit.Drop, forwarded.Exit);
        Assert.Equal((Exit.Stack, Reason.Host), own.Way);
        Assert.Equal(Exit.Drop, again.Exit);
        Assert.Empty(Remembered(8001));
    }

    /// <summary>Which connections make an event is decided by each one's ports, so each is judged.</summary>
    [Fact]
    public void What_is_sampled_is_not_remembered()
    {
        var outcome = _node.Send(_sample.WebPod, Packet.TcpFrom("10.0.0.1", 41600, "10.0.0.2", 8082));

        Assert.Equal(Exit.Drop, outcome.Exit);
        Assert.Empty(Remembered(8082));
    }

    public void Dispose() => _sample.Dispose();

    /// <summary>Puts a rule into what is remembered of the port: that it shows says where a verdict is from.</summary>
    private void Pretend(ushort port, uint rule)
    {
        var (key, value) = Assert.Single(Remembered(port));
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(IngressRule), rule);
        value[ReasonByte] = (byte)Reason.Rule;
        _node.SetPerProcessor("denied", key, value);
    }

    private List<(uint Key, byte[] Value)> Remembered(ushort port)
    {
        var map = _node["denied"];
        List<(uint, byte[])> found = [];
        for (uint key = 0; key < map.MaxEntries; key++)
        {
            var values = map.LookupPerProcessor(key);
            for (var at = 0; at < values.Length; at += map.Stride)
            {
                var value = values.AsSpan(at, map.ValueSize);
                if (BinaryPrimitives.ReadUInt16BigEndian(value[Traffic..]) == port && BitConverter.ToUInt32(value[Epoch..]) != 0)
                {
                    found.Add((key, value.ToArray()));
                    break;
                }
            }
        }

        return found;
    }
}
