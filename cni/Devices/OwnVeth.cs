using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Netpol.Cni.Protocol;

namespace Netpol.Cni.Devices;

/// <summary>
/// The veth pair that the plugin makes when it is not chained. The container's addresses stand alone (/32 and /128): every
/// packet goes by the gateway, which is an address of the host-side device, so that two containers never share a link.
/// <code>
///   container                               node
///   eth0  10.1.0.5/32                       np83c1…  10.1.0.1/32
///         10.1.0.1 dev eth0                          10.1.0.5 dev np83c1…
///         default via 10.1.0.1
/// </code>
/// </summary>
internal static class OwnVeth
{
    /// <summary>Where an IPAM plugin names no gateway: link-local addresses, which are never forwarded.</summary>
    private static readonly IPAddress Gateway4 = new([169, 254, 1, 1]);
    private static readonly IPAddress Gateway6 = IPAddress.Parse("fe80::1");

    /// <summary>Follows from the attachment alone, so that a DEL finds the device of an ADD that was killed.</summary>
    public static string HostName(string containerId, string interfaceName)
    {
        // FNV-1a, 64 bits: a name, no secret. 13 hex digits make the longest name a device can have.
        var hash = 14695981039346656037;
        foreach (var value in Encoding.UTF8.GetBytes($"{containerId}/{interfaceName}"))
        {
            hash = (hash ^ value) * 1099511628211;
        }

        return string.Create(CultureInfo.InvariantCulture, $"np{hash & 0xf_ffff_ffff_ffff:x13}");
    }

    public static ImmutableArray<AddressResult> Plan(IEnumerable<PreviousAddress> addresses) =>
    [
        .. addresses.Select(address => new AddressResult(
            address.Address,
            address.Address.GetAddressBytes().Length * 8,
            address.Gateway ?? (address.Address.AddressFamily == AddressFamily.InterNetworkV6 ? Gateway6 : Gateway4))),
    ];

    /// <summary>The routes IPAM asks for, by the gateway of their family; without any, the default route of each family.</summary>
    public static ImmutableArray<RouteResult> PlanRoutes(ImmutableArray<AddressResult> addresses, ImmutableArray<PreviousRoute> routes)
    {
        var gateways = addresses
            .GroupBy(address => address.Address.AddressFamily)
            .ToDictionary(family => family.Key, family => family.First().Gateway ?? Gateway4);
        if (routes.IsEmpty)
        {
            return [.. gateways.Values.Select(gateway => new RouteResult(
                gateway.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0, gateway))];
        }

        return
        [
            .. routes
                .Where(route => gateways.ContainsKey(route.Destination.AddressFamily))
                .Select(route => new RouteResult(
                    route.Destination, route.PrefixLength, route.Gateway ?? gateways[route.Destination.AddressFamily])),
        ];
    }

    /// <summary>Names, addresses and routes inside the container. The node's end is still down: nothing passes.</summary>
    public static Device ConfigureContainer(
        NetworkNamespace container, string interfaceName, ImmutableArray<AddressResult> addresses, ImmutableArray<RouteResult> routes) =>
        container.Run(() =>
        {
            using var devices = new DeviceTable();
            var device = devices.Find(interfaceName)
                ?? throw new CniException(CniErrorCode.DeviceFailed, $"the interface `{interfaceName}` vanished from the container");
            foreach (var address in addresses)
            {
                devices.AddAddress(device.Index, address.Address, address.PrefixLength);
            }

            devices.SetUp(device.Index);
            foreach (var address in addresses)
            {
                if (address.Gateway is { } gateway)
                {
                    devices.AddDirectRoute(device.Index, gateway);
                }
            }

            foreach (var route in routes)
            {
                devices.AddRoute(device.Index, route.Destination, route.PrefixLength, route.Gateway);
            }

            return device;
        });

    /// <summary>Opens the node's end. Only called when the container's policy is attached.</summary>
    public static void ConfigureHost(DeviceTable node, Device host, ImmutableArray<AddressResult> addresses)
    {
        // Routes need the device up; and the sysctls follow the device, not the node.
        EnableForwarding(host.Name);
        node.SetUp(host.Index);
        foreach (var address in addresses)
        {
            if (address.Gateway is { } gateway)
            {
                node.AddAddress(host.Index, gateway, gateway.GetAddressBytes().Length * 8);
            }

            node.AddDirectRoute(host.Index, address.Address);
        }
    }

    // Forwarding for this device alone; the node's other devices are its administrator's. The kernel forwards IPv6 only
    // if net.ipv6.conf.all.forwarding is set too, which is not ours to change: docs/cni.md says so.
    private static void EnableForwarding(string device)
    {
        foreach (var family in (ReadOnlySpan<string>)["ipv4", "ipv6"])
        {
            var path = $"/proc/sys/net/{family}/conf/{device}/forwarding";
            if (File.Exists(path))
            {
                File.WriteAllText(path, "1");
            }
        }
    }
}
