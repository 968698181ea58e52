using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.Network;

/// <summary>The addresses of the network namespace we run in, by one rtnetlink dump (linux/rtnetlink.h, linux/if_addr.h).</summary>
internal static unsafe class HostAddresses
{
    private const int RequestLength = 24;

    /// <summary>The kernel fills dumps in pieces of at most this.</summary>
    private const int ReceiveLength = 32 << 10;
    private const int HeaderLength = 16;
    private const int BodyLength = 8;
    private const ushort RtmNewAddress = 20;
    private const ushort RtmGetAddress = 22;
    private const ushort Done = 3;
    private const ushort Error = 2;
    private const ushort RequestDump = 0x301;
    private const ushort IfaAddress = 1;
    private const ushort IfaLocal = 2;

    /// <summary>Without loopback, each once, in ordinal order of their text.</summary>
    internal static SortedSet<string> Read() => new(ReadAll().Select(each => each.Address.ToString()), StringComparer.Ordinal);

    /// <summary>The same with each one's device, in the kernel's order.</summary>
    [SkipLocalsInit]
    internal static List<(int Device, IPAddress Address)> ReadAll()
    {
        using var socket = DescriptorHandle.FromCall(
            LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, 0), "open a netlink socket");
        Span<byte> request = stackalloc byte[RequestLength];
        request.Clear();
        MemoryMarshal.Write(request, RequestLength);
        MemoryMarshal.Write(request[4..], RtmGetAddress);
        MemoryMarshal.Write(request[6..], RequestDump);
        fixed (byte* bytes = request)
        {
            if (LibC.send(socket, bytes, RequestLength, 0) < 0)
            {
                throw new KernelException("ask for the node's addresses", Marshal.GetLastPInvokeError());
            }
        }

        List<(int Device, IPAddress Address)> addresses = [];
        var buffer = stackalloc byte[ReceiveLength];
        while (true)
        {
            var length = LibC.recv(socket, buffer, ReceiveLength, 0);
            if (length <= 0)
            {
                throw new KernelException("read the node's addresses", Marshal.GetLastPInvokeError());
            }

            if (!Take(new ReadOnlySpan<byte>(buffer, (int)length), addresses))
            {
                return addresses;
            }
        }
    }

    /// <summary>False at the dump's end.</summary>
    private static bool Take(ReadOnlySpan<byte> messages, List<(int Device, IPAddress Address)> addresses)
    {
        while (messages.Length >= HeaderLength)
        {
            var length = MemoryMarshal.Read<int>(messages);
            var type = MemoryMarshal.Read<ushort>(messages[4..]);
            if (type is Done or Error)
            {
                return false;
            }

            if (type == RtmNewAddress && Own(messages[(HeaderLength + BodyLength)..length]) is { } own && !IPAddress.IsLoopback(own))
            {
                // struct ifaddrmsg: the device's index is its last word.
                addresses.Add((MemoryMarshal.Read<int>(messages[(HeaderLength + 4)..]), own));
            }

            messages = messages[Math.Min(messages.Length, Aligned(length))..];
        }

        return true;
    }

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

            attributes = attributes[Math.Min(attributes.Length, Aligned(length))..];
        }

        return address;
    }

    private static int Aligned(int length) => (length + 3) & ~3;
}
