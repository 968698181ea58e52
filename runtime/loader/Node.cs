using System.Collections.Immutable;
using Netpol.Bundle;

namespace Netpol.Loader;

/// <summary>
/// A node's datapath, held under the lock of its state folder until disposed. Every method leaves the node as it was or as it was
/// asked to be; a process killed in between leaves something that the next <see cref="Open"/> repairs.
/// </summary>
public sealed class Node : IDisposable
{
    /// <summary>The manifest in charge; null where no bundle was applied yet.</summary>
    public Manifest? Manifest => throw new NotImplementedException();

    /// <exception cref="LoaderException">Not root, no bpffs at the pins, another layout, or the lock is held for too long.</exception>
    public static Node Open(NodePaths paths, NodeOptions? options = null) => throw new NotImplementedException();

    /// <summary>Puts a bundle in charge, whole or not at all; does nothing (and costs little) if it is in charge already.</summary>
    public ApplyResult Apply(string bundleFolder) => throw new NotImplementedException();

    /// <summary>Makes the container's interface an endpoint. Repeating it changes nothing but what the spec changes.</summary>
    public EndpointStatus Attach(EndpointSpec spec) => throw new NotImplementedException();

    /// <summary>Forgets the endpoint; its device, if still there, is set down first. False: there was none.</summary>
    public bool Detach(string containerId, string interfaceName) => throw new NotImplementedException();

    /// <summary>What is not as <see cref="Attach"/> left it, one sentence each; empty: all is well.</summary>
    public ImmutableArray<string> Check(string containerId, string interfaceName) => throw new NotImplementedException();

    public NodeStatus Status() => throw new NotImplementedException();

    public CounterSnapshot Counters() => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
