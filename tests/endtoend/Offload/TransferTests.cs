using System.Net.Sockets;

namespace Netpol.Tests.EndToEnd.Offload;

/// <summary>Real data through services, with checksums and segments left to devices and not.</summary>
[Collection(CheckedLabCollection.Name)]
public sealed class TransferTests(CheckedLab lab)
{
    private const int Megabyte = 1 << 20;
    private const int LargestFrame = 1514;

    public static TheoryData<Place, AddressFamily, bool> Cases
    {
        get
        {
            TheoryData<Place, AddressFamily, bool> cases = [];
            foreach (var place in Enum.GetValues<Place>())
            {
                foreach (var family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
                {
                    cases.Add(place, family, true);
                    cases.Add(place, family, false);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bulk_data_comes_through_a_service_and_back_unharmed(Place place, AddressFamily family, bool deviceComputes)
    {
        lab.Begin(deviceComputes);
        var before = Traffic.Through(lab.Client);
        var average = 0L;


        var result = DataClient.Transfer(
            lab.Client.Network,
            CheckedLab.ServiceAt(place, family),
            CheckedLab.ServiceTcp,
            4 * Megabyte,
            () => average = Traffic.Through(lab.Client).AverageOutSince(before));


        Assert.Equal(DataClient.Unharmed, result);
        Assert.Empty(lab.Faults());
        Assert.True(average > LargestFrame == deviceComputes, $"the client sent packets of {average} bytes: not the state to be tested");
    }

    [Theory]
    [InlineData(Place.SameNode, AddressFamily.InterNetwork)]
    [InlineData(Place.SameNode, AddressFamily.InterNetworkV6)]
    [InlineData(Place.Outside, AddressFamily.InterNetwork)]
    [InlineData(Place.Outside, AddressFamily.InterNetworkV6)]
    public void Packets_that_the_node_has_merged_come_through_a_service(Place place, AddressFamily family)
    {
        lab.Begin(deviceComputes: false, nodeMerges: true);
        var before = Traffic.Through(lab.Server);
        var average = 0L;


        var result = DataClient.Transfer(
            lab.Client.Network,
            CheckedLab.ServiceAt(place, family),
            CheckedLab.ServiceTcp,
            4 * Megabyte,
            () => average = Traffic.Through(lab.Server).AverageInSince(before));


        Assert.Equal(DataClient.Unharmed, result);
        Assert.Empty(lab.Faults());
        Assert.True(place != Place.SameNode || average > LargestFrame, $"the server got packets of {average} bytes: nothing was merged");
    }

    /// <summary>Where the stack has summed up the outer packet of an overlay, the inner one comes as if its device had done so (CHECKSUM_COMPLETE).</summary>
    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void What_was_summed_up_before_it_came_by_an_uplink_is_translated(AddressFamily family)
    {
        lab.Begin(deviceComputes: false);
        lab.LoadOwn(CheckedLab.OverlayDevice);
        try
        {
            var result = DataClient.Transfer(lab.Client.Network, CheckedLab.ServiceAt(Place.Overlay, family), CheckedLab.ServiceTcp, Megabyte);

            Assert.Equal(DataClient.Unharmed, result);
            Assert.Empty(lab.Faults());
        }
        finally
        {
            lab.LoadOwn();
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Datagrams_come_through_a_service_and_back_unharmed(Place place, AddressFamily family, bool deviceComputes)
    {
        lab.Begin(deviceComputes);
        using var socket = DataClient.Udp(lab.Client.Network, CheckedLab.ServiceAt(place, family), CheckedLab.ServiceUdp);


        var result = DataClient.Echo(socket, 1, 2, 3, 100, 1201);


        Assert.Equal(DataClient.Unharmed, result);
        Assert.Empty(lab.Faults());
    }

    [Theory]
    [InlineData(Place.SameNode, AddressFamily.InterNetwork)]
    [InlineData(Place.SameNode, AddressFamily.InterNetworkV6)]
    [InlineData(Place.Outside, AddressFamily.InterNetwork)]
    [InlineData(Place.Outside, AddressFamily.InterNetworkV6)]
    public void Datagrams_that_the_device_is_to_cut_come_through_a_service(Place place, AddressFamily family)
    {
        const int UdpSegment = 103;
        lab.Begin(deviceComputes: true);
        using var socket = DataClient.Udp(lab.Client.Network, CheckedLab.ServiceAt(place, family), CheckedLab.ServiceUdp);
        socket.SetRawSocketOption((int)SocketOptionLevel.Udp, UdpSegment, BitConverter.GetBytes(1200));
        var data = DataClient.Data(10 * 1200);
        var back = new byte[data.Length];


        socket.Send(data);
        for (var received = 0; received < back.Length;)
        {
            received += socket.Receive(back.AsSpan(received));
        }


        Assert.Equal(data, back);
        Assert.Empty(lab.Faults());
    }

    [Theory]
    [InlineData(Place.SameNode, true)]
    [InlineData(Place.SameNode, false)]
    [InlineData(Place.Outside, true)]
    [InlineData(Place.Outside, false)]
    public void A_datagram_without_checksum_stays_without_one(Place place, bool deviceComputes)
    {
        const int SocketLevel = 1;
        const int NoCheck = 11;
        lab.Begin(deviceComputes);
        using var socket = DataClient.Udp(
            lab.Client.Network, CheckedLab.ServiceAt(place, AddressFamily.InterNetwork), CheckedLab.ServiceUdp);
        socket.SetRawSocketOption(SocketLevel, NoCheck, BitConverter.GetBytes(1));


        var result = DataClient.Echo(socket, 500);


        Assert.Equal(DataClient.Unharmed, result);
        Assert.Empty(lab.Faults());
    }
}
