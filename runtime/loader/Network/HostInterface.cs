using System.Runtime.InteropServices;
using System.Text;
using Netpol.Loader.Native;

namespace Netpol.Loader.Network;

/// <summary>The host's end of a container's device.</summary>
internal static unsafe class HostInterface
{
    /// <summary>IFNAMSIZ with its ending zero.</summary>
    private const int NameLength = 16;
    private const int RequestLength = 40;

    /// <summary>0: there is no such device.</summary>
    internal static int IndexOf(string name) => (int)LibC.if_nametoindex(name);

    /// <summary>Clears IFF_UP, so that nothing passes any more; a device that has gone is as good.</summary>
    internal static void SetDown(string name)
    {
        using var socket = DescriptorHandle.FromCall(
            LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0), "open a socket");
        var request = stackalloc byte[RequestLength];
        Span<byte> bytes = new(request, RequestLength);
        bytes.Clear();
        if (Encoding.UTF8.GetByteCount(name) >= NameLength)
        {
            return;
        }

        Encoding.UTF8.GetBytes(name, bytes);
        if (LibC.ioctl(socket, (nuint)LibC.SIOCGIFFLAGS, request) == 0)
        {
            var flags = (short)(MemoryMarshal.Read<short>(bytes[NameLength..]) & ~LibC.IFF_UP);
            MemoryMarshal.Write(bytes[NameLength..], flags);
            _ = LibC.ioctl(socket, (nuint)LibC.SIOCSIFFLAGS, request);
        }
    }
}
