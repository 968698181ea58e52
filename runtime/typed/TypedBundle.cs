using Netpol.Loader;
using Netpol.Loader.Native;
using Netpol.Observe;

namespace Netpol.Runtime;

/// <summary>
/// One bundle and the node it is for: what generated classes stand on. It holds no lock between calls, so that container runtimes can
/// attach containers meanwhile; each call waits for others that change the node, 30 seconds at most.
/// </summary>
/// <param name="folder">The bundle's folder.</param>
public abstract class TypedBundle(string folder, NodePaths? paths, NodeOptions? options)
{
    private readonly NodeOptions _options = options ?? new NodeOptions();

    public string Folder { get; } = Path.GetFullPath(folder);

    public NodePaths Paths { get; } = paths ?? NodePaths.Default;

    /// <summary>SHA-256 of the bundle, in lower-case hex, as it was when the class was generated.</summary>
    public abstract string Digest { get; }

    /// <summary>Puts the bundle in charge of the node, whole or not at all.</summary>
    /// <exception cref="LoaderException">Also where the folder now has another bundle than the one this class was generated from.</exception>
    public ApplyResult Load()
    {
        using var node = Node.Open(Paths, _options);
        var result = node.Apply(Folder);
        return result.Digest == Digest ? result : throw Another(result.Digest);
    }

    /// <summary>Whether a node at these paths is judged by this bundle now.</summary>
    public bool IsInCharge()
    {
        using var node = OpenToRead();
        return node.Manifest?.Digest == Digest;
    }

    /// <summary>Makes a container's interface an endpoint. Repeating it changes nothing but what the spec changes.</summary>
    public EndpointStatus Attach(EndpointSpec spec)
    {
        using var node = Node.Open(Paths, _options);
        return node.Attach(spec);
    }

    /// <summary>False: there was no such endpoint.</summary>
    public bool Detach(string containerId, string interfaceName)
    {
        using var node = Node.Open(Paths, _options);
        return node.Detach(containerId, interfaceName);
    }

    public NodeStatus Status()
    {
        using var node = OpenToRead();
        return node.Status();
    }

    public CounterSnapshot Counters()
    {
        using var node = OpenToRead();
        return node.Counters();
    }

    /// <summary>The node's flow events, explained. One reader at a time.</summary>
    public EventReader Observe() => EventReader.Open(Paths);

    /// <summary>For generated properties.</summary>
    /// <exception cref="LoaderException">Another bundle is in charge: its maps may look otherwise.</exception>
    protected BpfMap OpenMap(string name)
    {
        using var node = OpenToRead();
        var digest = node.Manifest?.Digest ?? throw new LoaderException($"no bundle is in charge of the node at `{Paths.Pins}`: call Load first");
        return digest == Digest ? node.OpenMap(name) : throw Another(digest);
    }

    private Node OpenToRead() => Node.Open(Paths, _options with { ReadOnly = true });

    private LoaderException Another(string digest) => new(
        $"the bundle {digest} is in charge, and this class was generated from {Digest}: build the project again, or load its bundle");
}
