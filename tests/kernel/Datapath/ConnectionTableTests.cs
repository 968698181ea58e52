using Netpol.Bundle;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>The table of connections where there is no room: a node with one set, so all connections of a family share it.</summary>
public sealed class ConnectionTableTests : IDisposable
{
    private const int Ways = 15;

    private static readonly Lazy<byte[]> OneSet = new(() => SampleObject.Compile(("MAX_CONNECTION_SETS", 1)));

    private readonly TestNode _node = new(OneSet.Value);
    private readonly Container _client, _server;

    public ConnectionTableTests()
    {
        _client = _node.Add(2, [], "10.0.0.4", "fd00::4");
        // Whose egress is closed: what it sends passes as an answer, or not at all.
        _server = _node.Add(2, [SampleNode.Guest], "10.0.0.3", "fd00::3");
        _node.AddService(1, 1, SampleNode.Service4, 80, Packet.Tcp, (_server.V4, 8080));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void A_flood_takes_the_places_of_its_own_and_of_no_answered_connection(int family)
    {
        var established = Establish(family, 10);

        foreach (var i in Enumerable.Range(0, 500))
        {
            Assert.Equal(Exit.Peer, _node.Send(_client, Syn(family, 30_000 + i)).Exit);
        }

        var packets = established.Select(first => _node.Send(_client, first with { Flags = Packet.Ack }).Reason);
        var answers = established.Select(first => _node.Send(_server, first.Reply(Packet.Ack)).Reason);


        Assert.All(packets.Concat(answers), reason => Assert.Equal(Reason.Established, reason));
        Assert.Equal(Ways, _node.Connections(family).Length);
    }

    /// <summary>Whatever was at their home when they came, all are found, and each once.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void A_full_set_has_each_connection_once_and_finds_every_one(int family)
    {
        var established = Establish(family, Ways);

        var reasons = established.Select(first => _node.Send(_client, first with { Flags = Packet.Ack }).Reason);


        Assert.All(reasons, reason => Assert.Equal(Reason.Established, reason));
        Assert.Equal(Ways, _node.Connections(family).Select(entry => Convert.ToHexString(entry.Key)).Distinct().Count());
    }

    /// <summary>Not even at home, where the tags are not asked.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void What_was_taken_out_is_not_found(int family)
    {
        var established = Establish(family, Ways);
        foreach (var entry in _node.Connections(family))
        {
            _node.Table(family).Forget(entry);
        }

        var answers = established.Select(first => _node.Send(_server, first.Reply(Packet.Ack)).Way);


        Assert.All(answers, way => Assert.Equal((Exit.Drop, Reason.DefaultDeny), way));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Where_all_are_in_use_a_new_connection_is_refused_and_counted_until_one_was_silent(int family)
    {
        var established = Establish(family, Ways);

        var refused = _node.Send(_client, Syn(family, 30_000));
        var again = _node.Send(_client, established[0] with { Flags = Packet.Ack });
        _node.AgeConnections(TimeSpan.FromSeconds(119));
        var early = _node.Send(_client, Syn(family, 30_000));
        _node.AgeConnections(TimeSpan.FromSeconds(4));
        var late = _node.Send(_client, Syn(family, 30_000));


        Assert.Equal((Exit.Drop, Reason.ConnectionTable), refused.Way);
        Assert.Equal(Reason.Established, again.Reason);
        Assert.Equal((Exit.Drop, Reason.ConnectionTable), early.Way);
        Assert.Equal((Exit.Peer, Reason.NotIsolated), late.Way);
        Assert.Equal(2UL, _node.DropsBecause(Reason.ConnectionTable));
        Assert.Equal(Ways, _node.Connections(family).Length);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Who_looks_for_room_takes_the_place_of_what_has_expired_where_it_looks_first(int family)
    {
        foreach (var i in Enumerable.Range(0, Ways))
        {
            _ = _node.Send(_client, Syn(family, 20_000 + i));
        }

        _node.AgeConnections(TimeSpan.FromSeconds(70));
        var sent = _node.Send(_client, Syn(family, 30_000));


        Assert.Equal((Exit.Peer, Reason.NotIsolated), sent.Way);
        Assert.Equal(Ways, _node.Connections(family).Length);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Of_those_that_nobody_has_answered_each_gives_way_in_turn(int family)
    {
        foreach (var i in Enumerable.Range(0, 2 * Ways))
        {
            _ = _node.Send(_client, Syn(family, 20_000 + i));
        }

        var left = _node.Connections(family).Select(entry => ClientPort(entry.Key)).Order();
        Assert.Equal(Enumerable.Range(20_000 + Ways, Ways), left);
    }

    [Fact]
    public void A_closed_connection_goes_before_those_in_use_wherever_it_is()
    {
        var established = Establish(4, Ways);
        _ = _node.Send(_client, established[Ways / 2] with { Flags = Packet.Rst });

        var sent = _node.Send(_client, Syn(4, 30_000));

        var left = _node.Connections(4).Select(entry => ClientPort(entry.Key)).ToArray();
        Assert.Equal((Exit.Peer, Reason.NotIsolated), sent.Way);
        Assert.Equal(Ways, left.Length);
        Assert.DoesNotContain(20_000 + Ways / 2, left);
    }

    [Fact]
    public void A_translated_connection_has_room_for_both_of_its_entries_or_for_none()
    {
        _ = Establish(4, Ways - 1);

        var refused = _node.Send(_client, Packet.TcpFrom(_client.V4, 30_000, SampleNode.Service4, 80));


        Assert.Equal((Exit.Drop, Reason.ConnectionTable), refused.Way);
        Assert.Equal(Ways - 1, _node.Connections(4).Length);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void A_changed_verdict_takes_the_entry_out(int family)
    {
        var first = Establish(family, 1)[0];

        // Its addresses are another endpoint's now.
        _node.Withdraw(_server);
        _node.SetEpoch(2);
        _ = _node.Send(_server, first.Reply(Packet.Ack));


        Assert.Empty(_node.Connections(family));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void An_entry_that_is_being_written_is_not_believed(int family)
    {
        var first = Establish(family, 1)[0];
        var entry = Assert.Single(_node.Connections(family));

        _node.Table(family).Change(entry, connection => connection with { Version = connection.Version + 1 });
        var answer = _node.Send(_server, first.Reply(Packet.Ack));
        var packet = _node.Send(_client, first with { Flags = Packet.Ack });
        var next = _node.Send(_server, first.Reply(Packet.Ack));


        Assert.Equal((Exit.Drop, Reason.DefaultDeny), answer.Way);
        Assert.Equal((Exit.Peer, Reason.NotIsolated), packet.Way);
        Assert.Equal((Exit.Peer, Reason.Established), next.Way);
        Assert.Equal(0U, Assert.Single(_node.Connections(family)).Connection.Version % 2);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Every_write_makes_a_new_version_but_that_of_the_time(int family)
    {
        var first = Syn(family, 20_000);

        _ = _node.Send(_client, first);
        var made = Assert.Single(_node.Connections(family)).Connection;
        _ = _node.Send(_server, first.Reply(Packet.Ack));
        var answered = Assert.Single(_node.Connections(family)).Connection;
        _ = _node.Send(_client, first with { Flags = Packet.Fin });
        var closed = Assert.Single(_node.Connections(family)).Connection;
        _node.SetEpoch(2);
        _ = _node.Send(_client, first with { Flags = Packet.Ack });
        var judged = Assert.Single(_node.Connections(family)).Connection;


        Assert.Equal((made.Version, 1), (answered.Version, (int)answered.Answered));
        Assert.True(closed.Version > made.Version && judged.Version > closed.Version);
        Assert.Equal((1, 2U), ((int)closed.Closed, judged.Epoch));
    }

    /// <summary>
    /// Two processors, one set, more connections than it has ways: what one makes takes the place of what the other is looking at. No
    /// packet may go where another connection's do, and no key may be in two ways.
    /// </summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Processors_that_race_for_a_set_never_take_one_connection_for_another(int family)
    {
        const int Keys = 24, Rounds = 20_000;
        var other = _node.Add(2, [], "10.0.0.6", "fd00::6");
        var address = (Container container) => family == 4 ? container.V4 : container.V6;
        var flows = Enumerable.Range(0, Keys)
            .Select(i => i % 2 == 0 ? _server : other)
            .Select((to, i) => (To: to, Syn: Packet.TcpFrom(address(_client), (ushort)(20_000 + i), address(to), 8080)))
            .Select(flow => (flow.To, Syn: flow.Syn.ToFrame(), Ack: (flow.Syn with { Flags = Packet.Ack }).ToFrame()))
            .ToArray();
        List<string> wrong = [];
        long established = 0;

        // The kernel runs a test's packet where its thread is, and leaves the record there.
        var threads = new[] { 0, 1 }.Select(number => new Thread(() =>
        {
            using var run = _node.OnProcessor(number % Environment.ProcessorCount);
            Random random = new(number);
            for (var i = 0; i < Rounds; i++)
            {
                var (to, syn, ack) = flows[random.Next(Keys)];
                var record = run.Send(_client, i % 3 == 0 ? syn : ack);
                if (record.Exit != (byte)Exit.Peer || record.Ifindex != to.Ifindex)
                {
                    lock (wrong)
                    {
                        wrong.Add($"{(Exit)record.Exit} {(Reason)record.Reason} to {record.Ifindex}, not {to.Ifindex}");
                    }
                }

                if (record.Reason == (byte)Reason.Established)
                {
                    _ = Interlocked.Increment(ref established);
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());


        Assert.Empty(wrong.Distinct());
        Assert.InRange(established, Rounds / 10, 2 * Rounds);
        var left = _node.Connections(family);
        Assert.Equal(Ways, left.Length);
        Assert.Equal(Ways, left.Select(entry => Convert.ToHexString(entry.Key)).Distinct().Count());
        Assert.All(left, entry => Assert.Equal(0U, entry.Connection.Version % 2));
        Assert.All(left, entry => Assert.Equal(entry.Connection.Endpoint[1] == other.Id ? other.Ifindex : _server.Ifindex, entry.Connection.Ifindex[1]));
    }

    /// <summary>Both processors write to one entry, time and again; its server may send nothing but answers.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void No_answer_is_denied_because_another_processor_writes_to_its_connection(int family)
    {
        const int Rounds = 30_000;
        var first = Establish(family, 1)[0];
        var sent = (first with { Flags = Packet.Fin | Packet.Ack }).ToFrame();
        var answer = first.Reply(Packet.Fin | Packet.Ack).ToFrame();
        var denied = 0;

        var threads = new[] { (Processor: 0, From: _client, Frame: sent), (Processor: 1, From: _server, Frame: answer) }.Select(side => new Thread(() =>
        {
            using var run = _node.OnProcessor(side.Processor % Environment.ProcessorCount);
            for (var i = 0; i < Rounds; i++)
            {
                if (run.Send(side.From, side.Frame).Reason != (byte)Reason.Established)
                {
                    _ = Interlocked.Increment(ref denied);
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());


        Assert.Equal(0, denied);
    }

    public void Dispose() => _node.Dispose();

    private Packet[] Establish(int family, int count)
    {
        var packets = Enumerable.Range(0, count).Select(i => Syn(family, 20_000 + i)).ToArray();
        foreach (var first in packets)
        {
            Assert.Equal(Exit.Peer, _node.Send(_client, first).Exit);
            Assert.Equal(Reason.Established, _node.Send(_server, first.Reply(Packet.Syn | Packet.Ack)).Reason);
        }

        return packets;
    }

    private Packet Syn(int family, int port) => family == 4
        ? Packet.TcpFrom(_client.V4, (ushort)port, _server.V4, 8080)
        : Packet.TcpFrom(_client.V6, (ushort)port, _server.V6, 8080);

    /// <summary>Of a key of a connection to port 8080: both ports are in the first half of its last eight bytes.</summary>
    private static int ClientPort(byte[] key)
    {
        var ports = key.AsSpan(key.Length - 8);
        return new[] { ports[0] << 8 | ports[1], ports[2] << 8 | ports[3] }.Single(port => port != 8080);
    }
}
