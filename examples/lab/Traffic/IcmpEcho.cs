using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Netpol.Lab.Traffic;

/// <summary>An ICMP or ICMPv6 echo request by a raw socket; the kernel of the other container answers.</summary>
internal static class IcmpEcho
{
    private const byte EchoRequest4 = 8;
    private const byte EchoReply4 = 0;
    private const byte Unreachable4 = 3;
    private const byte EchoRequest6 = 128;
    private const byte EchoReply6 = 129;
    private const byte Unreachable6 = 1;

    public static ProbeResult Send(NetworkNamespace from, IPAddress to, TimeSpan timeout)
    {
        var isIpv6 = to.AddressFamily == AddressFamily.InterNetworkV6;
        var identifier = (ushort)Random.Shared.Next(1, ushort.MaxValue);
        using var socket = from.Run(() =>
            new Socket(to.AddressFamily, SocketType.Raw, isIpv6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp));
        try
        {
            socket.SendTo(Request(isIpv6, identifier), new IPEndPoint(to, 0));
        }
        catch (SocketException error)
        {
            return Probe.Failed(error);
        }

        return Await(socket, to, isIpv6, identifier, timeout);
    }

    private static byte[] Request(bool isIpv6, ushort identifier)
    {
        var message = new byte[8 + 32];
        message[0] = isIpv6 ? EchoRequest6 : EchoRequest4;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), identifier);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), 1);

        // In ICMPv6 the kernel fills in the checksum, which covers addresses (RFC 3542, section 3.1).
        if (!isIpv6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum(message));
        }

        return message;
    }

    // A raw socket sees every ICMP message to the container: only this probe's counts.
    private static ProbeResult Await(Socket socket, IPAddress to, bool isIpv6, ushort identifier, TimeSpan timeout)
    {
        var clock = Stopwatch.StartNew();
        var buffer = new byte[2048];
        while (timeout - clock.Elapsed is { TotalMilliseconds: >= 1 } left)
        {
            EndPoint sender = new IPEndPoint(isIpv6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
            int count;
            try
            {
                socket.ReceiveTimeout = (int)left.TotalMilliseconds;
                count = socket.ReceiveFrom(buffer, ref sender);
            }
            catch (SocketException error)
            {
                return Probe.Failed(error);
            }

            // An IPv4 raw socket gets the IP header too, an IPv6 one does not.
            var message = buffer.AsSpan(isIpv6 ? 0 : (buffer[0] & 15) * 4, count - (isIpv6 ? 0 : (buffer[0] & 15) * 4));
            if (message.Length < 8)
            {
                continue;
            }

            if (message[0] == (isIpv6 ? EchoReply6 : EchoReply4)
                && BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == identifier
                && ((IPEndPoint)sender).Address.Equals(to))
            {
                return new(Outcome.Answered);
            }

            if (message[0] == (isIpv6 ? Unreachable6 : Unreachable4) && QuotesIdentifier(message[8..], isIpv6, identifier))
            {
                return ProbeResult.Refused;
            }
        }

        return ProbeResult.Silent;
    }

    private static bool QuotesIdentifier(ReadOnlySpan<byte> packet, bool isIpv6, ushort identifier)
    {
        var header = isIpv6 ? 40 : packet.Length > 0 ? (packet[0] & 15) * 4 : 0;
        return packet.Length >= header + 6 && BinaryPrimitives.ReadUInt16BigEndian(packet[(header + 4)..]) == identifier;
    }

    // RFC 1071.
    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }

        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~(sum + (sum >> 16));
    }
}
