using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Netpol.Lab.Traffic;

/// <summary>Sends one question from a container and says what came back. Never takes longer than its timeout.</summary>
public static class Probe
{
    /// <summary>Long enough for a busy machine, short enough to wait out what is dropped.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(3);

    public static ProbeResult Tcp(LabContainer from, IPAddress to, int port, TimeSpan? timeout = null) => Tcp(from.Network, to, port, timeout);

    public static ProbeResult Tcp(NetworkNamespace from, IPAddress to, int port, TimeSpan? timeout = null)
    {
        var limit = timeout ?? DefaultTimeout;
        using var socket = from.Run(() => new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            return socket.ConnectAsync(to, port).Wait(limit) ? Ask(socket, limit) : ProbeResult.Silent;
        }
        catch (AggregateException error) when (error.InnerException is SocketException inner)
        {
            return Failed(inner);
        }
        finally
        {
            socket.LingerState = new(true, 0);
        }
    }

    public static ProbeResult Udp(LabContainer from, IPAddress to, int port, TimeSpan? timeout = null) => Udp(from.Network, to, port, timeout);

    public static ProbeResult Udp(NetworkNamespace from, IPAddress to, int port, TimeSpan? timeout = null)
    {
        using var socket = from.Run(() =>
        {
            var created = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            created.Connect(to, port);
            return created;
        });
        return Ask(socket, timeout ?? DefaultTimeout);
    }

    public static ProbeResult Icmp(LabContainer from, IPAddress to, TimeSpan? timeout = null) => Icmp(from.Network, to, timeout);

    public static ProbeResult Icmp(NetworkNamespace from, IPAddress to, TimeSpan? timeout = null) =>
        IcmpEcho.Send(from, to, timeout ?? DefaultTimeout);

    public static ProbeResult Sctp(LabContainer from, IPAddress to, int port, TimeSpan? timeout = null) =>
        SctpAssociation.Open(from, to, port, timeout ?? DefaultTimeout);

    private static ProbeResult Ask(Socket socket, TimeSpan timeout)
    {
        var buffer = new byte[2048];
        try
        {
            socket.ReceiveTimeout = (int)timeout.TotalMilliseconds;
            socket.Send("who"u8);
            var answer = Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
            return answer.EndsWith(":who", StringComparison.Ordinal)
                ? new(Outcome.Answered, answer[..^":who".Length])
                : throw new LabException($"a strange answer from {socket.RemoteEndPoint}: `{answer}`");
        }
        catch (SocketException error)
        {
            return Failed(error);
        }
    }

    // RST is ConnectionRefused; ICMP "administratively prohibited" is HostUnreachable (IPv4) and AccessDenied (IPv6).
    internal static ProbeResult Failed(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.HostUnreachable
            or SocketError.NetworkUnreachable or SocketError.AccessDenied => ProbeResult.Refused,
        SocketError.TimedOut or SocketError.WouldBlock => ProbeResult.Silent,
        _ => throw new LabException($"a probe failed by itself: {error.Message}", error),
    };
}
