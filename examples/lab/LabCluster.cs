using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Netpol.Lab;

/// <summary>How nodes carry packets between each other's containers.</summary>
public enum LabFabric
{
    /// <summary>Each node routes the others' containers by their nodes' addresses.</summary>
    Native,

    /// <summary>Between nodes packets travel in UDP, by a VXLAN device on each.</summary>
    Vxlan,
}

/// <summary>
/// Nodes that are joined by a bridge, a network namespace of its own, and a host on the same bridge that is no part of the cluster and
/// knows no way to containers: nodes masquerade what goes there.
/// </summary>
public sealed class LabCluster : IDisposable
{
    /// <summary>The names of each node's device to the bridge, and to the overlay.</summary>
    public const string Uplink = "uplink";
    public const string Overlay = "vxlan0";

    private const string Bridge = "br0";

    /// <summary>The outside's number on the bridge; nodes count from 1.</summary>
    private const int OutsideNumber = 200;

    private readonly LabFolder _folder;
    private readonly NetworkNamespace _switch;
    private readonly List<LabNode> _nodes = [];

    private LabCluster(LabFolder folder, LabFabric fabric)
    {
        (_folder, Fabric) = (folder, fabric);
        var namespaces = folder.Subfolder("netns");
        _switch = NetworkNamespace.Create(Path.Combine(namespaces, "switch"));
        Tool.Run(_switch, $"ip link add {Bridge} type bridge");
        Tool.Run(_switch, $"ip link set {Bridge} up");
        Outside = NetworkNamespace.Create(Path.Combine(namespaces, "outside"));
        Join(Outside, OutsideNumber);
    }

    public LabFabric Fabric { get; }

    public IReadOnlyList<LabNode> Nodes => _nodes;

    public NetworkNamespace Outside { get; }

    /// <param name="options">Of a node by its number, from 1; subnets are the cluster's to give.</param>
    public static LabCluster Create(LabFabric fabric, int nodes, Func<int, LabNodeOptions> options)
    {
        var cluster = new LabCluster(LabFolder.Create(), fabric);
        try
        {
            for (var number = 1; number <= nodes; number++)
            {
                cluster._nodes.Add(LabNode.Create(options(number) with { Subnet4 = Subnet(number, false), Subnet6 = Subnet(number, true) }));
                cluster.Join(cluster._nodes[^1].Network, number);
            }

            for (var number = 1; number <= nodes; number++)
            {
                cluster.Route(number);
                cluster.Masquerade(number);
            }

            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>
    /// From now on the bridge is to nodes as a wire is: what it sends has its checksums, and it takes what their devices' drivers send back, which of veth
    /// devices those do that run an XDP program.
    /// </summary>
    /// <param name="program">An object file with one in the section <c>xdp</c>, which passes all.</param>
    public void BeAsWire(string program)
    {
        foreach (var number in Enumerable.Range(1, _nodes.Count).Append(OutsideNumber))
        {
            Tool.Run(_switch, Text($"ethtool -K port{number} tx off"));
            Tool.Run(_switch, Text($"ip link set dev port{number} xdpdrv obj {program} sec xdp"));
        }
    }

    /// <summary>The node's address on the bridge.</summary>
    public static IPAddress AddressOf(int number, AddressFamily family) => IPAddress.Parse(Address(number, family == AddressFamily.InterNetworkV6));

    public static IPAddress OutsideAddress(AddressFamily family) => IPAddress.Parse(OutsideAddress(family == AddressFamily.InterNetworkV6, OutsideNumber));

    /// <summary>Of the node's containers.</summary>
    public static string SubnetOf(int number, AddressFamily family) => Subnet(number, family == AddressFamily.InterNetworkV6);

    public void Dispose()
    {
        try
        {
            _nodes.ForEach(node => node.Dispose());
        }
        finally
        {
            Outside.Dispose();
            _switch.Dispose();
            _folder.Dispose();
        }
    }

    private static string Subnet(int number, bool isIpv6) => isIpv6 ? Text($"fd00:10:0:{number}::/64") : Text($"10.244.{number}.0/24");

    private static string Address(int number, bool isIpv6) => isIpv6 ? Text($"fd00:c0::{number}") : Text($"192.168.0.{number}");

    /// <summary>Of the overlay's device, which is the next hop to the node's containers.</summary>
    private static string InnerAddress(int number, bool isIpv6) => isIpv6 ? Text($"fd00:c1::{number}") : Text($"192.168.1.{number}");

    /// <summary>The outside knows nodes by addresses of a network of its own, which are not those that containers are routed by.</summary>
    private static string OutsideAddress(bool isIpv6, int number) => isIpv6 ? Text($"2001:db8:9::{number}") : Text($"198.18.9.{number}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Join(NetworkNamespace network, int number)
    {
        var port = Text($"port{number}");
        Tool.Run(_switch, $"ip link add {port} type veth peer name {Uplink} netns {network.Path}");
        Tool.Run(_switch, $"ip link set {port} master {Bridge} up");
        Tool.Run(network, $"ip link set {Uplink} up");
        foreach (var isIpv6 in new[] { false, true })
        {
            var length = isIpv6 ? 64 : 24;
            Tool.Run(network, $"ip address add {OutsideAddress(isIpv6, number)}/{length} dev {Uplink}");
            if (number != OutsideNumber)
            {
                Tool.Run(network, $"ip address add {Address(number, isIpv6)}/{length} dev {Uplink}");
            }
        }
    }

    private void Route(int number)
    {
        var network = _nodes[number - 1].Network;
        if (Fabric == LabFabric.Vxlan)
        {
            Tool.Run(network, $"ip link add {Overlay} type vxlan id 9 dstport 4789 local {Address(number, false)} dev {Uplink}");
            Tool.Run(network, $"ip link set {Overlay} up");
            Tool.Run(network, $"ip address add {InnerAddress(number, false)}/24 dev {Overlay}");
            Tool.Run(network, $"ip address add {InnerAddress(number, true)}/64 dev {Overlay}");
        }

        foreach (var other in Enumerable.Range(1, _nodes.Count).Where(other => other != number))
        {
            if (Fabric == LabFabric.Vxlan)
            {
                Tool.Run(network, $"bridge fdb append 00:00:00:00:00:00 dev {Overlay} dst {Address(other, false)}");
            }

            foreach (var isIpv6 in new[] { false, true })
            {
                var hop = Fabric == LabFabric.Vxlan ? InnerAddress(other, isIpv6) : Address(other, isIpv6);
                Tool.Run(network, $"ip route add {Subnet(other, isIpv6)} via {hop}");
            }
        }
    }

    private void Masquerade(int number)
    {
        var network = _nodes[number - 1].Network;
        foreach (var isIpv6 in new[] { false, true })
        {
            var program = isIpv6 ? "ip6tables" : "iptables";
            var outside = isIpv6 ? "2001:db8:9::/64" : "198.18.9.0/24";
            Tool.Run(network, $"{program} -t nat -A POSTROUTING -s {Subnet(number, isIpv6)} -d {outside} -o {Uplink} -j MASQUERADE");
        }
    }
}
