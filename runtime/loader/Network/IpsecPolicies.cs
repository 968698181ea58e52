using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.Network;

/// <summary>The IPsec policies of the network namespace we run in (linux/xfrm.h): what they are for has to pass the host's stack.</summary>
internal static unsafe class IpsecPolicies
{
    private const int HeaderLength = 16;

    /// <summary><c>XFRM_MSG_GETPOLICY</c> and <c>XFRM_MSG_NEWPOLICY</c>.</summary>
    private const ushort GetPolicy = 0x15;
    private const ushort NewPolicy = 0x13;
    private const ushort RequestDump = 0x301;
    private const ushort Done = 3;
    private const ushort Error = 2;

    /// <summary><c>XFRM_POLICY_IN</c>: those for what comes.</summary>
    private const byte Incoming = 0;

    // struct xfrm_userpolicy_info: a selector, which begins with the destination, two structs of lifetimes, priority, index, direction.
    private const int Family = 40;
    private const int PrefixLength = 42;
    private const int Direction = 160;

    /// <summary>The kernel fills dumps in pieces of at most this.</summary>
    private const int ReceiveLength = 32 << 10;

    /// <summary>Where packets go that a policy decides about, whatever else it asks of them; empty where the kernel has no IPsec.</summary>
    internal static ImmutableArray<string> Destinations()
    {
        using DescriptorHandle socket = new(LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, LibC.NETLINK_XFRM));
        if (socket.IsInvalid)
        {
            return Marshal.GetLastPInvokeError() == KernelException.EPROTONOSUPPORT
                ? []
                : throw new KernelException("open a socket for IPsec policies", Marshal.GetLastPInvokeError());
        }

        Ask(socket);
        SortedSet<string> found = new(StringComparer.Ordinal);
        var buffer = new byte[ReceiveLength];
        while (true)
        {
            var messages = Receive(socket, buffer);
            while (messages.Length >= HeaderLength)
            {
                var length = MemoryMarshal.Read<int>(messages);
                var type = MemoryMarshal.Read<ushort>(messages[4..]);
                if (type is Done or Error)
                {
                    return [.. found];
                }

                if (type == NewPolicy && messages[HeaderLength + Direction] != Incoming)
                {
                    found.UnionWith(DestinationOf(messages[HeaderLength..]));
                }

                messages = messages[Math.Min(messages.Length, (length + 3) & ~3)..];
            }
        }
    }

    private static IEnumerable<string> DestinationOf(ReadOnlySpan<byte> policy) => MemoryMarshal.Read<ushort>(policy[Family..]) switch
    {
        LibC.AF_INET => [Network(policy[..4], policy[PrefixLength])],
        LibC.AF_INET6 => [Network(policy[..16], policy[PrefixLength])],
        _ => ["0.0.0.0/0", "::/0"],
    };

    /// <summary>The kernel keeps what was written behind the length.</summary>
    private static string Network(ReadOnlySpan<byte> address, byte length) => $"{IPNetwork.Parse($"{new IPAddress(address)}/{length}")}";

    private static void Ask(DescriptorHandle socket)
    {
        var request = stackalloc byte[HeaderLength];
        Span<byte> message = new(request, HeaderLength);
        message.Clear();
        MemoryMarshal.Write(message, HeaderLength);
        MemoryMarshal.Write(message[4..], GetPolicy);
        MemoryMarshal.Write(message[6..], RequestDump);
        if (LibC.send(socket, request, HeaderLength, 0) < 0)
        {
            throw new KernelException("ask about IPsec policies", Marshal.GetLastPInvokeError());
        }
    }

    private static ReadOnlySpan<byte> Receive(DescriptorHandle socket, byte[] buffer)
    {
        fixed (byte* bytes = buffer)
        {
            var length = LibC.recv(socket, bytes, (nuint)buffer.Length, 0);
            return length > 0
                ? buffer.AsSpan(0, (int)length)
                : throw new KernelException("read about IPsec policies", Marshal.GetLastPInvokeError());
        }
    }
}
