using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Tables;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>
/// Load balancing where the driver meets packets: what is sent on there is, byte for byte, what the host's stack would have sent, and all else is left to
/// it as it came. In a network namespace of its own, where both ends' neighbours are known.
/// </summary>
public sealed class XdpTests : IClassFixture<SampleNode>
{
    private const string Client4 = "203.0.113.5", Client6 = "2001:db8:5::5", Balancer4 = "10.96.0.20", Balancer6 = "fd00:96::20";
    private const string Device = "02:00:00:00:00:aa", Hop = "02:00:00:00:00:99";
    private const ushort Far = 80, Near = 81;
    private const int Pass = 2, SendBack = 3;

    private readonly SampleNode _sample;
    private readonly TestNode _node;

    public XdpTests(SampleNode sample)
    {
        (_sample, _node) = (sample, sample.Node);
        _node.ForgetConnections();
        _node.SetEpoch(1);
        _node.Publish(sample.ApiPod);
        foreach (var (balancer, remote, api, id) in new[] { (Balancer4, SampleNode.Remote4, "10.0.0.2", 20u), (Balancer6, SampleNode.Remote6, "fd00::2", 40u) })
        {
            _node.AddService(1, id, balancer, Far, Packet.Tcp, (remote, 8443));
            _node.AddService(1, id + 1, balancer, Far, Packet.Udp, (remote, 8443));
            _node.AddService(1, id + 2, balancer, Far, Packet.Sctp, (remote, 8443));
            _node.AddService(1, id + 3, balancer, Near, Packet.Tcp, (api, 8080));
        }

        _node.AddPrefix("203.0.113.0/24", SampleNode.Web);
        _node.AddPrefix("2001:db8:5::/48", SampleNode.Web);
        Masquerade value = new() { FirstPort = 1024, Ports = 31744 };
        IPAddress.Parse(SampleNode.Host4).GetAddressBytes().CopyTo((Span<byte>)value.Address4);
        IPAddress.Parse(SampleNode.Host6).GetAddressBytes().CopyTo((Span<byte>)value.Address6);
        _node["masquerade"].Update(new byte[4], MemoryMarshal.AsBytes(new Span<Masquerade>(ref value)));
    }

    public static TheoryData<string, string, byte, int> Flows
    {
        get
        {
            TheoryData<string, string, byte, int> flows = [];
            foreach (var protocol in new[] { Packet.Tcp, Packet.Udp })
            {
                // Odd and even lengths, and the shortest.
                foreach (var length in new[] { 0, 1, 33, 1400 })
                {
                    flows.Add(Client4, Balancer4, protocol, length);
                    flows.Add(Client6, Balancer6, protocol, length);
                }
            }

            return flows;
        }
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public void Both_directions_leave_as_the_hosts_stack_would_have_sent_them(string client, string balancer, byte protocol, int length) => Run(device =>
    {
        var body = Enumerable.Range(7, length).Select(number => (byte)(number * 31)).ToArray();
        var first = To(client, balancer, protocol);
        var seen = _node.Arrive(first).Packet;
        var question = first with { Flags = protocol == Packet.Tcp ? Packet.Ack : (byte)0, Body = [.. body], Hops = 17 };
        var answer = seen.Reply(Packet.Ack) with { Body = [.. body], Hops = 64 };
        var before = (Counted(0), Counted(1));

        var asked = Meet(question, device);
        var answered = Meet(answer, device);
        var after = (Counted(0), Counted(1));
        var byStack = (_node.Arrive(question), _node.Arrive(answer));


        Assert.Equal((SendBack, SendBack), (asked.Answer, answered.Answer));
        Assert.Equal(byStack.Item1.Frame.AsSpan(14), asked.Frame.AsSpan(14));
        Assert.Equal(byStack.Item2.Frame.AsSpan(14), answered.Frame.AsSpan(14));
        // Every checksum computed from scratch.
        Assert.Equal((seen.Source, seen.Destination, seen.SourcePort, seen.DestinationPort, (byte)16), Ends(PacketReader.Read(asked.Frame)));
        Assert.Equal((first.Destination, first.Source, first.DestinationPort, first.SourcePort, (byte)63), Ends(PacketReader.Read(answered.Frame)));
        Assert.All([asked, answered], sent => Assert.Equal([.. Bytes(Hop), .. Bytes(Device)], sent.Frame[..12]));
        Assert.Equal((before.Item1 + 1, before.Item2 + 1), after);
    });

    [Fact]
    public void A_datagram_without_a_checksum_has_none_afterwards() => Run(device =>
    {
        var first = To(Client4, Balancer4, Packet.Udp) with { HasChecksum = false };
        _ = _node.Arrive(first);

        var (answer, frame) = Meet(first, device);


        Assert.Equal((SendBack, 0), (answer, frame[14 + 20 + 6] | frame[14 + 20 + 7]));
    });

    /// <summary>0 would say that there is none: UDP sends its complement.</summary>
    [Theory]
    [InlineData(Client4, Balancer4)]
    [InlineData(Client6, Balancer6)]
    public void A_checksum_that_comes_to_nothing_is_sent_as_what_it_is(string client, string balancer) => Run(device =>
    {
        var first = To(client, balancer, Packet.Udp) with { Body = [0, 0] };
        var seen = _node.Arrive(first).Packet;
        // What the sum says is missing to all ones makes it 0.
        var sent = seen.ToFrame();
        var rest = BinaryPrimitives.ReadUInt16BigEndian(sent.AsSpan(sent.Length - 4));
        var question = first with { Body = [(byte)(rest >> 8), (byte)rest] };

        var (answer, frame) = Meet(question, device);


        Assert.Equal((SendBack, (ushort)0xffff), (answer, BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(frame.Length - 4))));
        Assert.Equal(_node.Arrive(question).Frame.AsSpan(14), frame.AsSpan(14));
    });

    [Theory]
    [InlineData(Client4, Balancer4, Packet.Tcp)]
    [InlineData(Client6, Balancer6, Packet.Tcp)]
    [InlineData(Client4, Balancer4, Packet.Udp)]
    [InlineData(Client6, Balancer6, Packet.Udp)]
    public void Packets_keep_their_connection_alive_as_those_do_that_the_stack_sends_on(string client, string balancer, byte protocol) => Run(device =>
    {
        var first = To(client, balancer, protocol);
        var seen = _node.Arrive(first).Packet;
        var (question, answer) = (first with { Flags = protocol == Packet.Tcp ? Packet.Ack : (byte)0 }, seen.Reply(Packet.Ack));

        // An answer that nobody heard of yet, and then for longer than either entry would last in silence.
        var ways = new List<int> { Meet(answer, device).Answer };
        var heard = Entries(client).Count(entry => entry.Connection.Answered != 0);
        for (var second = 0; second < 400; second += 20)
        {
            _node.AgeConnections(TimeSpan.FromSeconds(20));
            ways.Add(Meet(question, device).Answer);
            ways.Add(Meet(answer, device).Answer);
        }

        var silent = Entries(client).Select(entry => DatapathClock.Now - entry.Connection.Seen).ToArray();


        Assert.All(ways, way => Assert.Equal(SendBack, way));
        Assert.Equal(1, heard);
        Assert.Equal(2, silent.Length);
        Assert.All(silent, units => Assert.InRange(units, 0u, 1u));
    });

    [Fact]
    public void What_is_not_in_the_middle_of_a_known_connection_is_left_to_the_stack_as_it_came() => Run(device =>
    {
        var tcp = Open(Client4, Balancer4, Packet.Tcp);
        var tcp6 = Open(Client6, Balancer6, Packet.Tcp);
        var udp = Open(Client4, Balancer4, Packet.Udp);
        var sctp = Open(Client4, Balancer4, Packet.Sctp) with { Flags = 0 };
        _ = _node.Arrive(To(Client4, Balancer4, Packet.Tcp) with { DestinationPort = Near });
        var answer = _node.Arrive(To(Client4, Balancer4, Packet.Tcp)).Packet.Reply(Packet.Ack);
        byte[] tagged = [.. tcp.ToFrame()[..12], 0x81, 0, 0, 5, .. tcp.ToFrame()[12..]];
        byte[] arp = [.. new byte[12], 8, 6, .. new byte[28]];
        byte[] unknown = [.. tcp.ToFrame()];
        (unknown[12], unknown[13]) = (0x88, 0xcc);

        foreach (var (what, frame) in new (string, byte[])[]
        {
            ("opens", (tcp with { Flags = Packet.Syn }).ToFrame()),
            ("closes", (tcp with { Flags = Packet.Fin | Packet.Ack }).ToFrame()),
            ("resets", (tcp with { Flags = Packet.Rst }).ToFrame()),
            ("the backend closes", (answer with { Flags = Packet.Fin | Packet.Ack }).ToFrame()),
            ("first fragment", (udp with { Fragment = (0, true, 9), Body = [.. new byte[16]] }).ToFrame()),
            ("later fragment", (udp with { Fragment = (24, false, 9), Body = [.. new byte[16]] }).ToFrame()),
            ("options", (tcp with { Options = [1, 1, 1, 0] }).ToFrame()),
            ("extension header", (tcp6 with { Extensions = [(60, [0, 0, 1, 4, 0, 0, 0, 0])] }).ToFrame()),
            ("a tag", tagged),
            ("cut", tcp.ToFrame()[..52]),
            ("cut within its header", tcp.ToFrame()[..44]),
            ("ARP", arp),
            ("no IP", unknown),
            ("SCTP", sctp.ToFrame()),
            ("echo", Packet.Echo(Client4, Balancer4, 7).ToFrame()),
            ("error", Packet.Unreachable(Client4, answer with { Source = tcp.Destination, Destination = tcp.Source }).ToFrame()),
            ("no hop left", (tcp with { Hops = 1 }).ToFrame()),
            ("no hop left (IPv6)", (tcp6 with { Hops = 1 }).ToFrame()),
            ("unknown client", (tcp with { SourcePort = 43999 }).ToFrame()),
            ("unknown port", (tcp with { DestinationPort = 99 }).ToFrame()),
            ("a backend of this node", (tcp with { DestinationPort = Near }).ToFrame()),
            ("to the backend itself", (answer.Reply(Packet.Ack)).ToFrame()),
            ("as if of the balancer", (tcp.Reply(Packet.Ack)).ToFrame()),
        })
        {
            var (way, left) = Meet(frame, device);
            Assert.True(way == Pass, $"{what}: answered {way}");
            Assert.Equal(frame.AsSpan(6), left.AsSpan(6));
        }

        Assert.Equal(SendBack, Meet(tcp, device).Answer);
        Assert.Equal(SendBack, Meet(tcp6, device).Answer);
    });

    [Theory]
    [InlineData(Client4, Balancer4, SampleNode.Remote4)]
    [InlineData(Client6, Balancer6, SampleNode.Remote6)]
    public void What_the_way_does_not_carry_is_left_to_the_stack(string client, string balancer, string remote) => Run(device =>
    {
        var packet = Open(client, balancer, Packet.Tcp);
        var open = Meet(packet, device).Answer;

        Scratch.Shell("ip", "link", "set", Routes.Device, "mtu", "1300");
        var tooBig = Meet(packet with { Body = [.. new byte[1350]] }, device).Answer;
        var fits = Meet(packet with { Body = [.. new byte[1200]] }, device).Answer;
        Scratch.Shell("ip", "neigh", "del", remote, "dev", Routes.Device);
        var withoutNeighbour = Meet(packet, device).Answer;
        Neighbour(remote);
        var again = Meet(packet, device).Answer;
        var frame = packet.ToFrame();
        var forAnother = MeetAs(frame, device).Answer;
        Scratch.AddDevices("else", "elsewhere");
        Scratch.Shell("ip", "route", "add", remote, "dev", "else");
        var byAnotherDevice = Meet(packet, device).Answer;
        Scratch.Shell("ip", "route", "del", remote, "dev", "else");
        Scratch.Shell("ip", "route", "add", "unreachable", remote);
        var withoutRoute = Meet(packet, device).Answer;
        Scratch.Shell("ip", "route", "del", "unreachable", remote);
        Scratch.Shell("sysctl", "-qw", "net.ipv4.conf.all.forwarding=0", "net.ipv6.conf.all.forwarding=0");
        var withoutForwarding = Meet(packet, device).Answer;


        Assert.Equal((SendBack, SendBack, SendBack), (open, fits, again));
        Assert.All([tooBig, withoutNeighbour, forAnother, byAnotherDevice, withoutRoute, withoutForwarding], way => Assert.Equal(Pass, way));
    });

    [Theory]
    [InlineData(Client4, Balancer4, SampleNode.Remote4, 20u)]
    [InlineData(Client6, Balancer6, SampleNode.Remote6, 40u)]
    public void What_has_to_be_asked_again_is_left_to_the_stack_until_it_was(string client, string balancer, string remote, uint port) => Run(device =>
    {
        var question = Open(client, balancer, Packet.Tcp);
        var answer = _node.Arrive(question).Packet.Reply(Packet.Ack);
        (int, int) Ways() => (Meet(question, device).Answer, Meet(answer, device).Answer);

        var known = Ways();
        _node.SetEpoch(2);
        var otherEpoch = Ways();
        // The answer alone: of the client nobody knows yet whether it may be one.
        _ = _node.Arrive(answer);
        var answerAsked = Ways();
        _ = _node.Arrive(question);
        var bothAsked = Ways();

        _node.SetBackend(port, remote, 8443, BackendFlags.Draining, DatapathClock.Now + DatapathClock.Units(100));
        _node.SetEpoch(3);
        _ = (_node.Arrive(question), _node.Arrive(answer));
        var draining = Ways();
        _node.SetBackend(port, remote, 8443, BackendFlags.Ready);
        _node.SetEpoch(4);
        _ = (_node.Arrive(question), _node.Arrive(answer));
        var ready = Ways();

        _node.AgeConnections(TimeSpan.FromSeconds(40));
        var silent = Ways();
        _ = (_node.Arrive(question), _node.Arrive(answer));
        var heard = Ways();

        _ = _node.Arrive(question with { Flags = Packet.Fin | Packet.Ack });
        var halfClosed = Ways();
        _ = _node.Arrive(answer with { Flags = Packet.Fin | Packet.Ack });
        var closed = Ways();


        Assert.Equal((Pass, Pass), otherEpoch);
        Assert.Equal((Pass, SendBack), answerAsked);
        Assert.All([draining, closed], ways => Assert.Equal((Pass, Pass), ways));
        Assert.Equal((Pass, Pass), silent);
        Assert.All([known, bothAsked, ready, heard, halfClosed], ways => Assert.Equal((SendBack, SendBack), ways));
    });

    /// <summary>What the epoch before let in, the one in charge may not: the stack's program drops it, and the driver's does not send it on before.</summary>
    [Theory]
    [InlineData(Client4, Balancer4, SampleNode.Remote4)]
    [InlineData(Client6, Balancer6, SampleNode.Remote6)]
    public void A_source_that_became_one_of_this_node_is_not_sent_on(string client, string balancer, string remote) => Run(device =>
    {
        var question = Open(client, balancer, Packet.Tcp);
        var answer = _node.Arrive(question).Packet.Reply(Packet.Ack);
        foreach (var own in new[] { client, remote })
        {
            _node.AddHost(own);
        }

        _node.SetEpoch(2);

        var outcomes = new[] { question, answer }.Select(packet => (Meet(packet, device).Answer, _node.Arrive(packet).Reason, Meet(packet, device).Answer)).ToArray();
        foreach (var own in new[] { client, remote })
        {
            _node["addresses" + (own.Contains(':') ? "6" : "4")].Delete(IPAddress.Parse(own).GetAddressBytes());
        }


        Assert.All(outcomes, outcome => Assert.Equal((Pass, Reason.Source, Pass), outcome));
    });

    /// <summary>As between veth devices, whose sender leaves the sum to a device that there is not (CHECKSUM_PARTIAL).</summary>
    [Theory]
    [InlineData(Client4, Balancer4, Packet.Tcp)]
    [InlineData(Client6, Balancer6, Packet.Tcp)]
    [InlineData(Client4, Balancer4, Packet.Udp)]
    [InlineData(Client6, Balancer6, Packet.Udp)]
    public void A_checksum_that_is_the_devices_to_finish_is_left_to_the_stack(string client, string balancer, byte protocol) => Run(device =>
    {
        var packet = Open(client, balancer, protocol) with { Body = [1, 2, 3] };
        var frame = packet.ToFrame();
        var transport = packet.IsV6 ? 54 : 34;
        byte[] pseudo = [.. packet.Source.GetAddressBytes(), .. packet.Destination.GetAddressBytes(), 0, protocol, 0, (byte)(frame.Length - transport)];
        var sum = (ushort)~Checksum.Internet(pseudo);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(transport + (protocol == Packet.Tcp ? 16 : 6)), sum);

        var unfinished = Meet(frame, device);
        var finished = Meet(packet, device).Answer;


        Assert.Equal((Pass, SendBack), (unfinished.Answer, finished));
        Assert.Equal(frame.AsSpan(6), unfinished.Frame.AsSpan(6));
    });

    [Fact]
    public void The_stub_finds_the_program_of_the_generation_in_charge_and_leaves_all_where_there_is_none() => Run(device =>
    {
        var packet = Open(Client4, Balancer4, Packet.Tcp);
        using var program = _node.SharedProgram("xdp_uplink");
        var other = (TestNode.Generation + 1) & 1;

        var empty = Meet(packet, device, "xdp_uplink_stub").Answer;
        _node["xdp_programs"].Update(BitConverter.GetBytes(TestNode.Generation & 1), BitConverter.GetBytes(program.Handle.Number));
        var filled = Meet(packet, device, "xdp_uplink_stub").Answer;
        _node.SetGeneration(TestNode.Generation + 1);
        var otherHalf = Meet(packet, device, "xdp_uplink_stub").Answer;
        _node["xdp_programs"].Update(BitConverter.GetBytes(other), BitConverter.GetBytes(program.Handle.Number));
        var bothHalves = Meet(packet, device, "xdp_uplink_stub").Answer;
        _node.SetGeneration(TestNode.Generation);


        Assert.Equal((Pass, SendBack, Pass, SendBack), (empty, filled, otherHalf, bothHalves));
    });

    private static Packet To(string from, string to, byte protocol) => protocol switch
    {
        Packet.Tcp => Packet.TcpFrom(from, 43000, to, Far),
        Packet.Udp => Packet.UdpFrom(from, 43000, to, Far),
        _ => Packet.SctpFrom(from, 43000, to, Far),
    };

    private static (IPAddress, IPAddress, ushort, ushort, byte) Ends(Packet packet) =>
        (packet.Source, packet.Destination, packet.SourcePort, packet.DestinationPort, packet.Hops);

    private static byte[] Bytes(string mac) => Convert.FromHexString(mac.Replace(":", "", StringComparison.Ordinal));

    private static void Neighbour(string address) =>
        Scratch.Shell("ip", "neigh", "replace", address, "lladdr", Hop, "dev", Routes.Device, "nud", "permanent");

    private static void Run(Action<uint> test) => Routes.Run(device =>
    {
        Scratch.Shell("ip", "link", "set", Routes.Device, "address", Device);
        foreach (var address in new[] { Client4, Client6, SampleNode.Remote4, SampleNode.Remote6 })
        {
            Neighbour(address);
        }

        test(device);
    });

    /// <summary>A connection, and a packet in the middle of it.</summary>
    private Packet Open(string client, string balancer, byte protocol)
    {
        var first = To(client, balancer, protocol);
        Assert.Equal(Exit.Straight, _node.Arrive(first).Exit);
        return first with { Flags = protocol == Packet.Tcp ? Packet.Ack : first.Flags };
    }

    private IEnumerable<ConnectionEntry> Entries(string client) => _node.Connections(client.Contains(':') ? 6 : 4);

    private ulong Counted(uint way)
    {
        var values = _node["xdp_packets"].LookupPerProcessor(way);
        return MemoryMarshal.Cast<byte, ulong>(values.AsSpan()).ToArray().Aggregate(0ul, (sum, value) => sum + value);
    }

    private (int Answer, byte[] Frame) Meet(Packet packet, uint device, string program = "xdp_uplink") => Meet(packet.ToFrame(), device, program);

    /// <summary>A frame for the device comes to it.</summary>
    private (int Answer, byte[] Frame) Meet(byte[] frame, uint device, string program = "xdp_uplink")
    {
        byte[] addressed = [.. Bytes(Device), .. frame.AsSpan(6)];
        return MeetAs(addressed, device, program);
    }

    private (int Answer, byte[] Frame) MeetAs(byte[] frame, uint device, string program = "xdp_uplink")
    {
        // struct xdp_md: data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex.
        var context = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(context.AsSpan(4), (uint)frame.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(context.AsSpan(12), device);
        var output = new byte[frame.Length + 256];
        using var loaded = _node.SharedProgram(program);
        var (answer, length) = loaded.TestRun(frame, context, output);
        return (answer, output[..length]);
    }
}
