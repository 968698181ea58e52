using System.Net.Sockets;
using Netpol.Lab;

namespace Netpol.Tests.EndToEnd.Offload;

/// <summary>What the network says of a packet reaches the socket that sent it, through a service as well.</summary>
[Collection(CheckedLabCollection.Name)]
public sealed class ErrorTests(CheckedLab lab)
{
    public static TheoryData<Place, AddressFamily, bool> Cases => new()
    {
        { Place.SameNode, AddressFamily.InterNetwork, true },
        { Place.SameNode, AddressFamily.InterNetwork, false },
        { Place.SameNode, AddressFamily.InterNetworkV6, true },
        { Place.SameNode, AddressFamily.InterNetworkV6, false },
        { Place.Outside, AddressFamily.InterNetwork, true },
        { Place.Outside, AddressFamily.InterNetwork, false },
        { Place.Outside, AddressFamily.InterNetworkV6, true },
        { Place.Outside, AddressFamily.InterNetworkV6, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_closed_port_behind_a_service_refuses_the_clients_socket(Place place, AddressFamily family, bool deviceComputes)
    {
        lab.Begin(deviceComputes);
        using var socket = DataClient.Udp(lab.Client.Network, CheckedLab.ServiceAt(place, family), CheckedLab.ServiceClosed);


        var result = DataClient.Echo(socket, 100);


        Assert.Equal(nameof(SocketError.ConnectionRefused), result);
        Assert.Empty(lab.Faults());
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, true)]
    [InlineData(AddressFamily.InterNetwork, false)]
    [InlineData(AddressFamily.InterNetworkV6, true)]
    [InlineData(AddressFamily.InterNetworkV6, false)]
    public void A_narrow_path_behind_a_service_tells_the_clients_socket(AddressFamily family, bool deviceComputes)
    {
        lab.Begin(deviceComputes);
        ForgetPaths();
        using var socket = DataClient.Udp(lab.Client.Network, CheckedLab.ServiceAt(Place.Narrow, family), CheckedLab.ServiceUdp);
        ForbidFragments(socket);


        var large = DataClient.Echo(socket, 1420);
        var small = DataClient.Echo(socket, 1300);


        Assert.Equal((nameof(SocketError.MessageSize), DataClient.Unharmed), (large, small));
        Assert.Empty(lab.Faults());
    }

    // What an earlier test learned of the path's MTU would keep the packet from being sent at all.
    private void ForgetPaths()
    {
        Tool.Run(lab.Client.Network, "ip -4 route flush cache");
        Tool.Run(lab.Client.Network, "ip -6 route flush cache");
    }

    // IP_MTU_DISCOVER and IPV6_MTU_DISCOVER, with their value DO (ip(7), ipv6(7)).
    private static void ForbidFragments(Socket socket)
    {
        var (level, option) = socket.AddressFamily == AddressFamily.InterNetworkV6 ? (41, 23) : (0, 10);
        socket.SetRawSocketOption(level, option, BitConverter.GetBytes(2));
    }
}
