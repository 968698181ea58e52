using System.Net.Sockets;

namespace Netpol.Tests.EndToEnd.Offload;

/// <summary>A backend that asks its own service, and is the one that answers.</summary>
[Collection(CheckedLabCollection.Name)]
public sealed class HairpinTests(CheckedLab lab)
{
    public static TheoryData<AddressFamily, bool> Cases => new()
    {
        { AddressFamily.InterNetwork, true },
        { AddressFamily.InterNetwork, false },
        { AddressFamily.InterNetworkV6, true },
        { AddressFamily.InterNetworkV6, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bulk_data_comes_back_to_its_own_backend(AddressFamily family, bool deviceComputes)
    {
        lab.Begin(deviceComputes);


        var result = DataClient.Transfer(
            lab.Server.Network, CheckedLab.ServiceAt(Place.SameNode, family), CheckedLab.ServiceTcp, 4 << 20);


        Assert.Equal(DataClient.Unharmed, result);
        Assert.Empty(lab.Faults());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Datagrams_come_back_to_their_own_backend_in_fragments_too(AddressFamily family, bool deviceComputes)
    {
        lab.Begin(deviceComputes);
        using var socket = DataClient.Udp(lab.Server.Network, CheckedLab.ServiceAt(Place.SameNode, family), CheckedLab.ServiceUdp);


        var result = DataClient.Echo(socket, 1, 100, 1201, 8192);


        Assert.Equal(DataClient.Unharmed, result);
        Assert.Empty(lab.Faults());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_closed_port_of_its_own_refuses_it(AddressFamily family, bool deviceComputes)
    {
        lab.Begin(deviceComputes);
        using var socket = DataClient.Udp(lab.Server.Network, CheckedLab.ServiceAt(Place.SameNode, family), CheckedLab.ServiceClosed);


        var result = DataClient.Echo(socket, 100);


        Assert.Equal(nameof(SocketError.ConnectionRefused), result);
        Assert.Empty(lab.Faults());
    }
}
