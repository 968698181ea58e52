using Netpol.Bundle;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>Packets to another node that are passed on without a look at their connection, and those that never are.</summary>
public sealed class TouchFilterTests : IDisposable
{
    private const string LookUp = "look up connections";

    private readonly SampleNode _sample = new();
    private readonly TestNode _node;
    private readonly CountedPrograms _counted;

    public TouchFilterTests() => (_node, _counted) = (_sample.Node, new CountedPrograms(_sample.Node));

    public static TheoryData<string, string, byte> Remote => new()
    {
        { "10.0.0.4", SampleNode.Remote4, Packet.Tcp }, { "fd00::4", SampleNode.Remote6, Packet.Tcp },
        { "10.0.0.4", SampleNode.Remote4, Packet.Udp }, { "fd00::4", SampleNode.Remote6, Packet.Udp },
    };

    [Theory]
    [MemberData(nameof(Remote))]
    public void The_second_packet_in_a_unit_of_time_is_not_looked_up(string from, string to, byte protocol)
    {
        var packet = Answered(from, to, protocol);

        var first = _counted.Of(_sample.PlainPod, packet);
        var second = _counted.Of(_sample.PlainPod, packet, packet);


        Assert.Contains(LookUp, first);
        Assert.DoesNotContain(LookUp, second);
        Assert.Equal((Exit.Stack, Reason.Established), _node.Send(_sample.PlainPod, packet).Way);
    }

    [Theory]
    [MemberData(nameof(Remote))]
    public void In_another_unit_it_is_and_the_connection_lives_on(string from, string to, byte protocol)
    {
        var packet = Answered(from, to, protocol);
        _ = _counted.Of(_sample.PlainPod, packet, packet);
        _node.AgeConnections(TimeSpan.FromSeconds(20));
        var old = Assert.Single(_node.Connections(packet.IsV6 ? 6 : 4)).Connection.Seen;

        var calls = _counted.Of(_sample.PlainPod, packet);


        Assert.Contains(LookUp, calls);
        Assert.InRange(Assert.Single(_node.Connections(packet.IsV6 ? 6 : 4)).Connection.Seen - old, 18U, 30U);
    }

    [Theory]
    [MemberData(nameof(Remote))]
    public void What_nobody_has_answered_is_looked_up(string from, string to, byte protocol)
    {
        var packet = Opening(from, to, protocol);
        _ = _node.Send(_sample.PlainPod, packet);

        Assert.Contains(LookUp, _counted.Of(_sample.PlainPod, Later(packet), Later(packet)));
    }

    [Theory]
    [MemberData(nameof(Remote))]
    public void The_connection_of_another_port_or_to_another_address_is_looked_up(string from, string to, byte protocol)
    {
        var packet = Answered(from, to, protocol);
        var others = new[]
        {
            packet with { SourcePort = 43001 },
            packet with { DestinationPort = 8081 },
            packet with { Destination = System.Net.IPAddress.Parse(packet.IsV6 ? "2001:db8:ffff::8" : "198.51.100.8") },
            packet with { Source = System.Net.IPAddress.Parse(packet.IsV6 ? "fd00::5" : "10.0.0.5") },
        };

        Assert.All(others, other => Assert.Contains(LookUp, _counted.Of(_sample.PlainPod, packet, packet, other)));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", 8080)]
    [InlineData("fd00::1", "fd00::2", 8080)]
    [InlineData("10.0.0.1", SampleNode.Service4, 80)]
    [InlineData("fd00::1", SampleNode.Service6, 80)]
    public void To_an_endpoint_of_the_node_or_a_service_every_packet_is_looked_up(string from, string to, int port)
    {
        var first = Packet.TcpFrom(from, 43000, to, (ushort)port);
        _ = _node.Send(_sample.WebPod, first);
        var backend = Packet.TcpFrom(first.IsV6 ? "fd00::2" : "10.0.0.2", 8080, from, 43000, Packet.Syn | Packet.Ack);
        Assert.Equal(Reason.Established, _node.Send(_sample.ApiPod, backend).Reason);

        Assert.Contains(LookUp, _counted.Of(_sample.WebPod, Later(first), Later(first)));
    }

    [Theory]
    [MemberData(nameof(Remote))]
    public void Answers_are_looked_up(string from, string to, byte protocol)
    {
        var first = Opening(to, from, protocol);
        _ = _node.Receive(_sample.PlainPod, first);
        var answer = Later(first.Reply());

        Assert.Contains(LookUp, _counted.Of(_sample.PlainPod, answer, answer));
    }

    [Theory]
    [MemberData(nameof(Remote))]
    public void A_new_epoch_is_heeded_at_once(string from, string to, byte protocol)
    {
        var packet = Answered(from, to, protocol);
        _ = _counted.Of(_sample.PlainPod, packet, packet);

        _node.SetEpoch(2);
        var calls = _counted.Of(_sample.PlainPod, packet);
        _node.SetEpoch(3);
        _node.Withdraw(_sample.PlainPod);
        var withdrawn = _node.Send(_sample.PlainPod, packet);


        Assert.Contains(LookUp, calls);
        Assert.Equal(Exit.Drop, withdrawn.Exit);
    }

    [Fact]
    public void What_begins_or_ends_a_connection_is_looked_up_and_so_is_what_comes_after()
    {
        var packet = Answered("10.0.0.4", SampleNode.Remote4, Packet.Tcp);
        _ = _counted.Of(_sample.PlainPod, packet, packet);

        var closing = _node.Send(_sample.PlainPod, packet with { Flags = Packet.Fin | Packet.Ack });
        _node.ForgetTouches();


        Assert.Equal(1, Assert.Single(_node.Connections(4)).Connection.Closed);
        Assert.Equal((Exit.Stack, Reason.Established), closing.Way);
        Assert.Contains(LookUp, _counted.Of(_sample.PlainPod, packet, packet));
    }

    public void Dispose()
    {
        _counted.Dispose();
        _sample.Dispose();
    }

    private static Packet Opening(string from, string to, byte protocol) => protocol == Packet.Tcp
        ? Packet.TcpFrom(from, 43000, to, 8080)
        : Packet.UdpFrom(from, 43000, to, 8080);

    /// <summary>A packet in the middle of a connection that the packet began.</summary>
    private static Packet Later(Packet packet) => packet with { Flags = Packet.Ack };

    /// <summary>The connection is made and answered: a packet of it.</summary>
    private Packet Answered(string from, string to, byte protocol)
    {
        var first = Opening(from, to, protocol);
        Assert.Equal(Exit.Stack, _node.Send(_sample.PlainPod, first).Exit);
        Assert.Equal(Reason.Established, _node.Receive(_sample.PlainPod, first.Reply(Packet.Syn | Packet.Ack)).Reason);
        return Later(first);
    }
}
