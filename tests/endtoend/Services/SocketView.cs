using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Netpol.Lab;

namespace Netpol.Tests.EndToEnd.Services;

/// <summary>What a socket says of its other end, and what the kernel knows of it.</summary>
internal static unsafe partial class SocketView
{
    /// <summary>Asked of the kernel: .NET remembers whom it was asked to connect to.</summary>
    public static IPEndPoint PeerName(Socket socket)
    {
        var buffer = stackalloc byte[28];
        var length = 28;
        Assert.Equal(0, getpeername(socket.SafeHandle, buffer, &length));
        SocketAddress address = new(socket.AddressFamily, length);
        new ReadOnlySpan<byte>(buffer, length).CopyTo(address.Buffer.Span);
        return (IPEndPoint)new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0).Create(address);
    }

    /// <summary>Where the packets of the socket with this local port go: what <c>/proc/net</c> shows no program on a cgroup changes.</summary>
    /// <param name="table"><c>tcp</c>, <c>udp</c>, <c>tcp6</c> or <c>udp6</c>.</param>
    public static IPEndPoint PeerInKernel(NetworkNamespace network, string table, int localPort) => network.Run(() =>
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $":{localPort:X4}");
        var fields = File.ReadLines($"/proc/thread-self/net/{table}").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .First(line => line[1].EndsWith(suffix, StringComparison.Ordinal));
        var (address, port) = (fields[2].Split(':')[0], fields[2].Split(':')[1]);
        // Each word of 32 bits as a number of this machine.
        var bytes = Enumerable.Range(0, address.Length / 8).SelectMany(word => BitConverter.GetBytes(Convert.ToUInt32(address.Substring(word * 8, 8), 16))).ToArray();
        IPAddress parsed = new(bytes);
        return new IPEndPoint(parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed, Convert.ToInt32(port, 16));
    });

    public static int LocalPort(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getpeername(SafeSocketHandle socket, byte* address, int* length);
}
