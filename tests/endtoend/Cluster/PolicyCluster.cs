using System.Collections.Immutable;
using Netpol.Lab;
using Netpol.Loader;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Cluster;

/// <summary>A cluster under one policy: what is attached on a node is made known to all others, as an agent would.</summary>
internal sealed class PolicyCluster : IDisposable
{
    private readonly PolicyBundle _bundle;
    private readonly List<(LabNode Node, LabContainer Container)> _containers = [];
    private readonly Dictionary<LabNode, LiveNode> _live = [];
    private readonly string[]? _uplinks;
    private readonly XdpMode? _xdp;

    /// <param name="hasUplinks">What comes from other nodes and outside is judged where it comes in.</param>
    /// <param name="xdp">How uplinks send on what they can before the stack; null: they do not.</param>
    public PolicyCluster(
        string policy, LabFabric fabric, int nodes, bool hasCgroup = false, bool hasUplinks = false, bool isStraight = false, XdpMode? xdp = null, params string[] viaStack)
    {
        _bundle = PolicyBundle.Build(policy);
        _xdp = xdp;
        try
        {
            _uplinks = hasUplinks ? fabric == LabFabric.Vxlan ? [LabCluster.Uplink, LabCluster.Overlay] : [LabCluster.Uplink] : null;
            var straight = isStraight ? new[] { StraightDelivery.Pods } : null;
            Lab = LabCluster.Create(fabric, nodes, _ => new(Product.Plugin, _bundle.Folder)
            {
                HasCgroup = hasCgroup,
                Straight = straight,
                ViaStack = isStraight ? viaStack : null,
                Uplinks = _uplinks,
                Xdp = xdp is { } mode ? mode.ToString().ToLowerInvariant() : null,
            });
        }
        catch
        {
            _bundle.Dispose();
            throw;
        }
    }

    public LabCluster Lab { get; }

    /// <param name="node">From 1.</param>
    public LabContainer Add(int node, string name, string app)
    {
        var home = Lab.Nodes[node - 1];
        var container = home.AddContainer(name, "shop", ("app", app));
        foreach (var (other, known) in _containers.Where(known => known.Node != home))
        {
            Publish(home, known, known.Spec.Labels["app"]);
        }

        _containers.Add((home, container));
        Publish(container, app);
        return container;
    }

    /// <summary>Tells all other nodes by which label a container is known from now on.</summary>
    public void Publish(LabContainer container, string app)
    {
        var home = _containers.First(known => known.Container == container).Node;
        foreach (var node in Lab.Nodes.Where(node => node != home))
        {
            Publish(node, container, app);
        }
    }

    public void Remove(LabContainer container)
    {
        var home = _containers.First(known => known.Container == container).Node;
        _containers.Remove((home, container));
        foreach (var node in Lab.Nodes.Where(node => node != home && _live.ContainsKey(node)))
        {
            node.Network.Run(() => _live[node].Withdraw(container.Attachment.ContainerId));
        }

        home.Remove(container);
    }

    public void Dispose()
    {
        foreach (var (node, live) in _live)
        {
            node.Network.Run(live.Dispose);
        }

        Lab.Dispose();
        _bundle.Dispose();
    }

    private void Publish(LabNode node, LabContainer container, string app) => node.Network.Run(() =>
    {
        if (!_live.TryGetValue(node, out var live))
        {
            NodePaths paths = new(node.Pins, node.State);
            using (var loaded = Node.Open(paths, new NodeOptions(Uplinks: _uplinks is null ? null : [.. _uplinks]) { Xdp = _xdp }))
            {
                loaded.Apply(_bundle.Folder);
            }

            _live[node] = live = LiveNode.Open(paths);
        }

        live.Publish(new RemoteEndpoint(
            container.Attachment.ContainerId, [.. container.Addresses.Select(address => address.ToString())], "shop", null,
            ImmutableSortedDictionary<string, string>.Empty.Add("app", app), [], container.Name));
    });
}
