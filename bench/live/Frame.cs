using System.Buffers.Binary;
using System.Net;

namespace Netpol.Bench.Live;

/// <summary>A TCP SYN over IPv4 in an Ethernet frame. Checksums are any number: nobody on the way verifies them.</summary>
internal static class Frame
{
    private const int SourcePortOffset = 14 + 20;

    internal static byte[] Syn(IPAddress source, IPAddress destination, int port)
    {
        byte[] ip = [0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0x12, 0x34, .. source.GetAddressBytes(), .. destination.GetAddressBytes()];
        byte[] tcp = [0, 0, (byte)(port >> 8), (byte)port, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 1, 0, 0x56, 0x78, 0, 0];
        return [0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 8, 0, .. ip, .. tcp, .. new byte[10]];
    }

    /// <summary>Makes it the first packet of another connection.</summary>
    internal static void SetSourcePort(byte[] frame, ushort port) =>
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(SourcePortOffset), port);
}
