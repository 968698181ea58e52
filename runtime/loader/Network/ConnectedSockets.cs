using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.Network;

/// <summary>
/// Datagram sockets by whom they are connected to, in the network namespace we run in (linux/inet_diag.h, linux/sock_diag.h). Who waits on
/// one that is ended gets ECONNABORTED.
/// </summary>
internal static unsafe class ConnectedSockets
{
    private const int HeaderLength = 16;

    /// <summary><c>struct inet_diag_req_v2</c>: family, protocol, two bytes, a mask of states, and which socket.</summary>
    private const int RequestLength = 8 + SocketLength;

    /// <summary><c>struct inet_diag_sockid</c>: two ports and two addresses of 16 bytes, the sender's first, a device, a cookie.</summary>
    private const int SocketLength = 48;
    private const int PeerPort = 2;
    private const int PeerAddress = 20;

    /// <summary>The kernel fills dumps in pieces of at most this.</summary>
    private const int ReceiveLength = 32 << 10;

    private const ushort DiagnoseByFamily = 20;
    private const ushort Destroy = 21;
    private const ushort Done = 3;
    private const ushort Error = 2;
    private const ushort RequestDump = 0x301;
    private const ushort RequestAcknowledged = 0x5;
    private const byte Udp = 17;

    /// <summary><c>1 &lt;&lt; TCP_ESTABLISHED</c>, which a datagram socket is while it is connected.</summary>
    private const uint Connected = 2;

    internal static void End(IReadOnlySet<IPEndPoint> peers)
    {
        using var socket = DescriptorHandle.FromCall(
            LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, LibC.NETLINK_SOCK_DIAG), "open a socket for diagnosis of sockets");
        foreach (var family in (byte[])[LibC.AF_INET, LibC.AF_INET6])
        {
            foreach (var found in Find(socket, family, peers))
            {
                Send(socket, Destroy, RequestAcknowledged, family, uint.MaxValue, found);
                // One that was closed meanwhile is as good.
                _ = Receive(socket);
            }
        }
    }

    /// <summary>Each as the kernel names it.</summary>
    private static List<byte[]> Find(DescriptorHandle socket, byte family, IReadOnlySet<IPEndPoint> peers)
    {
        Send(socket, DiagnoseByFamily, RequestDump, family, Connected, new byte[SocketLength]);
        List<byte[]> found = [];
        while (true)
        {
            var messages = Receive(socket).AsSpan();
            while (messages.Length >= HeaderLength)
            {
                var length = MemoryMarshal.Read<int>(messages);
                if (MemoryMarshal.Read<ushort>(messages[4..]) is Done or Error)
                {
                    return found;
                }

                // struct inet_diag_msg: four bytes, then which socket.
                var name = messages.Slice(HeaderLength + 4, SocketLength);
                if (peers.Contains(PeerOf(name, family)))
                {
                    found.Add(name.ToArray());
                }

                messages = messages[Math.Min(messages.Length, (length + 3) & ~3)..];
            }
        }
    }

    private static IPEndPoint PeerOf(ReadOnlySpan<byte> name, byte family)
    {
        IPAddress address = new(name.Slice(PeerAddress, family == LibC.AF_INET ? 4 : 16));
        return new(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, name[PeerPort] << 8 | name[PeerPort + 1]);
    }

    private static void Send(DescriptorHandle socket, ushort type, ushort flags, byte family, uint states, ReadOnlySpan<byte> name)
    {
        var message = new byte[HeaderLength + RequestLength];
        MemoryMarshal.Write(message, message.Length);
        MemoryMarshal.Write(message.AsSpan(4), type);
        MemoryMarshal.Write(message.AsSpan(6), flags);
        (message[HeaderLength], message[HeaderLength + 1]) = (family, Udp);
        MemoryMarshal.Write(message.AsSpan(HeaderLength + 4), states);
        name.CopyTo(message.AsSpan(HeaderLength + 8));
        fixed (byte* bytes = message)
        {
            if (LibC.send(socket, bytes, (nuint)message.Length, 0) < 0)
            {
                throw new KernelException("ask about sockets", Marshal.GetLastPInvokeError());
            }
        }
    }

    [SkipLocalsInit]
    private static byte[] Receive(DescriptorHandle socket)
    {
        var buffer = stackalloc byte[ReceiveLength];
        var length = LibC.recv(socket, buffer, ReceiveLength, 0);
        return length > 0
            ? new ReadOnlySpan<byte>(buffer, (int)length).ToArray()
            : throw new KernelException("read about sockets", Marshal.GetLastPInvokeError());
    }
}
