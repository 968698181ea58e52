using System.Buffers.Binary;
using System.Net;

namespace Netpol.Testing.Packets;

/// <summary>Checksums computed from scratch: what the datapath updates in steps is judged against these.</summary>
public static class Checksum
{
    /// <summary>RFC 1071; zero over data that holds its own right checksum.</summary>
    public static ushort Internet(params ReadOnlySpan<byte[]> parts)
    {
        uint sum = 0;
        foreach (var part in parts)
        {
            for (var i = 0; i < part.Length; i += 2)
            {
                sum += (uint)(part[i] << 8 | (i + 1 < part.Length ? part[i + 1] : 0));
            }
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    /// <summary>With the pseudo header of the addresses' family.</summary>
    public static ushort Transport(IPAddress source, IPAddress destination, byte protocol, byte[] segment)
    {
        var tail = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(tail, segment.Length);
        tail[7] = protocol;
        return Internet(source.GetAddressBytes(), destination.GetAddressBytes(), tail, segment);
    }

    /// <summary>CRC32c, bit by bit (RFC 9260, appendix A), as it stands in an SCTP header.</summary>
    public static uint Crc32c(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var octet in data)
        {
            crc ^= octet;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = crc >> 1 ^ (0x82f63b78 & (uint)-(int)(crc & 1));
            }
        }

        return ~crc;
    }
}
