using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.Network;

/// <summary>The IPsec policies of the network namespace we run in (linux/xfrm.h): what they are for has to pass the host's stack.</summary>
internal static class IpsecPolicies
{
    /// <summary><c>XFRM_MSG_GETPOLICY</c> and <c>XFRM_MSG_NEWPOLICY</c>.</summary>
    private const ushort GetPolicy = 0x15;
    private const ushort NewPolicy = 0x13;

    /// <summary><c>XFRM_POLICY_IN</c>: those for what comes.</summary>
    private const byte Incoming = 0;

    // struct xfrm_userpolicy_info: a selector, which begins with the destination, two structs of lifetimes, priority, index, direction.
    private const int Family = 40;
    private const int PrefixLength = 42;
    private const int Direction = 160;

    /// <summary>Where packets go that a policy decides about, whatever else it asks of them; empty where the kernel has no IPsec.</summary>
    internal static ImmutableArray<string> Destinations()
    {
        using var socket = NetlinkSocket.TryOpen(LibC.NETLINK_XFRM, "IPsec policies");
        return socket is null ? [] : [.. socket.Dump(GetPolicy, [], DestinationOf).Distinct().Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> DestinationOf(ushort type, ReadOnlySpan<byte> policy) =>
        type != NewPolicy || policy[Direction] == Incoming ? [] : MemoryMarshal.Read<ushort>(policy[Family..]) switch
        {
            LibC.AF_INET => [Network(policy[..4], policy[PrefixLength])],
            LibC.AF_INET6 => [Network(policy[..16], policy[PrefixLength])],
            _ => ["0.0.0.0/0", "::/0"],
        };

    /// <summary>The kernel keeps what was written behind the length.</summary>
    private static string Network(ReadOnlySpan<byte> address, byte length) => $"{IPNetwork.Parse($"{new IPAddress(address)}/{length}")}";
}
