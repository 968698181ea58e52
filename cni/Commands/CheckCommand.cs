using System.Net;
using Netpol.Cni.Configuration;
using Netpol.Cni.Devices;
using Netpol.Cni.Ipam;
using Netpol.Cni.Protocol;

namespace Netpol.Cni.Commands;

/// <summary>CHECK: is everything as ADD left it? The interface and its addresses, the programs, the maps' entries.</summary>
internal static class CheckCommand
{
    public static void Run(Invocation invocation, NetworkConfig config)
    {
        var previous = PreviousResult.Read(
            config.Previous ?? throw new CniException(
                CniErrorCode.InvalidConfig, "`prevResult` is missing", "a runtime gives CHECK the result of the ADD"),
            "prevResult");

        using var container = NetworkNamespace.OpenContainer(invocation.NetworkNamespace);
        using var node = new DeviceTable();
        var pair = FindPair(invocation, previous, container, node);
        var problems = MissingAddresses(container, pair.Container, previous.AddressesOf(invocation.InterfaceName))
            .Concat(pair.Host.IsUp ? [] : [$"the host-side device `{pair.Host.Name}` is down"])
            .Concat(Datapath.Use(config, datapath => datapath.Check(invocation.ContainerId, invocation.InterfaceName), isReadOnly: true))
            .ToArray();
        if (problems.Length > 0)
        {
            throw new CniException(CniErrorCode.CheckFailed, problems[0], string.Join("; ", problems.Skip(1)));
        }

        if (config.IpamType is { } ipam)
        {
            new IpamPlugin(ipam, invocation, config.Text).Check();
        }
    }

    private static InterfacePair FindPair(
        Invocation invocation, PreviousResult previous, NetworkNamespace container, DeviceTable node)
    {
        try
        {
            return InterfacePair.Find(container, invocation.InterfaceName, previous, node);
        }
        catch (CniException error) when (error.Code == CniErrorCode.InvalidConfig)
        {
            throw new CniException(CniErrorCode.CheckFailed, error.Message);
        }
    }

    private static IEnumerable<string> MissingAddresses(NetworkNamespace container, Device device, IEnumerable<IPAddress> expected)
    {
        var present = container.Run(() =>
        {
            using var devices = new DeviceTable();
            return devices.Addresses(device.Index);
        });
        return expected.Where(address => !present.Contains(address)).Select(address => $"the container lost its address {address}");
    }
}
