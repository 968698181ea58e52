using System.Buffers.Binary;
using System.Net;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>Frames back to packets. Fails on any checksum that is not the one computed from scratch.</summary>
internal static class PacketReader
{
    internal static Packet Read(byte[] frame)
    {
        var type = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12));
        return ReadIp(frame[14..], type == 0x86dd, isQuoted: false);
    }

    /// <summary>The packet that an ICMP error quotes; its transport checksum is verified where the quote is whole.</summary>
    internal static Packet ReadQuote(Packet error) => ReadIp([.. error.Body], error.IsV6, isQuoted: true);

    private static Packet ReadIp(byte[] ip, bool isV6, bool isQuoted)
    {
        var headerLength = isV6 ? 40 : (ip[0] & 15) * 4;
        var total = isV6 ? 40 + BinaryPrimitives.ReadUInt16BigEndian(ip.AsSpan(4)) : BinaryPrimitives.ReadUInt16BigEndian(ip.AsSpan(2));
        if (!isV6)
        {
            Assert.Equal(0, Checksum.Internet(ip[..headerLength]));
        }

        var isWhole = total <= ip.Length;
        Assert.True(isWhole || isQuoted, $"the packet says {total} bytes and has {ip.Length}");
        IPAddress source = new(isV6 ? ip[8..24] : ip[12..16]), destination = new(isV6 ? ip[24..40] : ip[16..20]);
        Packet packet = new(source, destination, isV6 ? ip[6] : ip[9], []) { Hops = isV6 ? ip[7] : ip[8] };
        var place = isV6 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(ip.AsSpan(6)) & 0x3fff;
        if (place != 0)
        {
            packet = packet with { Fragment = (place & 0x1fff, place >> 13 != 0, BinaryPrimitives.ReadUInt16BigEndian(ip.AsSpan(4))) };
        }

        while (isV6 && packet.Protocol is 0 or 43 or 44 or 51 or 60)
        {
            (packet, headerLength) = Extension(packet, ip, headerLength);
        }

        return Transport(packet, ip[headerLength..Math.Min(total, ip.Length)], isWhole);
    }

    /// <summary>Passes over the extension header at <paramref name="at"/>; the packet's protocol is its number, then the next one's.</summary>
    private static (Packet Packet, int Next) Extension(Packet packet, byte[] ip, int at)
    {
        var (number, next) = (packet.Protocol, packet with { Protocol = ip[at] });
        if (number != 44)
        {
            return (next, at + (number == 51 ? (ip[at + 1] + 2) * 4 : (ip[at + 1] + 1) * 8));
        }

        var place = BinaryPrimitives.ReadUInt16BigEndian(ip.AsSpan(at + 2));
        return (next with { Fragment = (place >> 3, (place & 1) != 0, BinaryPrimitives.ReadUInt32BigEndian(ip.AsSpan(at + 4))) }, at + 8);
    }

    private static Packet Transport(Packet packet, byte[] segment, bool isWhole)
    {
        if (packet.Fragment is { Offset: > 0 })
        {
            return packet with { Body = [.. segment] };
        }

        if (isWhole && packet.Fragment is null)
        {
            Verify(packet, segment);
        }

        ushort Word(int at) => BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(at));
        uint Long(int at) => BinaryPrimitives.ReadUInt32BigEndian(segment.AsSpan(at));
        return packet.Protocol switch
        {
            Packet.Tcp when segment.Length >= 20 => packet with
            {
                SourcePort = Word(0),
                DestinationPort = Word(2),
                Sequence = Long(4),
                Acknowledged = Long(8),
                Flags = segment[13],
                Body = [.. segment[20..]],
            },
            Packet.Udp => packet with
            {
                SourcePort = Word(0),
                DestinationPort = Word(2),
                HasChecksum = Word(6) != 0,
                Body = [.. segment[8..]],
            },
            Packet.Sctp when segment.Length >= 13 => packet with
            {
                SourcePort = Word(0),
                DestinationPort = Word(2),
                Flags = segment[12],
                Body = [.. segment[12..]],
            },
            Packet.Tcp or Packet.Sctp => packet with { SourcePort = Word(0), DestinationPort = Word(2) },
            Packet.Icmp or Packet.IcmpV6 => packet with
            {
                IcmpType = segment[0],
                IcmpCode = segment[1],
                IcmpRest = Long(4),
                Body = [.. segment[8..]],
            },
            _ => packet with { Body = [.. segment] },
        };
    }

    private static void Verify(Packet packet, byte[] segment)
    {
        if (packet.Protocol == Packet.Sctp)
        {
            var zeroed = (byte[])segment.Clone();
            zeroed.AsSpan(8, 4).Clear();
            Assert.Equal(Checksum.Crc32c(zeroed), BinaryPrimitives.ReadUInt32LittleEndian(segment.AsSpan(8)));
        }
        else if (Packet.ChecksumAt(packet.Protocol) is { } at &&
            !(packet.Protocol == Packet.Udp && BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(at)) == 0))
        {
            Assert.Equal(0, packet.Protocol == Packet.Icmp
                ? Checksum.Internet(segment)
                : Checksum.Transport(packet.Source, packet.Destination, packet.Protocol, segment));
        }
    }
}
