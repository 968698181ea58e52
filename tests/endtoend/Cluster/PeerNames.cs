using System.Net;
using System.Net.Sockets;
using System.Text;
using Netpol.Lab;

namespace Netpol.Tests.EndToEnd.Cluster;

/// <summary>A server that tells its clients by which address it knows them, by TCP on port 8090 and UDP on 9053.</summary>
internal sealed class PeerNames : IDisposable
{
    private const int Tcp = 8090;
    private const int Udp = 9053;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1400);

    private readonly Socket[] _sockets;

    public PeerNames(NetworkNamespace network)
    {
        _sockets = network.Run(() => new[]
        {
            Bind(SocketType.Stream, ProtocolType.Tcp, Tcp), Bind(SocketType.Dgram, ProtocolType.Udp, Udp),
        });
        _sockets[0].Listen();
        _ = AcceptAsync();
        _ = AnswerAsync();
    }

    public static string Ask(NetworkNamespace from, IPAddress to, ProtocolType protocol, int? port = null)
    {
        using var socket = from.Run(() => new Socket(to.AddressFamily, protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram, protocol));
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        try
        {
            if (!socket.ConnectAsync(to, port ?? (protocol == ProtocolType.Tcp ? Tcp : Udp)).Wait(Patience))
            {
                return "silent";
            }

            var buffer = new byte[64];
            socket.Send("who"u8);
            return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return "silent";
        }
        catch (Exception error) when ((error as SocketException ?? (error as AggregateException)?.InnerException as SocketException)?.SocketErrorCode
            is SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.AccessDenied)
        {
            return "refused";
        }
    }

    public void Dispose() => Array.ForEach(_sockets, socket => socket.Dispose());

    private static Socket Bind(SocketType type, ProtocolType protocol, int port)
    {
        Socket socket = new(AddressFamily.InterNetworkV6, type, protocol) { DualMode = true };
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        return socket;
    }

    private static byte[] Name(EndPoint? client)
    {
        var address = ((IPEndPoint)client!).Address;
        return Encoding.UTF8.GetBytes((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _sockets[0].AcceptAsync();
                await client.SendAsync(Name(client.RemoteEndPoint));
                await client.ReceiveAsync(new byte[8]);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var datagram = await _sockets[1].ReceiveFromAsync(new byte[64], new IPEndPoint(IPAddress.IPv6Any, 0));
                await _sockets[1].SendToAsync(Name(datagram.RemoteEndPoint), datagram.RemoteEndPoint);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
