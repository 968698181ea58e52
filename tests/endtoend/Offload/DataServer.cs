using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Netpol.Lab;

namespace Netpol.Tests.EndToEnd.Offload;

/// <summary>
/// Takes data in both families. TCP: a length (4 bytes, big endian) and so many bytes; it answers with their SHA-256
/// and, asked by one more byte, the bytes. UDP: it sends each datagram back.
/// </summary>
internal sealed class DataServer : IDisposable
{
    public const int TcpPort = 8080;
    public const int UdpPort = 5353;

    private readonly List<Socket> _sockets = [];

    public DataServer(NetworkNamespace network)
    {
        foreach (var any in new[] { IPAddress.Any, IPAddress.IPv6Any })
        {
            var tcp = Bind(network, any, SocketType.Stream, TcpPort);
            tcp.Listen();
            _ = AcceptAsync(tcp);
            _ = EchoAsync(Bind(network, any, SocketType.Dgram, UdpPort));
        }
    }

    public void Dispose()
    {
        lock (_sockets)
        {
            _sockets.ForEach(socket => socket.Dispose());
        }
    }

    private Socket Bind(NetworkNamespace network, IPAddress any, SocketType type, int port) => network.Run(() =>
    {
        var socket = new Socket(any.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        socket.Bind(new IPEndPoint(any, port));
        Keep(socket);
        return socket;
    });

    private void Keep(Socket socket)
    {
        lock (_sockets)
        {
            _sockets.Add(socket);
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var connection = await listener.AcceptAsync().ConfigureAwait(false);
                Keep(connection);
                _ = AnswerAsync(connection);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private static async Task AnswerAsync(Socket connection)
    {
        try
        {
            await using var stream = new NetworkStream(connection, ownsSocket: true);
            var length = new byte[4];
            await stream.ReadExactlyAsync(length).ConfigureAwait(false);
            var data = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
            await stream.ReadExactlyAsync(data).ConfigureAwait(false);
            await stream.WriteAsync(SHA256.HashData(data)).ConfigureAwait(false);
            await stream.ReadExactlyAsync(length.AsMemory(0, 1)).ConfigureAwait(false);
            await stream.WriteAsync(data).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The client went away.
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        var buffer = new byte[65536];
        var anyone = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        try
        {
            while (true)
            {
                var datagram = await socket.ReceiveFromAsync(buffer, anyone).ConfigureAwait(false);
                await socket.SendToAsync(buffer.AsMemory(0, datagram.ReceivedBytes), datagram.RemoteEndPoint).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
