using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Netpol.Lab.Traffic;

/// <summary>A TCP connection from a container to an <see cref="EchoServer"/>, kept open to see whether it still carries.</summary>
public sealed class LabConnection : IDisposable
{
    private readonly Socket _socket;

    private LabConnection(Socket socket) => _socket = socket;

    /// <summary>Null: the connection was refused or nothing answered.</summary>
    public static LabConnection? TryOpen(LabContainer from, IPAddress to, int port, TimeSpan timeout)
    {
        var socket = from.Network.Run(() => new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        try
        {
            if (socket.ConnectAsync(to, port).Wait(timeout))
            {
                return new(socket);
            }
        }
        catch (AggregateException error) when (error.InnerException is SocketException)
        {
            // Refused.
        }

        socket.Dispose();
        return null;
    }

    public IPEndPoint LocalEndPoint => (IPEndPoint)(_socket.LocalEndPoint ?? throw new InvalidOperationException("not connected"));

    public IPEndPoint RemoteEndPoint => (IPEndPoint)(_socket.RemoteEndPoint ?? throw new InvalidOperationException("not connected"));

    /// <summary>Sends a text and waits for the server to say it back.</summary>
    /// <returns>The name of the server that answered; null: nothing came in time.</returns>
    public string? Exchange(string text, TimeSpan timeout)
    {
        var buffer = new byte[2048];
        try
        {
            _socket.SendTimeout = _socket.ReceiveTimeout = (int)timeout.TotalMilliseconds;
            _socket.Send(Encoding.UTF8.GetBytes(text));
            var answer = Encoding.UTF8.GetString(buffer, 0, _socket.Receive(buffer));
            return answer.EndsWith($":{text}", StringComparison.Ordinal) ? answer[..answer.IndexOf(':')] : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    // An ordinary close would wait for a peer that policy may have cut off.
    public void Dispose()
    {
        _socket.LingerState = new(true, 0);
        _socket.Dispose();
    }
}
