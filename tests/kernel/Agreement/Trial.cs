using System.Collections.Immutable;
using System.Net;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Agreement;

/// <summary>One first packet, and where it is seen.</summary>
/// <param name="At">The endpoint whose hook sees it: the sender, or with <paramref name="ByStack"/> the receiver; by an uplink, of none.</param>
/// <param name="IsFromNodeSocket">It comes from this node's own sockets, not through it.</param>
internal sealed record Trial(Endpoint At, bool ByStack, Packet Packet, Traffic Traffic, bool IsFromNodeSocket)
{
    /// <summary>It comes in by an uplink of this node.</summary>
    internal bool ByUplink { get; init; }

    private static readonly ImmutableArray<string> Others =
    [
        "10.244.9.9", "192.168.0.1", "192.168.0.2", "192.168.0.3", "192.0.2.7", "192.0.2.77", "198.51.100.1", "203.0.113.250", "203.0.113.251",
        "8.8.8.8", "169.254.169.254", "127.0.0.1", "10.96.0.10", "10.96.0.11", "10.96.0.99", "10.96.0.10", "10.96.0.11",
        "fd00:10::99", "fd00:1::1", "fd00:1::2", "fd00:1::3", "2001:db8::1", "2001:db8:2::7", "2001:db9::1", "fe80::1", "::1",
        "fd00:96::10", "fd00:96::11", "fd00:96::99", "fd00:96::10",
    ];

    private static readonly ImmutableArray<string> Outsiders =
    [
        "192.0.2.7", "192.0.2.77", "198.51.100.1", "203.0.113.250", "8.8.8.8", "10.244.9.9", "2001:db8::1", "2001:db8:2::7", "2001:db9::1", "fd00:10::99",
    ];

    private static readonly ImmutableArray<string> Multicast = ["224.0.0.251", "239.1.1.1", "255.255.255.255", "ff02::fb", "ff05::1"];

    internal Flow Flow => new(
        Address.From(Packet.Source), Address.From(Packet.Destination), Traffic, ByStack || ByUplink ? null : At, IsFromNodeSocket)
    {
        EntersOn = ByUplink ? RandomUniverse.ThisNode : null,
    };

    /// <param name="services">Many packets are for a port of one of these; without, for one as chance has it.</param>
    internal static Trial Next(Random random, Universe universe, params ImmutableArray<Service> services)
    {
        T Pick<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];
        if (services.Length > 0 && random.Next(4) == 0)
        {
            return ToService(random, universe, universe.Endpoints[random.Next(RandomUniverse.OnThisNode)], Pick(services));
        }

        if (random.Next(6) == 0)
        {
            return ByTheUplink(random, universe);
        }

        var at = universe.Endpoints[random.Next(RandomUniverse.OnThisNode)];
        var byStack = random.Next(3) == 0;
        var own = Pick(at.Addresses);
        Address[] pods = [.. universe.Endpoints.SelectMany(endpoint => endpoint.Addresses).Where(address => address.Family == own.Family)];
        string[] others = [.. Others.Concat(byStack ? [] : Multicast).Where(text => Address.Parse(text).Family == own.Family)];
        var other = random.Next(5) < 3 ? Pick(pods) : Address.Parse(Pick(others));
        var isSpoofed = !byStack && random.Next(40) == 0;
        var (source, destination) = byStack ? (other, own) : (isSpoofed ? Pick(pods) : own, other);
        var traffic = NextTraffic(random, own.Family);
        // 192.168.0.1 is this node; by its own sockets or, masqueraded, by a forwarded packet.
        var isNode = byStack && universe.NodeAt(source)?.Name == RandomUniverse.ThisNode;
        return new(at, byStack, Wire(random, source, destination, traffic), traffic, isNode && random.Next(2) == 0);
    }

    /// <summary>From the outside or another node to a container of this one, or past it.</summary>
    private static Trial ByTheUplink(Random random, Universe universe)
    {
        var to = universe.Endpoints[random.Next(RandomUniverse.OnThisNode)];
        var destination = to.Addresses[random.Next(to.Addresses.Length)];
        var source = Outsider(random, universe, destination.Family, mayBeEndpoint: true);
        var traffic = NextTraffic(random, destination.Family);
        return new(to, ByStack: false, Wire(random, source, destination, traffic), traffic, IsFromNodeSocket: false) { ByUplink = true };
    }

    /// <summary>Whose packets come by an uplink.</summary>
    private static Address Outsider(Random random, Universe universe, IpFamily family, bool mayBeEndpoint)
    {
        Address[] others = [.. Outsiders.Select(Address.Parse), .. universe.Nodes.Where(node => node.Name != RandomUniverse.ThisNode).SelectMany(node => node.Addresses)];
        Address[] remote = [.. universe.Endpoints.Skip(RandomUniverse.OnThisNode).SelectMany(endpoint => endpoint.Addresses)];
        Address[] all = [.. others.Concat(mayBeEndpoint ? remote : []).Where(address => address.Family == family)];
        return all[random.Next(all.Length)];
    }

    private static Trial ToService(Random random, Universe universe, Endpoint client, Service service)
    {
        var own = client.Addresses[random.Next(client.Addresses.Length)];
        var port = service.Ports[random.Next(service.Ports.Length)];
        var isOutside = random.Next(2) == 0;
        var source = isOutside ? Outsider(random, universe, own.Family, mayBeEndpoint: false) : own;
        Address[] addresses = [.. service.AllAddresses.Where(address => address.Family == own.Family)];
        var (destination, number) = (addresses[random.Next(addresses.Length)], port.Port);
        if (random.Next(2) == 0 && service.NodePorts.FirstOrDefault(nodePort => nodePort.Port == port) is { } nodePort)
        {
            Address[] nodes = [.. universe.Nodes.Where(node => !isOutside || node.Name == RandomUniverse.ThisNode)
                .SelectMany(node => node.Addresses).Where(address => address.Family == own.Family)];
            (destination, number) = (nodes[random.Next(nodes.Length)], nodePort.Number);
        }

        var traffic = Traffic.To(port.Protocol, number);
        return new(client, ByStack: false, Wire(random, source, destination, traffic), traffic, IsFromNodeSocket: false) { ByUplink = isOutside };
    }

    private static Traffic NextTraffic(Random random, IpFamily family)
    {
        var port = random.Next(3) == 0 ? (ushort)random.Next(1, 65536) : RandomModel.Ports[random.Next(RandomModel.Ports.Length)];
        // No neighbour discovery: it is judged by other rules, in tests of their own.
        byte[] types = family == IpFamily.V4 ? [8, 0, 13, 17, 3, 3, 11, 12] : [128, 129, 139, 140, 1, 1, 2, 4];
        byte[] protocols = [47, 50, 2, family == IpFamily.V4 ? (byte)58 : (byte)1];
        return random.Next(10) switch
        {
            < 4 => Traffic.Tcp(port),
            < 6 => Traffic.Udp(port),
            6 => Traffic.Sctp(port),
            < 9 => Traffic.Icmp(family, types[random.Next(types.Length)], (byte)random.Next(2)),
            _ => Traffic.Other(protocols[random.Next(protocols.Length)]),
        };
    }

    private static bool IsError(Traffic traffic, IpFamily family) => family == IpFamily.V4
        ? traffic is { Protocol: Packet.Icmp, IcmpType: 3 or 11 or 12 }
        : traffic is { Protocol: Packet.IcmpV6, IcmpType: >= 1 and <= 4 };

    /// <summary>What an error is about: a packet that nobody has sent, whole, cut off anywhere, or noise.</summary>
    private static ImmutableArray<byte> Quote(Random random, IPAddress from, IPAddress to)
    {
        var quote = Packet.UdpFrom($"{(random.Next(4) == 0 ? from : to)}", (ushort)random.Next(65536), $"{from}", (ushort)random.Next(65536)).ToIp();
        if (random.Next(4) == 0)
        {
            random.NextBytes(quote);
        }

        return [.. quote.AsSpan(0, random.Next(2) == 0 ? quote.Length : random.Next(quote.Length))];
    }

    private static Packet Wire(Random random, Address source, Address destination, Traffic traffic)
    {
        var (from, to) = (new IPAddress(source.ToBytes()), new IPAddress(destination.ToBytes()));
        var sourcePort = (ushort)random.Next(1024, 65536);
        var packet = traffic.Protocol switch
        {
            Packet.Tcp => Packet.TcpFrom($"{from}", sourcePort, $"{to}", traffic.Port, random.Next(4) == 0 ? Packet.Ack : Packet.Syn),
            Packet.Udp => Packet.UdpFrom($"{from}", sourcePort, $"{to}", traffic.Port),
            Packet.Sctp => Packet.SctpFrom($"{from}", sourcePort, $"{to}", traffic.Port),
            _ => new Packet(from, to, traffic.Protocol, IsError(traffic, source.Family) ? Quote(random, from, to) : [.. new byte[16]])
            {
                IcmpType = traffic.IcmpType,
                IcmpCode = traffic.IcmpCode,
                IcmpRest = (uint)random.Next(),
            },
        };
        return random.Next(10) switch
        {
            0 => packet with { Options = [1, 1, 1, 0], Extensions = [(60, [0, 0, 1, 4, 0, 0, 0, 0])] },
            1 when traffic.Protocol == Packet.Udp => packet with { Fragment = (0, true, (uint)random.Next(65536)), Body = [.. new byte[16]] },
            _ => packet,
        };
    }
}
