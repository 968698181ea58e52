using System.Net;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.Network;

/// <summary>The addresses of the network namespace we run in, by one rtnetlink dump (linux/rtnetlink.h, linux/if_addr.h).</summary>
internal static class HostAddresses
{
    /// <summary><c>struct ifaddrmsg</c>: four bytes, and the device's index.</summary>
    private const int BodyLength = 8;
    private const ushort RtmNewAddress = 20;
    private const ushort RtmGetAddress = 22;
    private const ushort IfaAddress = 1;
    private const ushort IfaLocal = 2;

    /// <summary>Without loopback, each once, in ordinal order of their text.</summary>
    internal static SortedSet<string> Read() => new(ReadAll().Select(each => each.Address.ToString()), StringComparer.Ordinal);

    /// <summary>The same with each one's device, in the kernel's order.</summary>
    internal static List<(int Device, IPAddress Address)> ReadAll()
    {
        using var socket = NetlinkSocket.Open(LibC.NETLINK_ROUTE, "the node's addresses");
        return socket.Dump(RtmGetAddress, stackalloc byte[BodyLength], AddressOf);
    }

    private static IEnumerable<(int Device, IPAddress Address)> AddressOf(ushort type, ReadOnlySpan<byte> message) =>
        type == RtmNewAddress && Own(message[BodyLength..]) is { } own && !IPAddress.IsLoopback(own)
            ? [(MemoryMarshal.Read<int>(message[(BodyLength - sizeof(int))..]), own)]
            : [];

    /// <summary>IFA_LOCAL where it is there: on a point-to-point device IFA_ADDRESS is the other end.</summary>
    private static IPAddress? Own(ReadOnlySpan<byte> attributes)
    {
        IPAddress? address = null;
        while (attributes.Length >= 4)
        {
            var length = MemoryMarshal.Read<ushort>(attributes);
            var type = MemoryMarshal.Read<ushort>(attributes[2..]);
            if (type == IfaLocal)
            {
                return new IPAddress(attributes[4..length]);
            }

            if (type == IfaAddress)
            {
                address = new IPAddress(attributes[4..length]);
            }

            attributes = attributes[Math.Min(attributes.Length, (length + 3) & ~3)..];
        }

        return address;
    }
}
