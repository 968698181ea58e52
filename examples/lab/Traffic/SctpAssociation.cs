using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Netpol.Lab.Native;

namespace Netpol.Lab.Traffic;

/// <summary>
/// The first two packets of an SCTP association (RFC 9260), made by hand on raw sockets, because kernels without the SCTP module have
/// no such sockets: INIT, answered by INIT ACK.
/// </summary>
public sealed class SctpAssociation : IDisposable
{
    private const int Sctp = 132;
    private const byte Init = 1;
    private const byte InitAck = 2;

    /// <summary>Common header, and a chunk of the fixed INIT fields without parameters.</summary>
    private const int HeaderLength = 12;
    private const int PacketLength = HeaderLength + 20;

    private readonly Socket[] _sockets;

    private SctpAssociation(Socket[] sockets) => _sockets = sockets;

    /// <summary>Answers every INIT to a port of the container, in both families, until disposed.</summary>
    public static SctpAssociation Serve(LabContainer container, int port)
    {
        var server = new SctpAssociation(
        [
            Bind(container, container.Address4),
            Bind(container, container.Address6),
        ]);
        foreach (var socket in server._sockets)
        {
            _ = AnswerAsync(socket, (ushort)port);
        }

        return server;
    }

    public void Dispose() => Array.ForEach(_sockets, socket => socket.Dispose());

    internal static ProbeResult Open(LabContainer from, IPAddress to, int port, TimeSpan timeout)
    {
        var local = (ushort)Random.Shared.Next(32768, 60999);
        using var socket = Bind(from, from.AddressFor(to.AddressFamily));
        var clock = Stopwatch.StartNew();
        var buffer = new byte[2048];
        try
        {
            socket.SendTo(Packet(local, (ushort)port, verificationTag: 0, Init), new IPEndPoint(to, 0));
            while (timeout - clock.Elapsed is { TotalMilliseconds: >= 1 } left)
            {
                EndPoint sender = new IPEndPoint(to.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
                socket.ReceiveTimeout = (int)left.TotalMilliseconds;
                var packet = Payload(buffer, socket.ReceiveFrom(buffer, ref sender), to.AddressFamily);
                if (IsChunk(packet, InitAck, destinationPort: local)
                    && BinaryPrimitives.ReadUInt16BigEndian(packet) == port
                    && ((IPEndPoint)sender).Address.Equals(to))
                {
                    return new(Outcome.Answered);
                }
            }
        }
        catch (SocketException error)
        {
            return Probe.Failed(error);
        }

        return ProbeResult.Silent;
    }

    private static Socket Bind(LabContainer container, IPAddress address) => container.Network.Run(() =>
    {
        // Socket's constructor refuses protocols that it has no name for.
        var family = address.AddressFamily == AddressFamily.InterNetworkV6 ? Libc.AF_INET6 : Libc.AF_INET;
        var descriptor = Libc.socket(family, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Sctp);
        NetworkNamespace.Require(descriptor, "open a raw SCTP socket");
        var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    });

    private static async Task AnswerAsync(Socket socket, ushort port)
    {
        var buffer = new byte[2048];
        var any = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        try
        {
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, any).ConfigureAwait(false);
                if (Answer(Payload(buffer, received.ReceivedBytes, socket.AddressFamily), port) is { } answer)
                {
                    await socket.SendToAsync(answer, new IPEndPoint(((IPEndPoint)received.RemoteEndPoint).Address, 0)).ConfigureAwait(false);
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private static byte[]? Answer(ReadOnlySpan<byte> packet, ushort port) => IsChunk(packet, Init, destinationPort: port)
        ? Packet(
            port,
            BinaryPrimitives.ReadUInt16BigEndian(packet),
            verificationTag: BinaryPrimitives.ReadUInt32BigEndian(packet[(HeaderLength + 4)..]),
            InitAck)
        : null;

    // An IPv4 raw socket gets the IP header too, an IPv6 one does not.
    private static ReadOnlySpan<byte> Payload(byte[] buffer, int count, AddressFamily family)
    {
        var header = family == AddressFamily.InterNetworkV6 ? 0 : (buffer[0] & 15) * 4;
        return buffer.AsSpan(header, count - header);
    }

    // The checksum is judged too: a packet rewritten badly must not look delivered.
    private static bool IsChunk(ReadOnlySpan<byte> packet, byte type, ushort destinationPort) =>
        packet.Length >= PacketLength
        && packet[HeaderLength] == type
        && BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) == destinationPort
        && BinaryPrimitives.ReadUInt32LittleEndian(packet[8..]) == Checksum(packet);

    private static byte[] Packet(ushort source, ushort destination, uint verificationTag, byte chunk)
    {
        var packet = new byte[PacketLength];
        BinaryPrimitives.WriteUInt16BigEndian(packet, source);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), destination);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), verificationTag);

        var body = packet.AsSpan(HeaderLength);
        body[0] = chunk;
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)body.Length);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], (uint)Random.Shared.Next(1, int.MaxValue));    // initiate tag
        BinaryPrimitives.WriteUInt32BigEndian(body[8..], 65536);                                       // receiver window, bytes
        BinaryPrimitives.WriteUInt16BigEndian(body[12..], 1);                                          // outbound streams
        BinaryPrimitives.WriteUInt16BigEndian(body[14..], 1);                                          // inbound streams
        BinaryPrimitives.WriteUInt32BigEndian(body[16..], 1);                                          // initial TSN

        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(8), Checksum(packet));
        return packet;
    }

    // CRC32c over the packet with a checksum of zero; the result is stored least significant byte first (RFC 9260, appendix A).
    private static uint Checksum(ReadOnlySpan<byte> packet)
    {
        var crc = uint.MaxValue;
        for (var i = 0; i < packet.Length; i++)
        {
            crc = BitOperations.Crc32C(crc, i is >= 8 and < HeaderLength ? (byte)0 : packet[i]);
        }

        return ~crc;
    }
}
