using Netpol.Bundle;
using Netpol.Loader;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>What is said of the tables is what the programs do with them.</summary>
public sealed class PressureTests : IDisposable
{
    private const int Ways = 15;

    private static readonly Lazy<byte[]> OneSet = new(() => SampleObject.Compile(("MAX_CONNECTION_SETS", 1)));

    private readonly TestNode _node = new(OneSet.Value);
    private readonly Container _client, _server;

    public PressureTests()
    {
        _client = _node.Add(2, [], "10.0.0.4", "fd00::4");
        // Whose egress is closed: what it sends passes as an answer, or not at all.
        _server = _node.Add(2, [SampleNode.Guest], "10.0.0.3", "fd00::3");
        _node.AddService(1, 1, SampleNode.Service4, 80, Packet.Tcp, (_server.V4, 8080));
    }

    /// <summary>Seconds on either side of each lifetime; time is kept in units of 1.07 s.</summary>
    [Theory]
    [InlineData(4, Packet.Tcp, Way.Sent, 57, 64)]
    [InlineData(6, Packet.Tcp, Way.Answered, 21_596, 21_604)]
    [InlineData(4, Packet.Tcp, Way.Reset, 7, 14)]
    [InlineData(6, Packet.Tcp, Way.Closed, 57, 64)]
    [InlineData(6, Packet.Udp, Way.Sent, 27, 34)]
    [InlineData(4, Packet.Udp, Way.Answered, 177, 184)]
    public void An_entry_counts_as_expired_when_it_admits_no_answer(int family, byte protocol, Way way, int living, int expired)
    {
        foreach (var (age, isExpired) in new[] { (living, false), (expired, true) })
        {
            var first = Begin(family, protocol, way, 20_000 + age);
            _node.AgeConnections(TimeSpan.FromSeconds(age));

            var seen = Pressure(family).Expired;
            var answer = _node.Send(_server, first.Reply(Packet.Ack)).Reason;


            Assert.Equal(isExpired ? (1, Reason.DefaultDeny) : (0, Reason.Established), (seen, answer));
            _node.Table(family).Clear();
        }
    }

    [Fact]
    public void Each_entry_counts_once_by_how_soon_it_gives_way()
    {
        _ = Begin(4, Packet.Tcp, Way.Answered, 20_000);
        _node.AgeConnections(TimeSpan.FromSeconds(130));
        _ = Begin(4, Packet.Tcp, Way.Answered, 20_001);
        _ = Begin(4, Packet.Tcp, Way.Answered, 20_002);
        _ = Begin(4, Packet.Tcp, Way.Sent, 20_003);
        _ = Begin(4, Packet.Tcp, Way.Reset, 20_004);

        var seen = Pressure(4);


        Assert.Equal(new ConnectionPressure(4, Ways, InUse: 2, Silent: 1, Unanswered: 1, Closed: 1, Expired: 0, Sets: 1, FullSets: 0), seen);
        Assert.Equal(3.0 / Ways, seen.Fraction);
    }

    [Fact]
    public void A_set_is_full_when_a_new_connection_is_refused()
    {
        for (var i = 0; i < Ways; i++)
        {
            Assert.Equal(0, Pressure(4).FullSets);
            _ = Begin(4, Packet.Tcp, Way.Answered, 20_000 + i);
        }

        var full = Pressure(4).FullSets;
        var refused = _node.Send(_client, First(4, Packet.Tcp, 30_000)).Way;


        Assert.Equal((1, (Exit.Drop, Reason.ConnectionTable)), (full, refused));
        Assert.Equal(1UL, PressureView.Of(_node.Maps, _node.DropsBecause(Reason.ConnectionTable)).Refused);
    }

    [Fact]
    public void Tables_say_what_is_in_them_and_who_gives_way()
    {
        var before = Tables();

        _node.AddHost("192.0.2.7");
        _node.AddPrefix("203.0.113.0/24");
        _node.AddPrefix("2001:db8::/48");
        _node.AddService(2, 2, "10.96.0.99", 80, Packet.Udp, (_server.V4, 53), (_client.V4, 53));
        var after = Tables();


        Assert.Equal(before["addresses4"].Used + 1, after["addresses4"].Used);
        Assert.Equal(before["prefixes4"].Used + 1, after["prefixes4"].Used);
        Assert.Equal(before["prefixes6"].Used + 1, after["prefixes6"].Used);
        Assert.Equal(before["services4"].Used + 2, after["services4"].Used);
        Assert.Equal(before["backends4"].Used + 2, after["backends4"].Used);
        Assert.True(after["fragments4"].GivesWay && !after["addresses4"].GivesWay);
        Assert.All(after.Values, table => Assert.InRange(table.Fraction, 0, 1));
    }

    public void Dispose() => _node.Dispose();

    /// <summary>How far a connection comes.</summary>
    public enum Way
    {
        Sent,
        Answered,
        Reset,
        Closed,
    }

    private Dictionary<string, TablePressure> Tables() => PressureView.Of(_node.Maps, 0).Tables.ToDictionary(table => table.Name);

    private ConnectionPressure Pressure(int family) => PressureView.Of(_node.Maps, 0).Connections.Single(connections => connections.Family == family);

    private Packet Begin(int family, byte protocol, Way way, int port)
    {
        var first = First(family, protocol, port);
        Assert.Equal(Exit.Peer, _node.Send(_client, first).Exit);
        if (way != Way.Sent)
        {
            Assert.Equal(Reason.Established, _node.Send(_server, first.Reply(Packet.Syn | Packet.Ack)).Reason);
        }

        if (way == Way.Reset)
        {
            _ = _node.Send(_client, first with { Flags = Packet.Rst });
        }
        else if (way == Way.Closed)
        {
            _ = _node.Send(_client, first with { Flags = Packet.Fin | Packet.Ack });
            _ = _node.Send(_server, first.Reply(Packet.Fin | Packet.Ack));
        }

        return first;
    }

    private Packet First(int family, byte protocol, int port)
    {
        var (from, to) = family == 4 ? (_client.V4, _server.V4) : (_client.V6, _server.V6);
        return protocol == Packet.Tcp ? Packet.TcpFrom(from, (ushort)port, to, 8080) : Packet.UdpFrom(from, (ushort)port, to, 8080);
    }
}
