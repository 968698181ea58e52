using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Netpol.Lab.Traffic;

/// <summary>
/// Answers on one port of a container, in both families: who it is, a colon, and what it was sent. A TCP connection stays
/// open and is answered line by line.
/// </summary>
public sealed class EchoServer : IDisposable
{
    private readonly string _name;
    private readonly Socket _socket;
    private readonly List<Socket> _connections = [];

    private EchoServer(string name, Socket socket)
    {
        _name = name;
        _socket = socket;
    }

    public static EchoServer Tcp(LabContainer container, int port)
    {
        var server = new EchoServer(container.Name, Bind(container, SocketType.Stream, ProtocolType.Tcp, port));
        server._socket.Listen();
        _ = server.AcceptAsync();
        return server;
    }

    public static EchoServer Udp(LabContainer container, int port)
    {
        var server = new EchoServer(container.Name, Bind(container, SocketType.Dgram, ProtocolType.Udp, port));
        _ = server.AnswerDatagramsAsync();
        return server;
    }

    public void Dispose()
    {
        _socket.Dispose();
        lock (_connections)
        {
            _connections.ForEach(connection => connection.Dispose());
        }
    }

    private static Socket Bind(LabContainer container, SocketType type, ProtocolType protocol, int port) => container.Network.Run(() =>
    {
        var socket = new Socket(AddressFamily.InterNetworkV6, type, protocol) { DualMode = true };
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        return socket;
    });

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _socket.AcceptAsync().ConfigureAwait(false);
                lock (_connections)
                {
                    _connections.Add(connection);
                }

                _ = AnswerLinesAsync(connection);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task AnswerLinesAsync(Socket connection)
    {
        var buffer = new byte[2048];
        try
        {
            int count;
            while ((count = await connection.ReceiveAsync(buffer).ConfigureAwait(false)) > 0)
            {
                await connection.SendAsync(Answer(buffer.AsSpan(0, count))).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The other side or this one went away.
        }

        connection.Dispose();
    }

    private async Task AnswerDatagramsAsync()
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var datagram = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.IPv6Any, 0)).ConfigureAwait(false);
                await _socket.SendToAsync(Answer(buffer.AsSpan(0, datagram.ReceivedBytes)), datagram.RemoteEndPoint).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private byte[] Answer(ReadOnlySpan<byte> question) => Encoding.UTF8.GetBytes($"{_name}:{Encoding.UTF8.GetString(question)}");
}
