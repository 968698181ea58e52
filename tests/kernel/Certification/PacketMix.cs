using Netpol.Testing.Packets;
using Netpol.Tests.Kernel.Datapath;

namespace Netpol.Tests.Kernel.Certification;

/// <summary>Packets of all kinds that the datapath tells apart, whole and broken, in an order that makes and ends connections.</summary>
internal sealed class PacketMix(Random random)
{
    private static readonly string[] Pods4 = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"], Pods6 = ["fd00::1", "fd00::2", "fd00::3", "fd00::4"];
    private static readonly string[] Others4 = [SampleNode.Service4, SampleNode.Remote4, SampleNode.Host4, "192.0.2.9"];
    private static readonly string[] Others6 = [SampleNode.Service6, SampleNode.Remote6, SampleNode.Host6, "2001:db8:2::9"];
    private static readonly ushort[] Ports = [80, 81, 443, 53, 7, 8080, 5353, 8443];

    /// <summary>BPF_PROG_TEST_RUN of newer kernels takes no IP packet that ends within its header.</summary>
    private const int Shortest = 14 + 40;

    private Packet _last = Packet.TcpFrom("10.0.0.1", 40000, "10.0.0.2", 8080);

    /// <param name="pod">From or to which it goes.</param>
    internal byte[] Next(int pod, bool isSent)
    {
        var isV6 = random.Next(2) == 0;
        var own = (isV6 ? Pods6 : Pods4)[pod];
        string[] peers = isV6 ? [.. Pods6, .. Others6] : [.. Pods4, .. Others4];
        var peer = peers[random.Next(peers.Length)];
        var (from, to) = isSent ? (own, peer) : (peer, own);
        var packet = random.Next(10) switch
        {
            < 4 => Transport(from, to),
            4 => _last.Reply(),
            5 => Packet.Echo(from, to, (ushort)random.Next(4), random.Next(2) == 0),
            6 or 7 when _last.IsV6 == isV6 => Packet.Unreachable(from, random.Next(2) == 0 ? _last : _last.Reply(), random.Next(0, 80)),
            8 => Transport(from, to) with { Fragment = (random.Next(3) * 8, random.Next(2) == 0, 7) },
            9 when isV6 => Transport(from, to) with { Extensions = [.. Enumerable.Repeat(((byte)60, (System.Collections.Immutable.ImmutableArray<byte>)[0, 0, 1, 4, 0, 0, 0, 0]), random.Next(6))] },
            9 => Transport(from, to) with { Options = [.. new byte[4 * random.Next(10)]] },
            _ => Packet.Raw(from, to, (byte)random.Next(256), 1, 2, 3, 4, 5, 6, 7, 8),
        };
        _last = packet.Protocol is Packet.Tcp or Packet.Udp or Packet.Sctp && packet.Fragment is null ? packet : _last;
        var frame = packet.ToFrame();
        if (random.Next(8) == 0)
        {
            frame[random.Next(12, frame.Length)] = (byte)random.Next(256);
        }

        return random.Next(16) == 0 ? frame[..random.Next(Math.Min(Shortest, frame.Length), frame.Length + 1)] : frame;
    }

    private Packet Transport(string from, string to)
    {
        var (source, port) = ((ushort)(40000 + random.Next(3)), Ports[random.Next(Ports.Length)]);
        return random.Next(4) switch
        {
            0 => Packet.UdpFrom(from, source, to, port),
            1 => Packet.SctpFrom(from, source, to, port, (byte)random.Next(8)),
            2 => Packet.TcpFrom(from, source, to, port, (byte)random.Next(32)),
            _ => Packet.TcpFrom(from, source, to, port),
        };
    }
}
