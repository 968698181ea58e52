using System.Net;
using System.Net.Sockets;
using System.Text;
using Netpol.Lab;
using Netpol.Lab.Traffic;
using Netpol.Loader;
using Netpol.Observe;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Services;

/// <summary>Sockets that ask servers of the lab by the calls that programs make, one by one.</summary>
internal static class ServiceSocket
{
    public static Socket Open(NetworkNamespace network, IPEndPoint to, SocketType type) => network.Run(() =>
    {
        Socket socket = new(to.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        if (to.Address.IsIPv4MappedToIPv6)
        {
            socket.DualMode = true;
        }

        socket.ReceiveTimeout = socket.SendTimeout = (int)Probe.DefaultTimeout.TotalMilliseconds;
        return socket;
    });

    public static string Ask(Socket socket)
    {
        var buffer = new byte[64];
        socket.Send("who"u8);
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }

    public static (string Text, EndPoint From) ReceiveFrom(Socket socket)
    {
        var buffer = new byte[64];
        EndPoint from = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var length = socket.ReceiveFrom(buffer, ref from);
        return (Encoding.UTF8.GetString(buffer, 0, length), from);
    }

    public static EventReader Events(PolicyNode lab)
    {
        var events = EventReader.Open(new NodePaths(lab.Node.Pins, lab.Node.State));
        _ = events.Read();
        return events;
    }
}
