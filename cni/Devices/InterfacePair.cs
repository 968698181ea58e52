using Netpol.Cni.Protocol;

namespace Netpol.Cni.Devices;

/// <summary>A container's interface and its other end on the node, found in the kernel, not in anybody's words.</summary>
/// <param name="Container">As seen inside the container; its index is one of the container's namespace.</param>
internal sealed record InterfacePair(Device Host, Device Container)
{
    /// <remarks>
    /// prevResult lists the node's interfaces without saying which is whose: the bridge plugin lists its bridge too, and
    /// some plugins list none. So the container's device is asked for its other end; a veth knows it.
    /// </remarks>
    public static InterfacePair Find(NetworkNamespace containerNamespace, string interfaceName, PreviousResult previous, DeviceTable node)
    {
        var container = FindInContainer(containerNamespace, interfaceName)
            ?? throw new CniException(
                CniErrorCode.InvalidConfig,
                $"the container has no interface `{interfaceName}`",
                "chain netpol after a plugin that makes the interface, such as ptp or bridge");

        // Indexes repeat in other namespaces: it is the pair only if each end names the other.
        if (container.Kind == "veth"
            && node.Find(container.PeerIndex) is { Kind: "veth" } host
            && host.PeerIndex == container.Index)
        {
            return new(host, container);
        }

        var listed = string.Join(", ", previous.OnHost.Select(entry => entry.Name));
        throw new CniException(
            CniErrorCode.InvalidConfig,
            $"the container's interface `{interfaceName}`{(container.Kind.Length > 0 ? $" ({container.Kind})" : "")} has no veth end on this node",
            (listed.Length > 0 ? $"prevResult lists {listed} on the node; " : "")
                + "chain netpol after a plugin that makes a veth pair, such as ptp or bridge");
    }

    public static Device? FindInContainer(NetworkNamespace containerNamespace, string interfaceName) =>
        containerNamespace.Run(() =>
        {
            using var devices = new DeviceTable();
            return devices.Find(interfaceName);
        });
}
