using System.Net;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.Network;

/// <summary>
/// Datagram sockets by whom they are connected to, in the network namespace we run in (linux/inet_diag.h, linux/sock_diag.h). Who waits on
/// one that is ended gets ECONNABORTED.
/// </summary>
internal static class ConnectedSockets
{
    /// <summary><c>struct inet_diag_req_v2</c>: family, protocol, two bytes, a mask of states, and which socket.</summary>
    private const int RequestLength = 8 + SocketLength;

    /// <summary><c>struct inet_diag_sockid</c>: two ports and two addresses of 16 bytes, the sender's first, a device, a cookie.</summary>
    private const int SocketLength = 48;
    private const int PeerPort = 2;
    private const int PeerAddress = 20;

    private const ushort DiagnoseByFamily = 20;
    private const ushort Destroy = 21;
    private const byte Udp = 17;

    /// <summary><c>1 &lt;&lt; TCP_ESTABLISHED</c>, which a datagram socket is while it is connected.</summary>
    private const uint Connected = 2;

    internal static void End(IReadOnlySet<IPEndPoint> peers)
    {
        using var socket = NetlinkSocket.Open(LibC.NETLINK_SOCK_DIAG, "sockets");
        foreach (var family in (byte[])[LibC.AF_INET, LibC.AF_INET6])
        {
            // struct inet_diag_msg: four bytes, then which socket, as the kernel names it.
            var found = socket.Dump<byte[]>(DiagnoseByFamily, Request(family, Connected, new byte[SocketLength]), (_, message) =>
                message.Slice(4, SocketLength) is var name && peers.Contains(PeerOf(name, family)) ? [name.ToArray()] : []);
            foreach (var name in found)
            {
                // One that was closed meanwhile is as good.
                _ = socket.Request(Destroy, Request(family, uint.MaxValue, name));
            }
        }
    }

    private static IPEndPoint PeerOf(ReadOnlySpan<byte> name, byte family)
    {
        IPAddress address = new(name.Slice(PeerAddress, family == LibC.AF_INET ? 4 : 16));
        return new(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, name[PeerPort] << 8 | name[PeerPort + 1]);
    }

    private static byte[] Request(byte family, uint states, ReadOnlySpan<byte> name)
    {
        var request = new byte[RequestLength];
        (request[0], request[1]) = (family, Udp);
        MemoryMarshal.Write(request.AsSpan(4), states);
        name.CopyTo(request.AsSpan(8));
        return request;
    }
}
