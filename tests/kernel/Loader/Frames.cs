using System.Net;
using System.Runtime.InteropServices;

namespace Netpol.Tests.Kernel.Loader;

/// <summary>Frames as a container puts them on its device, whatever its addresses are.</summary>
internal static partial class Frames
{
    private const int PacketFamily = 17;
    private const int RawSocket = 3;

    /// <summary>A UDP datagram without payload from port 1000 to 2000, its hardware source 02:00:00:00:00:01.</summary>
    public static unsafe void SendUdp(string device, string from, string to)
    {
        byte[] frame =
        [
            0x02, 0, 0, 0, 0, 0xff, 0x02, 0, 0, 0, 0, 0x01, 0x08, 0x00,
            0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, .. IPAddress.Parse(from).GetAddressBytes(), .. IPAddress.Parse(to).GetAddressBytes(),
            1000 >> 8, 1000 & 0xff, 2000 >> 8, 2000 & 0xff, 0, 8, 0, 0,
        ];
        var sum = 0;
        for (var i = 14; i < 34; i += 2)
        {
            sum += frame[i] << 8 | frame[i + 1];
        }

        sum = ~((sum & 0xffff) + (sum >> 16));
        (frame[24], frame[25]) = ((byte)(sum >> 8), (byte)sum);

        // struct sockaddr_ll: family, protocol, ifindex, and twelve bytes that sending does not need.
        var address = stackalloc byte[20];
        new Span<byte>(address, 20).Clear();
        *(ushort*)address = PacketFamily;
        *(int*)(address + 4) = (int)if_nametoindex(device);
        var descriptor = socket(PacketFamily, RawSocket, 0);
        Assert.True(descriptor >= 0);
        fixed (byte* bytes = frame)
        {
            Assert.Equal(frame.Length, sendto(descriptor, bytes, (nuint)frame.Length, 0, address, 20));
        }

        _ = close(descriptor);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint if_nametoindex(string name);

    [LibraryImport("libc")]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc")]
    private static unsafe partial nint sendto(int descriptor, byte* buffer, nuint length, int flags, byte* address, int addressLength);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
