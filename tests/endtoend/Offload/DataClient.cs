using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Netpol.Lab;

namespace Netpol.Tests.EndToEnd.Offload;

/// <summary>Sends data to a <see cref="DataServer"/> and says whether it came there and back unharmed. Every wait ends.</summary>
internal static class DataClient
{
    public const string Unharmed = "unharmed";
    private const int LongestWait = 10_000;

    /// <summary>Bytes that differ from run to run, so that nothing old is taken for an answer.</summary>
    public static byte[] Data(int length) => RandomNumberGenerator.GetBytes(length);

    /// <returns>How it went: <c>unharmed</c>, or which direction harmed it.</returns>
    /// <param name="onArrival">Called when all has arrived and nothing is on its way back.</param>
    public static string Transfer(NetworkNamespace from, IPAddress to, int port, int length, Action? onArrival = null)
    {
        using var socket = from.Run(() => new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        socket.SendTimeout = socket.ReceiveTimeout = LongestWait;
        socket.LingerState = new(true, 0);
        var data = Data(length);
        var prefix = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(prefix, length);
        try
        {
            if (!socket.ConnectAsync(to, port).Wait(LongestWait))
            {
                return "no connection";
            }

            using var stream = new NetworkStream(socket);
            stream.Write(prefix);
            stream.Write(data);
            var hash = new byte[SHA256.HashSizeInBytes];
            stream.ReadExactly(hash);
            onArrival?.Invoke();
            stream.WriteByte(1);
            var back = new byte[length];
            stream.ReadExactly(back);
            return !hash.AsSpan().SequenceEqual(SHA256.HashData(data)) ? "harmed on the way there"
                : back.AsSpan().SequenceEqual(data) ? Unharmed
                : "harmed on the way back";
        }
        catch (Exception error) when (error is IOException or AggregateException)
        {
            return $"broken: {error.GetBaseException().Message}";
        }
    }

    /// <summary>A socket that talks to one server; the client's kernel tells it of ICMP errors about its datagrams.</summary>
    public static Socket Udp(NetworkNamespace from, IPAddress to, int port) => from.Run(() =>
    {
        var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveTimeout = LongestWait,
            ReceiveBufferSize = 1 << 20,
        };
        socket.Connect(to, port);
        return socket;
    });

    /// <summary>Datagrams there and back, one after another until one fails.</summary>
    /// <returns><c>unharmed</c>, or what became of the first that was not.</returns>
    public static string Echo(Socket socket, params IReadOnlyList<int> lengths) =>
        lengths.Select(length => EchoOne(socket, length)).FirstOrDefault(result => result != Unharmed) ?? Unharmed;

    private static string EchoOne(Socket socket, int length)
    {
        var data = Data(length);
        var back = new byte[65536];
        try
        {
            socket.Send(data);
            var count = socket.Receive(back);
            return back.AsSpan(0, count).SequenceEqual(data) ? Unharmed : $"harmed: {length} bytes";
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode.ToString();
        }
    }
}
