using System.Net;
using System.Net.Sockets;
using Netpol.Lab;

namespace Netpol.Tests.EndToEnd.Offload;

/// <summary>How a peer outside the node is reached.</summary>
internal enum OutsideLink
{
    Veth,

    /// <summary>By VXLAN over a veth pair.</summary>
    Vxlan,

    /// <summary>The node's device takes 1400 bytes, but the peer asks for segments that need 1500: the path's MTU must be discovered.</summary>
    Narrow,
}

/// <summary>
/// A host that the node routes to. The node's devices towards it compute no checksums, so that what is left to do in a packet
/// (CHECKSUM_PARTIAL) is done before it leaves the node, and the peer's stack verifies the result.
/// </summary>
internal sealed class OutsidePeer : IDisposable
{
    /// <param name="number">Its place in the addresses; above 0, below 100.</param>
    public OutsidePeer(LabNode node, int number, OutsideLink link)
    {
        var name = $"out{number}";
        Network = NetworkNamespace.Create(Path.Combine(node.Folder, "netns", name));
        Address4 = IPAddress.Parse($"198.18.{number}.2");
        Address6 = IPAddress.Parse($"2001:db8:{number}::2");

        In(node, $"ip link add {name} type veth peer name eth0 netns {Network.Path}");
        var device = link == OutsideLink.Vxlan ? "vx0" : "eth0";
        var nodeDevice = link == OutsideLink.Vxlan ? $"vx{number}" : name;
        In(node, $"ethtool -K {name} tx off");
        if (link == OutsideLink.Vxlan)
        {
            AddUnderlay(node, name, number);
        }

        Address(node.Network, nodeDevice, number, 1);
        Address(Network, device, number, 2);
        if (link == OutsideLink.Narrow)
        {
            In(node, $"ip link set {nodeDevice} mtu 1400");
            In($"ip link set {device} mtu 1400");
        }

        var options = link == OutsideLink.Narrow ? " advmss 1460" : "";
        In($"ip -4 route add default via 198.18.{number}.1{options}");
        In($"ip -6 route add default via 2001:db8:{number}::1{options}");
    }

    public NetworkNamespace Network { get; }

    public IPAddress Address4 { get; }

    public IPAddress Address6 { get; }

    public IPAddress AddressFor(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? Address6 : Address4;

    public void Dispose() => Network.Dispose();

    private static void In(LabNode node, string command) => Tool.Run(node.Network, command);

    private static void Address(NetworkNamespace network, string device, int number, int host)
    {
        Tool.Run(network, $"ip address add 198.18.{number}.{host}/24 dev {device}");
        Tool.Run(network, $"ip address add 2001:db8:{number}::{host}/64 dev {device} nodad");
        Tool.Run(network, $"ip link set {device} up");
    }

    private void In(string command) => Tool.Run(Network, command);

    private void AddUnderlay(LabNode node, string name, int number)
    {
        In(node, $"ip address add 198.19.{number}.1/24 dev {name}");
        // The node's stack verifies the outer checksum, and so knows the inner packet's sum.
        In(node, $"ethtool -K {name} rx off");
        In(node, $"ip link set {name} up");
        In($"ip address add 198.19.{number}.2/24 dev eth0");
        In("ip link set eth0 up");
        In(node, $"ip link add vx{number} type vxlan id 7 dstport 4789 udpcsum local 198.19.{number}.1 remote 198.19.{number}.2");
        In($"ip link add vx0 type vxlan id 7 dstport 4789 udpcsum local 198.19.{number}.2 remote 198.19.{number}.1");
    }
}
