using Netpol.Cni.Configuration;
using Netpol.Cni.Devices;
using Netpol.Cni.Ipam;
using Netpol.Cni.Protocol;

namespace Netpol.Cni.Commands;

/// <summary>
/// DEL: forgets the container, and removes what an ADD alone had made. Needs neither prevResult nor the container's
/// namespace, and succeeds for what is gone: a runtime repeats it until it succeeds.
/// </summary>
internal static class DelCommand
{
    public static void Run(Invocation invocation, NetworkConfig config)
    {
        // Policy first: the address is given away only when nobody answers to it any more. One failure does not keep the
        // other steps from being done.
        List<Exception> failures = [];
        Try(() => Datapath.Detach(config, invocation.ContainerId, invocation.InterfaceName), failures);
        if (config.IpamType is { } ipam)
        {
            Try(() => DeleteOwnDevice(new(invocation.ContainerId, invocation.InterfaceName)), failures);
            Try(() => new IpamPlugin(ipam, invocation, config.Text).Delete(), failures);
        }

        if (failures.Count > 0)
        {
            throw failures[0];
        }
    }

    public static void DeleteOwnDevice(AttachmentKey attachment)
    {
        using var node = new DeviceTable();
        if (node.Find(OwnVeth.HostName(attachment.ContainerId, attachment.InterfaceName)) is { } host)
        {
            node.Delete(host.Index);
        }
    }

    private static void Try(Action step, List<Exception> failures)
    {
        try
        {
            step();
        }
        catch (Exception error) when (error is CniException or IOException)
        {
            failures.Add(error);
        }
    }
}
