using System.Globalization;
using System.Net.Sockets;
using Netpol.Lab;

namespace Netpol.Tests.EndToEnd.Cluster;

/// <summary>Rules without an end in a node's FORWARD chains: what that node's stack forwards from some addresses.</summary>
internal sealed class ForwardCounter
{
    private static readonly AddressFamily[] Families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    private readonly NetworkNamespace _node;

    /// <param name="node">From 1, as <paramref name="from"/>: whose containers' packets are counted.</param>
    public ForwardCounter(LabCluster cluster, int node, int from)
    {
        _node = cluster.Nodes[node - 1].Network;
        foreach (var family in Families)
        {
            Tool.Run(_node, $"{Program(family)} -I FORWARD -s {LabCluster.SubnetOf(from, family)}");
        }
    }

    /// <summary>Packets of both families.</summary>
    public long Packets => Families.Sum(PacketsOf);

    public long PacketsOf(AddressFamily family) => long.Parse(
        Tool.Run(_node, $"{Program(family)} -nvxL FORWARD 1").Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);

    private static string Program(AddressFamily family) => family == AddressFamily.InterNetwork ? "iptables" : "ip6tables";
}
