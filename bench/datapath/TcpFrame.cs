using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Netpol.Bench;

/// <summary>
/// A TCP segment in an Ethernet frame, padded to 64 bytes where it is shorter. Checksums are any number: what translates a packet
/// changes them by a difference, and nobody on the way verifies them. The receiver is the loopback device's address, which is the
/// device of a test run: a container's frames are for its host-side device too.
/// </summary>
internal static class TcpFrame
{
    internal const byte Syn = 2, Ack = 16;
    internal const ushort IpChecksum = 0x1234, TcpChecksum = 0x5678;
    private const int Length = 64;

    internal static byte[] Of(IPAddress source, IPAddress destination, byte flags)
    {
        var isV6 = source.AddressFamily == AddressFamily.InterNetworkV6;
        var payload = new byte[isV6 ? 0 : Length - 14 - 20 - 20];
        byte[] tcp = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, flags, 1, 0, .. Bytes(TcpChecksum), 0, 0, .. payload];
        byte[] ip = isV6
            ? [0x60, 0, 0, 0, .. Big(tcp.Length), 6, 64]
            : [0x45, 0, .. Big(20 + tcp.Length), 0, 0, 0x40, 0, 64, 6, .. Bytes(IpChecksum)];
        return
        [
            0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, .. Big(isV6 ? 0x86dd : 0x0800),
            .. ip, .. source.GetAddressBytes(), .. destination.GetAddressBytes(), .. tcp,
        ];
    }

    private static byte[] Bytes(ushort inMemoryOrder) => BitConverter.GetBytes(inMemoryOrder);

    private static byte[] Big(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
