using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Netpol.Lab.Cni;

namespace Netpol.Lab;

/// <summary>
/// A node: a network namespace with forwarding, a bpffs and a state folder of its own, and a CNI network. Its containers are
/// attached by running the real plugins. Everything goes when it is disposed, or when a later lab finds its process dead.
/// </summary>
public sealed class LabNode : IDisposable
{
    /// <summary>Where Debian's containernetworking-plugins puts its plugins.</summary>
    public const string StockPlugins = "/usr/lib/cni";

    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(10);

    private readonly LabFolder _folder;
    private readonly string _namespaces;
    private readonly List<LabContainer> _containers = [];
    private int _count;

    private LabNode(LabFolder folder, LabNodeOptions options)
    {
        _folder = folder;
        _namespaces = folder.Subfolder("netns");
        Cgroup = options.HasCgroup ? folder.MakeCgroup() : null;
        Network = NetworkNamespace.Create(Path.Combine(_namespaces, "node"), Cgroup);
        Pins = Path.Combine(folder.MountBpf("bpf"), "netpol");
        State = Path.Combine(folder.Path, "state");

        var plugins = folder.Subfolder("plugins");
        File.CreateSymbolicLink(Path.Combine(plugins, "netpol"), Path.GetFullPath(options.Plugin));
        PluginPath = $"{plugins}:{StockPlugins}";

        var ipam = CniNetwork.HostLocal(folder.Subfolder("ipam"), options.Subnet4, options.Subnet6);
        var netpol = CniNetwork.Netpol(options.Bundle, Pins, State, options.Hook, Cgroup?.Path, options.Uplinks);
        if (options.Xdp is not null)
        {
            netpol["xdp"] = options.Xdp;
        }

        foreach (var (key, prefixes) in new[] { ("straight", options.Straight), ("viaStack", options.ViaStack) })
        {
            if (prefixes is not null)
            {
                netpol[key] = new JsonArray([.. prefixes.Select(prefix => JsonValue.Create(prefix))]);
            }
        }

        Runtime = new((options.Chain ?? CniNetwork.AfterPtp)("lab", ipam, netpol), PluginPath, folder.Subfolder("cache"), Network);
    }

    public NetworkNamespace Network { get; }

    /// <summary>Null: sockets are where this process is.</summary>
    public LabCgroup? Cgroup { get; }

    public string Folder => _folder.Path;

    public string Pins { get; }

    public string State { get; }

    /// <summary><c>CNI_PATH</c>.</summary>
    public string PluginPath { get; }

    public CniRuntime Runtime { get; }

    public IReadOnlyList<LabContainer> Containers => _containers;

    public static LabNode Create(LabNodeOptions options)
    {
        var folder = LabFolder.Create();
        try
        {
            var node = new LabNode(folder, options);
            node.Network.Set("net/ipv4/ip_forward", "1");
            node.Network.Set("net/ipv6/conf/all/forwarding", "1");
            return node;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>An empty network namespace of this node's folder, and the attachment a runtime would ask for.</summary>
    public (NetworkNamespace Network, CniAttachment Attachment) Prepare(ContainerSpec spec)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{spec.Name}-{++_count}");
        var network = NetworkNamespace.Create(Path.Combine(_namespaces, id), Cgroup);
        return (network, new(id, network.Path, "eth0", Capabilities: spec.ToCapabilities()));
    }

    /// <summary>Makes a container and runs the chain's ADD; if that fails, its DEL too, as runtimes do.</summary>
    public LabContainer AddContainer(ContainerSpec spec)
    {
        var (network, attachment) = Prepare(spec);
        try
        {
            var container = new LabContainer(spec, network, Runtime, attachment, Runtime.Add(attachment));
            _containers.Add(container);
            return container;
        }
        catch (CniFailureException)
        {
            Runtime.Delete(attachment);
            network.Dispose();
            throw;
        }
    }

    public LabContainer AddContainer(string name, string @namespace, params (string Key, string Value)[] labels) =>
        AddContainer(new ContainerSpec(name, @namespace, labels.ToDictionary(label => label.Key, label => label.Value)));

    public void Remove(LabContainer container)
    {
        _containers.Remove(container);
        container.Dispose();
    }

    /// <summary>An ADD leaves a process that finishes its work; it holds this lock while it lives.</summary>
    public void WaitUntilSettled()
    {
        var file = Path.Combine(State, "settle.lock");
        for (var wait = Stopwatch.StartNew(); File.Exists(file) && wait.Elapsed < LongestSettling; Thread.Sleep(5))
        {
            try
            {
                // .NET takes flock(LOCK_EX | LOCK_NB) for it.
                new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
                return;
            }
            catch (IOException)
            {
            }
        }
    }

    /// <summary>Deletes every container through the chain, then the node.</summary>
    public void Dispose()
    {
        try
        {
            foreach (var container in Enumerable.Reverse(_containers))
            {
                container.Dispose();
            }
        }
        finally
        {
            WaitUntilSettled();
            Network.Dispose();
            _folder.Dispose();
        }
    }
}
