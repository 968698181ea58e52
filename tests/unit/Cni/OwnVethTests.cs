using System.Net;
using Netpol.Cni.Devices;
using Netpol.Cni.Protocol;

namespace Netpol.Tests.Unit.Cni;

public sealed class OwnVethTests
{
    [Fact]
    public void The_host_s_device_is_found_again_by_container_and_interface()
    {
        var names = new[] { ("c1", "eth0"), ("c1", "eth1"), ("c2", "eth0"), ("c1", "eth0") }
            .Select(entry => OwnVeth.HostName(entry.Item1, entry.Item2))
            .ToArray();


        Assert.Equal(names[0], names[3]);
        Assert.Equal(3, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^np[0-9a-f]{13}$", name));
    }

    [Fact]
    public void Addresses_stand_alone_and_go_by_the_gateway_of_their_family()
    {
        var addresses = OwnVeth.Plan([
            new(IPAddress.Parse("10.1.0.5"), 24, IPAddress.Parse("10.1.0.1"), null),
            new(IPAddress.Parse("fd00::5"), 64, null, null),
        ]);


        Assert.Equal(
            ["10.1.0.5/32 via 10.1.0.1", "fd00::5/128 via fe80::1"],
            addresses.Select(address => $"{address.Address}/{address.PrefixLength} via {address.Gateway}"));
    }

    [Fact]
    public void Without_routes_from_IPAM_everything_goes_by_the_gateway()
    {
        var addresses = OwnVeth.Plan([new(IPAddress.Parse("10.1.0.5"), 24, null, null), new(IPAddress.Parse("fd00::5"), 64, null, null)]);


        var routes = OwnVeth.PlanRoutes(addresses, []);


        Assert.Equal(["0.0.0.0/0 via 169.254.1.1", "::/0 via fe80::1"], routes.Select(Print));
    }

    [Fact]
    public void Routes_of_IPAM_keep_their_gateway_and_a_family_without_address_gets_none()
    {
        var addresses = OwnVeth.Plan([new(IPAddress.Parse("10.1.0.5"), 24, IPAddress.Parse("10.1.0.1"), null)]);


        var routes = OwnVeth.PlanRoutes(addresses,
        [
            new(IPAddress.Parse("10.0.0.0"), 8, null),
            new(IPAddress.Parse("192.168.0.0"), 16, IPAddress.Parse("10.1.0.2")),
            new(IPAddress.Parse("fd00::"), 8, null),
        ]);


        Assert.Equal(["10.0.0.0/8 via 10.1.0.1", "192.168.0.0/16 via 10.1.0.2"], routes.Select(Print));
    }

    private static string Print(RouteResult route) => $"{route.Destination}/{route.PrefixLength} via {route.Gateway}";
}
