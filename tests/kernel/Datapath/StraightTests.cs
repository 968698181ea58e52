using System.Globalization;
using System.Net;
using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.Network;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>Packets that leave for other nodes past the host's stack, on the routes of a network namespace of the test's own, and those that do not.</summary>
public sealed class StraightTests
{
    private const string Near4 = "10.9.1.1", Near6 = "fd09::1:1", Cluster4 = "10.9.0.0/16", Cluster6 = "fd09::/64";
    private const int Mtu = 1400;

    public static TheoryData<string, string, byte> Remote => new()
    {
        { "10.0.0.4", Near4, Packet.Tcp }, { "fd00::4", Near6, Packet.Tcp }, { "10.0.0.4", Near4, Packet.Udp }, { "fd00::4", Near6, Packet.Udp },
        { "10.0.0.4", Near4, Packet.Sctp }, { "fd00::4", Near6, Packet.Sctp }, { "10.0.0.4", Near4, Packet.Icmp }, { "fd00::4", Near6, Packet.Icmp },
    };

    [Theory]
    [MemberData(nameof(Remote))]
    public void What_may_leaves_by_the_device_of_its_route_one_hop_older(string from, string to, byte protocol) => Run(world =>
    {
        var opening = Opening(from, to, protocol);

        var first = world.Send(opening);
        var answer = world.Receive(opening.Reply(protocol == Packet.Sctp ? (byte)2 : (byte)(Packet.Syn | Packet.Ack)));
        var second = world.Send(Later(opening));
        var third = world.Send(Later(opening));


        Assert.Equal((Exit.Straight, Reason.NotIsolated), first.Way);
        Assert.Equal((Exit.Stack, Reason.Established), answer.Way);
        foreach (var (sent, outcome) in new[] { (opening, first), (Later(opening), second), (Later(opening), third) })
        {
            Assert.Equal((Exit.Straight, TestNode.AnswerRedirect, world.Uplink), (outcome.Exit, outcome.Answer, outcome.Record.Ifindex));
            Assert.Equal(sent with { Hops = (byte)(sent.Hops - 1) }, outcome.Packet);
        }
    });

    [Theory]
    [MemberData(nameof(Remote))]
    public void Answers_leave_straight_too(string from, string to, byte protocol) => Run(world =>
    {
        var opening = Opening(to, from, protocol);
        _ = world.Receive(opening);
        var answer = opening.Reply(protocol == Packet.Sctp ? (byte)2 : (byte)(Packet.Syn | Packet.Ack));

        var seen = new[] { world.Send(answer), world.Send(answer with { Flags = protocol == Packet.Tcp ? Packet.Ack : (byte)0 }) };


        Assert.All(seen, outcome => Assert.Equal((Exit.Straight, Reason.Established, world.Uplink), (outcome.Exit, outcome.Reason, outcome.Record.Ifindex)));
    });

    [Theory]
    [InlineData(SampleNode.Service4, "10.0.0.1", "10.9.1.7")]
    [InlineData(SampleNode.Service6, "fd00::1", "fd09::1:7")]
    public void By_a_service_the_packet_goes_straight_to_its_backend_and_the_answer_by_the_stack(string service, string from, string backend) => Run(world =>
    {
        world.Node.AddService(1, 20, service, 8443, Packet.Tcp, (backend, 8443));
        var opening = Packet.TcpFrom(from, 43000, service, 8443);

        var first = world.SendFrom(world.Sample.WebPod, opening);
        var answer = Packet.TcpFrom(backend, 8443, from, 43000, Packet.Syn | Packet.Ack);
        var answers = new[] { world.ReceiveAt(world.Sample.WebPod, answer), world.ReceiveAt(world.Sample.WebPod, answer with { Flags = Packet.Ack }) };
        var second = world.SendFrom(world.Sample.WebPod, opening with { Flags = Packet.Ack });


        Assert.All(new[] { first, second }, outcome =>
        {
            Assert.Equal((Exit.Straight, world.Uplink, 1U), (outcome.Exit, outcome.Record.Ifindex, outcome.Record.Service));
            Assert.Equal((IPAddress.Parse(backend), (byte)63), (outcome.Packet.Destination, outcome.Packet.Hops));
        });
        Assert.All(answers, outcome => Assert.Equal((Exit.Stack, Reason.Established, (byte)64), (outcome.Exit, outcome.Reason, outcome.Packet.Hops)));
    });

    public static TheoryData<string, string, string> Doubts
    {
        get
        {
            TheoryData<string, string, string> doubts = [];
            foreach (var (to, why) in new[]
            {
                ("10.8.1.1|fd08::1:1", "a destination that is not declared"), ("10.9.9.1|fd09::9:1", "an exception"), ("10.9.2.1|fd09::2:1", "a blackhole"),
                ("10.9.3.1|fd09::3:1", "no route for it"), ("10.9.4.1|fd09::4:1", "a neighbour that nobody has asked for"),
                ("10.9.5.1|fd09::5:1", "an address of this node"), ("10.9.6.1|fd09::6:1", "a route back to its own device"),
            })
            {
                doubts.Add("10.0.0.4", to.Split('|')[0], why);
                doubts.Add("fd00::4", to.Split('|')[1], why);
            }

            return doubts;
        }
    }

    [Theory]
    [MemberData(nameof(Doubts))]
    public void What_the_routes_or_the_user_leave_to_the_stack_goes_there_as_it_came(string from, string to, string why) => Run(world =>
    {
        var packet = Packet.UdpFrom(from, 43000, to, 9);

        var outcome = world.Send(packet);


        Assert.True((Exit.Stack, TestNode.AnswerNext) == (outcome.Exit, outcome.Answer), why);
        Assert.Equal(packet, outcome.Packet);
    });

    [Theory]
    [InlineData("10.0.0.4", Near4)]
    [InlineData("fd00::4", Near6)]
    public void A_packet_that_a_router_has_more_to_do_with_goes_to_the_stack(string from, string to) => Run(world =>
    {
        var packet = Packet.UdpFrom(from, 43000, to, 9);
        var headers = packet.IsV6 ? 48 : 28;
        var largest = Packet.UdpFrom(from, 43000, to, 9, new string('x', Mtu - headers));
        var tooLarge = Packet.UdpFrom(from, 43000, to, 9, new string('x', Mtu - headers + 1));
        var withOptions = packet.IsV6
            ? packet with { Extensions = [(0, [0, 0, 1, 4, 0, 0, 0, 0])] }
            : packet with { Options = [1, 1, 1, 1] };


        Assert.Equal(Exit.Straight, world.Send(packet).Exit);
        Assert.Equal(Exit.Straight, world.Send(largest).Exit);
        Assert.Equal((Exit.Stack, tooLarge), Seen(world.Send(tooLarge)));
        Assert.Equal((Exit.Stack, packet with { Hops = 1 }), Seen(world.Send(packet with { Hops = 1 })));
        Assert.Equal(Exit.Straight, world.Send(packet with { Hops = 2 }).Exit);
        Assert.Equal(Exit.Stack, world.Send(withOptions).Exit);
        Assert.Equal(Exit.Stack, world.Send(packet, mark: 7).Exit);
        Assert.Equal(Exit.Stack, world.Send(packet, device: world.Other).Exit);
    });

    [Theory]
    [InlineData("10.0.0.4", Near4, 20)]
    [InlineData("fd00::4", Near6, 40)]
    public void Segments_are_measured_and_not_what_they_are_cut_from(string from, string to, int header) => Run(world =>
    {
        var tcp = Packet.TcpFrom(from, 43000, to, 80, Packet.Ack) with { Body = [.. new byte[3000]] };
        var udp = Packet.UdpFrom(from, 43000, to, 80, new string('x', 3000));


        Assert.Equal(Exit.Straight, world.Send(tcp, segment: Mtu - header - 20).Exit);
        Assert.Equal(Exit.Stack, world.Send(tcp, segment: Mtu - header - 19).Exit);
        Assert.Equal(Exit.Stack, world.Send(tcp).Exit);
        Assert.Equal(Exit.Stack, world.Send(udp, segment: 1000).Exit);
    });

    [Theory]
    [InlineData("10.0.0.4", Near4)]
    [InlineData("fd00::4", Near6)]
    public void Another_route_is_followed_before_the_second_is_over(string from, string to) => Run(world =>
    {
        var packet = Packet.UdpFrom(from, 43000, to, 9);
        var before = world.Send(packet).Record.Ifindex;
        Scratch.Shell("ip", "route", "replace", packet.IsV6 ? "fd09::1:0/112" : "10.9.1.0/24", "via", packet.IsV6 ? "fd0b::2" : "192.168.1.2");


        var after = before;
        for (var waited = 0; after == before && waited < 1500; waited += 50, Thread.Sleep(50))
        {
            after = world.Send(packet).Record.Ifindex;
        }


        Assert.Equal((world.Uplink, world.SecondUplink), (before, after));
    });

    /// <summary>The route was asked for before, in the same unit of time.</summary>
    [Theory]
    [InlineData("10.0.0.4", Near4)]
    [InlineData("fd00::4", Near6)]
    public void A_packet_of_a_known_connection_asks_for_no_route(string from, string to) => Run(world =>
    {
        var opening = Packet.TcpFrom(from, 43000, to, 80);
        var later = opening with { Flags = Packet.Ack };
        _ = world.Send(opening);
        _ = world.Receive(opening.Reply());
        using CountedPrograms counted = new(world.Node, isStraight: true);

        var calls = counted.Of(world.Sample.PlainPod, world.Context(), [later, later]);


        Assert.Equal(
            ["look up flow_record", "look up flow_record", "look up goals", "look up routes", "look up state", "look up touched", "look up work", "look up work"],
            calls.Where(call => call.StartsWith("look up", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(["redirect", "tail call by programs"],
            calls.Where(call => !call.StartsWith("look up", StringComparison.Ordinal) && call is not ("jiffies64" or "ktime_get_coarse_ns"))
                .Order(StringComparer.Ordinal));
    });

    [Fact]
    public void Without_the_programs_all_goes_by_the_stack() => Run(world =>
    {
        foreach (var program in GenerationBuilder.SharedPrograms.Except(GenerationBuilder.ViaStack))
        {
            Assert.True(world.Node["programs"].Delete(BitConverter.GetBytes(GenerationBuilder.SharedPrograms.IndexOf(program))));
        }

        var packet = Packet.UdpFrom("10.0.0.4", 43000, Near4, 9);


        Assert.Equal((Exit.Stack, packet), Seen(world.Send(packet)));
        Assert.Equal((Exit.Stack, packet), Seen(world.Send(packet)));
    });

    /// <summary>They are exceptions when a bundle is loaded: of what goes or is sent on, not of what comes.</summary>
    [Fact]
    public void Destinations_of_IPsec_policies_are_known() => Scratch.Run(_ =>
    {
        var before = IpsecPolicies.Destinations();
        foreach (var policy in new[] { "dst 10.9.7.1/24 dir fwd", "dst fd09:7::/64 dir out", "dst 10.9.8.0/24 dir in" })
        {
            Scratch.Shell("sh", "-c", $"ip xfrm policy add {policy} tmpl proto esp mode transport");
        }


        Assert.Empty(before);
        Assert.Equal(["10.9.7.0/24", "fd09:7::/64"], IpsecPolicies.Destinations().AsEnumerable());
    });

    private static (Exit Exit, Packet Packet) Seen(Outcome outcome) => (outcome.Exit, outcome.Packet);

    private static Packet Opening(string from, string to, byte protocol) => protocol switch
    {
        Packet.Tcp => Packet.TcpFrom(from, 43000, to, 80),
        Packet.Udp => Packet.UdpFrom(from, 43000, to, 80),
        Packet.Sctp => Packet.SctpFrom(from, 43000, to, 80),
        _ => Packet.Echo(from, to, 77),
    };

    private static Packet Later(Packet opening) => opening.Protocol switch
    {
        Packet.Tcp => opening with { Flags = Packet.Ack },
        Packet.Sctp => Packet.SctpFrom($"{opening.Source}", opening.SourcePort, $"{opening.Destination}", opening.DestinationPort, 0),
        _ => opening,
    };

    private static void Run(Action<World> deed) => Scratch.Run(_ =>
    {
        using World world = new();
        deed(world);
    });

    private sealed class World : IDisposable
    {
        internal World()
        {
            Scratch.Shell("sh", "-ec", """
                echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad
                echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad
                echo 1 > /proc/sys/net/ipv4/ip_forward
                echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
                for device in pod uplink uplink2; do ip link add $device type veth peer name $device-far; ip link set $device-far up; done
                ip link set pod address 02:00:00:00:00:fe up
                ip link set uplink mtu 1400 up
                ip link set uplink2 up
                ip address add 192.168.0.1/24 dev uplink
                ip address add fd0a::1/64 dev uplink
                ip address add 192.168.1.1/24 dev uplink2
                ip address add fd0b::1/64 dev uplink2
                for hop in 192.168.0.2 fd0a::2; do ip neighbour add $hop lladdr 02:00:00:00:01:02 dev uplink; done
                for hop in 192.168.1.2 fd0b::2; do ip neighbour add $hop lladdr 02:00:00:00:02:02 dev uplink2; done
                ip route add 10.9.0.0/16 via 192.168.0.2
                ip route add 10.8.0.0/16 via 192.168.0.2
                ip route add 10.9.1.0/24 via 192.168.0.2
                ip route add blackhole 10.9.2.0/24
                ip route add unreachable 10.9.3.0/24
                ip route add 10.9.4.0/24 via 192.168.0.4
                ip address add 10.9.5.1/32 dev uplink
                ip route add 10.9.6.0/24 dev pod
                ip neighbour add 10.9.6.1 lladdr 02:00:00:00:00:01 dev pod
                ip route add fd09::/64 via fd0a::2
                ip route add fd08::/64 via fd0a::2
                ip route add fd09::1:0/112 via fd0a::2
                ip route add blackhole fd09::2:0/112
                ip route add unreachable fd09::3:0/112
                ip route add fd09::4:0/112 via fd0a::4
                ip address add fd09::5:1/128 dev uplink
                ip route add fd09::6:0/112 dev pod
                ip neighbour add fd09::6:1 lladdr 02:00:00:00:00:01 dev pod
                """);
            Sample = new SampleNode();
            Node.GoStraight();
            (Pod, Uplink, SecondUplink, Other) = (Index("pod"), Index("uplink"), Index("uplink2"), Index("uplink2-far"));
            foreach (var (prefix, isAllowed) in new[] { (Cluster4, true), (Cluster6, true), ("10.9.9.0/24", false), ("fd09::9:0/112", false) })
            {
                var network = IPNetwork.Parse(prefix);
                StraightEntry entry = new() { IsAllowed = isAllowed ? 1U : 0 };
                var bytes = network.BaseAddress.GetAddressBytes();
                Node[bytes.Length == 4 ? "straight4" : "straight6"].Update([.. BitConverter.GetBytes(network.PrefixLength), .. bytes], BpfMap.Bytes(ref entry));
            }
        }

        internal SampleNode Sample { get; }

        internal TestNode Node => Sample.Node;

        internal uint Pod { get; }

        internal uint Uplink { get; }

        internal uint SecondUplink { get; }

        /// <summary>A device with another MAC address than the packets are for.</summary>
        internal uint Other { get; }

        internal Outcome Send(Packet packet, uint? device = null, uint mark = 0, int segment = 0) =>
            Node.Run(Sample.PlainPod.From, packet.ToFrame(), fields: Context(device ?? Pod, mark, segment, packet));

        internal Outcome SendFrom(Container container, Packet packet) => Node.Run(container.From, packet.ToFrame(), fields: Context(Pod, 0, 0, packet));

        internal Outcome Receive(Packet packet) => ReceiveAt(Sample.PlainPod, packet);

        internal Outcome ReceiveAt(Container container, Packet packet) =>
            Node.Run(container.To, packet.ToFrame(), ingressIfindex: 1, fields: Context(Pod, 0, 0, packet));

        internal (int Offset, uint Value)[] Context() => [(40, Pod)];

        public void Dispose() => Sample.Dispose();

        private static uint Index(string device) =>
            uint.Parse(Scratch.Shell("sh", "-c", $"ip -o link show {device} | cut -d: -f1"), CultureInfo.InvariantCulture);

        /// <summary>In struct __sk_buff.</summary>
        private static (int Offset, uint Value)[] Context(uint device, uint mark, int segment, Packet packet) =>
        [
            (8, mark), (40, device), (164, segment == 0 ? 0 : (uint)((packet.Body.Length + segment - 1) / segment)), (176, (uint)segment),
        ];
    }
}
