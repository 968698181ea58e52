using System.Net.Sockets;

namespace Netpol.Tests.EndToEnd.Offload;

/// <summary>Datagrams larger than a frame, in real fragments, there and back.</summary>
[Collection(CheckedLabCollection.Name)]
public sealed class FragmentTests(CheckedLab lab)
{
    private const int Large = 8192;

    [Theory]
    [InlineData(AddressFamily.InterNetwork, true)]
    [InlineData(AddressFamily.InterNetwork, false)]
    [InlineData(AddressFamily.InterNetworkV6, true)]
    [InlineData(AddressFamily.InterNetworkV6, false)]
    public void Fragments_reach_a_container_directly(AddressFamily family, bool deviceComputes)
    {
        lab.Begin(deviceComputes);
        using var socket = DataClient.Udp(lab.Client.Network, lab.Server.AddressFor(family), DataServer.UdpPort);


        var result = DataClient.Echo(socket, Large, Large + 1, 1473);


        Assert.Equal(DataClient.Unharmed, result);
        Assert.Empty(lab.Faults());
    }

    [Theory]
    [InlineData(Place.SameNode, AddressFamily.InterNetwork, true)]
    [InlineData(Place.SameNode, AddressFamily.InterNetwork, false)]
    [InlineData(Place.SameNode, AddressFamily.InterNetworkV6, true)]
    [InlineData(Place.SameNode, AddressFamily.InterNetworkV6, false)]
    [InlineData(Place.Outside, AddressFamily.InterNetwork, true)]
    [InlineData(Place.Outside, AddressFamily.InterNetwork, false)]
    [InlineData(Place.Outside, AddressFamily.InterNetworkV6, true)]
    [InlineData(Place.Outside, AddressFamily.InterNetworkV6, false)]
    public void Fragments_come_through_a_service_and_back(Place place, AddressFamily family, bool deviceComputes)
    {
        lab.Begin(deviceComputes);
        using var socket = DataClient.Udp(lab.Client.Network, CheckedLab.ServiceAt(place, family), CheckedLab.ServiceUdp);


        var result = DataClient.Echo(socket, Large, Large + 1, 1473);


        Assert.Equal(DataClient.Unharmed, result);
        Assert.Empty(lab.Faults());
    }
}
