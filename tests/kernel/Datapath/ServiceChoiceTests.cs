using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Tables;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>Which backend a connection gets, and how long it keeps it.</summary>
public sealed class ServiceChoiceTests : IDisposable
{
    private const string Vip4 = "10.96.0.20", Vip6 = "fd00:96::20", Client4 = "10.0.0.1", Client6 = "fd00::1";
    private const uint Port4 = 20, Port6 = 21;

    private static readonly string[] Backends4 = ["198.51.100.1", "198.51.100.2", "198.51.100.3"];
    private static readonly string[] Backends6 = ["2001:db8:ffff::1", "2001:db8:ffff::2", "2001:db8:ffff::3"];

    private readonly TestNode _node = new(SampleObject.Bytes);
    private readonly Container _client;
    private readonly Container _other;

    public ServiceChoiceTests()
    {
        _client = _node.Add(1, [], Client4, Client6);
        _other = _node.Add(1, [], "10.0.0.2", "fd00::2");
        foreach (var protocol in new[] { Packet.Tcp, Packet.Udp })
        {
            _node.AddService(2, Port4, Vip4, 80, protocol, [.. Backends4.Select(address => (address, (ushort)8080))]);
            _node.AddService(2, Port6, Vip6, 80, protocol, [.. Backends6.Select(address => (address, (ushort)8080))]);
        }
    }

    public static TheoryData<string, string> Families => new() { { Client4, Vip4 }, { Client6, Vip6 } };

    [Theory]
    [MemberData(nameof(Families))]
    public void A_backend_that_drains_keeps_its_connections_until_its_time_and_they_end_with_a_reset(string client, string vip)
    {
        var first = Packet.TcpFrom(client, 40_000, vip, 80, Packet.Syn);
        var packet = first with { Flags = Packet.Ack };
        var backend = BackendOf(_node.Send(_client, first));
        Assert.Equal(backend, BackendOf(_node.Send(_client, packet)));

        Drain(backend, DatapathClock.Now + DatapathClock.Units(100));
        _node.SetEpoch(2);
        for (var i = 0; i < 3; i++)
        {
            // Each in a unit of time of its own, so that the client's entry is looked up.
            _node.AgeConnections(TimeSpan.FromSeconds(2));
            var kept = _node.Send(_client, packet);
            Assert.Equal((Reason.Established, backend), (kept.Reason, BackendOf(kept)));
        }

        // No epoch tells of a time that has come.
        Drain(backend, DatapathClock.Now - 2);
        _node.AgeConnections(TimeSpan.FromSeconds(2));
        var ended = _node.Send(_client, packet);
        Assert.Equal((Exit.Reject, Reason.BackendGone), ended.Way);
        Assert.Equal((byte)Packet.Rst, (byte)(ended.Packet.Flags & Packet.Rst));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_backend_that_is_removed_ends_its_connections_at_once_and_no_others(string client, string vip)
    {
        var connections = Enumerable.Range(0, 60).Select(i => Packet.TcpFrom(client, (ushort)(40_000 + i), vip, 80, Packet.Syn))
            .Select(first => (Packet: first with { Flags = Packet.Ack }, Backend: BackendOf(_node.Send(_client, first)))).ToList();
        var gone = connections[0].Backend;
        Assert.Contains(connections, connection => connection.Backend != gone);

        Remove(gone);
        _node.SetEpoch(2);

        foreach (var (packet, backend) in connections)
        {
            var outcome = _node.Send(_client, packet);
            if (backend == gone)
            {
                Assert.Equal((Exit.Reject, Reason.BackendGone), outcome.Way);
            }
            else
            {
                Assert.Equal((Reason.Established, backend), (outcome.Reason, BackendOf(outcome)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_datagram_to_a_backend_that_is_removed_goes_to_another(string client, string vip)
    {
        var packet = Packet.UdpFrom(client, 40_000, vip, 80);
        var gone = BackendOf(_node.Send(_client, packet));
        Choose([.. BackendsOf(vip).Where(backend => backend != gone)], vip);
        Remove(gone);
        _node.SetEpoch(2);

        var next = BackendOf(_node.Send(_client, packet));

        Assert.NotEqual(gone, next);
        Assert.Equal(next, BackendOf(_node.Send(_client, packet)));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_client_stays_on_its_backend_while_that_gets_connections_and_for_so_long(string client, string vip)
    {
        foreach (var protocol in new[] { Packet.Tcp, Packet.Udp })
        {
            _node.ChangeService(vip, 80, protocol, service => service with { Affinity = DatapathClock.Units(60), Name = 7 });
        }

        var backend = BackendOf(_node.Send(_client, Packet.TcpFrom(client, 30_000, vip, 80, Packet.Syn)));
        Assert.All(Enumerable.Range(1, 40), i => Assert.Equal(backend, BackendOf(_node.Send(_client, Packet.TcpFrom(client, (ushort)(30_000 + i), vip, 80, Packet.Syn)))));
        // By any port of the service.
        Assert.All(Enumerable.Range(1, 40), i => Assert.Equal(backend, BackendOf(_node.Send(_client, Packet.UdpFrom(client, (ushort)(30_000 + i), vip, 80)))));

        _node.SetBackend(vip == Vip4 ? Port4 : Port6, backend, 8080, BackendFlags.None);
        Choose([.. BackendsOf(vip).Where(other => other != backend)], vip);
        var next = BackendOf(_node.Send(_client, Packet.TcpFrom(client, 31_000, vip, 80, Packet.Syn)));
        Assert.NotEqual(backend, next);
        Assert.All(Enumerable.Range(1, 40), i => Assert.Equal(next, BackendOf(_node.Send(_client, Packet.TcpFrom(client, (ushort)(31_000 + i), vip, 80, Packet.Syn)))));

        var seen = Enumerable.Range(1, 60).Select(i =>
        {
            AgeAffinities(DatapathClock.Units(60) + 1);
            return BackendOf(_node.Send(_client, Packet.TcpFrom(client, (ushort)(32_000 + i), vip, 80, Packet.Syn)));
        }).Distinct().Count();
        Assert.Equal(2, seen);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Of_two_backends_the_one_with_fewer_connections_is_chosen_and_counts_return_to_zero(string client, string vip)
    {
        _node.ChangeService(vip, 80, Packet.Tcp, service => service with { Flags = ServiceFlags.LeastConnections });
        Choose(BackendsOf(vip)[..2], vip);
        var connections = Enumerable.Range(0, 100).Select(i => Packet.TcpFrom(client, (ushort)(40_000 + i), vip, 80, Packet.Syn))
            .Select(first => (Packet: first, Backend: BackendOf(_node.Send(_client, first)))).ToList();
        Assert.Equal([50, 50], connections.GroupBy(connection => connection.Backend).Select(group => group.Count()));

        // One of them loses twenty: answered ones and others, by either end.
        var relieved = connections[0].Backend;
        foreach (var (first, index) in connections.Where(connection => connection.Backend == relieved).Take(20).Select((connection, index) => (connection.Packet, index)))
        {
            if (index % 2 == 0)
            {
                _ = _node.Receive(_client, Packet.TcpFrom(relieved, 8080, client, first.SourcePort, Packet.Syn | Packet.Ack));
                _node.AgeConnections(TimeSpan.FromSeconds(2));
                Assert.Equal(relieved, BackendOf(_node.Send(_client, first with { Flags = Packet.Ack })));
            }

            _ = index % 4 < 2
                ? _node.Send(_client, first with { Flags = Packet.Rst })
                : _node.Receive(_client, Packet.TcpFrom(relieved, 8080, client, first.SourcePort, Packet.Rst));
        }

        Assert.Equal([30u, 50u], Loads(vip).Order());
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal(relieved, BackendOf(_node.Send(_client, Packet.TcpFrom(client, (ushort)(50_000 + i), vip, 80, Packet.Syn)))));
        Assert.Equal([50u, 50u], Loads(vip));

        for (var i = 0; i < 100; i++)
        {
            _ = _node.Send(_client, Packet.TcpFrom(client, (ushort)(40_000 + i), vip, 80, Packet.Rst));
            _ = _node.Send(_client, Packet.TcpFrom(client, (ushort)(50_000 + i), vip, 80, Packet.Rst));
        }

        Assert.Equal([0u, 0u], Loads(vip));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_client_goes_where_the_table_says_and_falls_back_to_the_tables_next_choice(string client, string vip)
    {
        const int Positions = 251;
        Backend[] backends = [.. BackendsOf(vip).Select(address => new Backend(System.Net.IPAddress.Parse(address), 8080))];
        var table = new ushort[Positions];
        MaglevTable.Fill(backends, table);
        foreach (var (line, index) in table.Chunk(32).Select((line, index) => (line, index)))
        {
            var value = new byte[64];
            MemoryMarshal.AsBytes(line.AsSpan()).CopyTo(value);
            _node["maglev"].Update(BitConverter.GetBytes(index + 3), value);
        }

        _node.ChangeService(vip, 80, Packet.Tcp, service => service with { Maglev = 3, Positions = Positions });
        string Meant(ushort port, int attempt) => $"{backends[table[Semantics.Maglev.PositionOf(Positions, Address(client), port, Address(vip), 80, Packet.Tcp, attempt)]].Address}";

        for (ushort port = 40_000; port < 40_200; port++)
        {
            var taken = Meant(port, 0);
            var isTaken = port % 4 == 0 && Meant(port, 1) != taken;
            if (isTaken)
            {
                _ = _node.Send(_client, Packet.TcpFrom(client, port, taken, 8080, Packet.Syn));
            }

            Assert.Equal(Meant(port, isTaken ? 1 : 0), BackendOf(_node.Send(_client, Packet.TcpFrom(client, port, vip, 80, Packet.Syn))));
        }
    }

    public void Dispose() => _node.Dispose();

    private static Model.Address Address(string text) => Model.Address.Parse(text);

    private static string[] BackendsOf(string vip) => vip == Vip4 ? Backends4 : Backends6;

    private static string BackendOf(Outcome outcome)
    {
        Assert.Equal(Exit.Stack, outcome.Exit);
        return $"{outcome.Packet.Destination}";
    }

    private void Drain(string backend, uint until) => _node.SetBackend(backend.Contains(':', StringComparison.Ordinal) ? Port6 : Port4, backend, 8080, BackendFlags.Draining, until);

    private void Remove(string backend)
    {
        var isIpv6 = backend.Contains(':', StringComparison.Ordinal);
        Assert.True(_node[isIpv6 ? "service_backends6" : "service_backends4"].Delete(
            [.. BitConverter.GetBytes(isIpv6 ? Port6 : Port4), .. System.Net.IPAddress.Parse(backend).GetAddressBytes()]));
    }

    /// <summary>New connections go to these alone.</summary>
    private void Choose(string[] backends, string vip)
    {
        for (uint i = 0; i < backends.Length; i++)
        {
            _node[vip == Vip4 ? "backends4" : "backends6"].Update(
                [.. BitConverter.GetBytes(vip == Vip4 ? Port4 : Port6), .. BitConverter.GetBytes(i)],
                [.. System.Net.IPAddress.Parse(backends[i]).GetAddressBytes(), 8080 >> 8, 8080 & 0xff, 0, 0]);
        }

        foreach (var protocol in new[] { Packet.Tcp, Packet.Udp })
        {
            _node.ChangeService(vip, 80, protocol, service => service with { Backends = (uint)backends.Length });
        }
    }

    private void AgeAffinities(uint units)
    {
        foreach (var map in new[] { _node["affinity4"], _node["affinity6"] })
        {
            foreach (var key in map.Keys())
            {
                var value = new byte[map.ValueSize];
                Assert.True(map.TryLookup(key, value));
                var seen = value.AsSpan(value.Length - sizeof(uint));
                BinaryPrimitives.WriteUInt32LittleEndian(seen, BinaryPrimitives.ReadUInt32LittleEndian(seen) - units);
                map.Update(key, value);
            }
        }
    }

    /// <summary>Connections that each backend is known to have.</summary>
    private uint[] Loads(string vip)
    {
        var map = _node[vip == Vip4 ? "backend_loads4" : "backend_loads6"];
        return [.. map.Keys().Select(key =>
        {
            var value = new byte[map.ValueSize];
            Assert.True(map.TryLookup(key, value));
            return (uint)MemoryMarshal.Cast<byte, uint>(value)[18..].ToArray().Sum(count => count);
        })];
    }
}
