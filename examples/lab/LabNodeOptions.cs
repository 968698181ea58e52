using System.Text.Json.Nodes;
using Netpol.Lab.Cni;

namespace Netpol.Lab;

/// <summary>How a node is made.</summary>
/// <param name="Plugin">The CNI plugin netpol.</param>
/// <param name="Bundle">Folder of the bundle that the plugin's configuration names; null: none.</param>
/// <param name="Chain">Which network; null: after ptp.</param>
/// <param name="Hook">Null: found by probing; else <c>tcx</c> or <c>clsact</c>.</param>
public sealed record LabNodeOptions(string Plugin, string? Bundle = null, LabChain? Chain = null, string? Hook = null)
{
    public const string DefaultSubnet4 = "10.244.1.0/24";
    public const string DefaultSubnet6 = "fd00:10:0:1::/64";

    /// <summary>Sockets of the node and its containers are opened in a cgroup of its own, which the plugin's configuration names.</summary>
    public bool HasCgroup { get; init; }

    /// <summary>What goes to other nodes past the host's stack, as the plugin's configuration says it; null: it says nothing.</summary>
    public IReadOnlyList<string>? Straight { get; init; }

    public IReadOnlyList<string>? ViaStack { get; init; }

    /// <summary>Devices of the node that the plugin's configuration names; null: none.</summary>
    public string[]? Uplinks { get; init; }

    /// <summary>What they do before the host's stack, as the plugin's configuration says it; null: it says nothing.</summary>
    public string? Xdp { get; init; }

    public string Subnet4 { get; init; } = DefaultSubnet4;

    public string Subnet6 { get; init; } = DefaultSubnet6;
}

/// <summary>Builds the network of a node of its IPAM and netpol configurations: <see cref="CniNetwork.AfterPtp"/>.</summary>
public delegate CniNetwork LabChain(string name, JsonObject ipam, JsonObject netpol);
