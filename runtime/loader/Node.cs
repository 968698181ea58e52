using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Loader.Endpoints;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.Network;
using Netpol.Loader.State;
using Netpol.Loader.Tables;

namespace Netpol.Loader;

/// <summary>
/// A node's datapath, held under the lock of its state folder until disposed. Every method leaves the node as it was or as it was
/// asked to be; a process killed in between leaves something that the next <see cref="Open"/> repairs.
/// </summary>
public sealed class Node : IDisposable
{
    /// <summary>Manifests of this many generations are kept, so that events still unread can be explained.</summary>
    private const int KeptManifests = 4;

    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(30);

    private readonly NodePaths _paths;
    private readonly NodeOptions _options;
    private readonly FolderLock? _lock;
    private readonly PinFolder _pins;
    private readonly StateFolder _state;
    private readonly NodeHooks _hooks;
    private Generation? _generation;

    private Node(NodePaths paths, NodeOptions options, FolderLock? folderLock, PinFolder pins, StateFolder state)
    {
        (_paths, _options, _lock, _pins, _state) = (paths, options, folderLock, pins, state);
        _hooks = new NodeHooks(pins, state, options.Hook);
    }

    /// <summary>The manifest in charge; null where no bundle was applied yet.</summary>
    public Manifest? Manifest => _generation is null ? null : _state.ReadManifest(_generation.Number, _generation.Record.Revision);

    /// <summary>Which uplinks do without an XDP program that was asked for, and why, a sentence each; as far as this node was changed since it was opened.</summary>
    public ImmutableArray<string> Refusals => _hooks.Refusals;

    /// <exception cref="LoaderException">Not root, no bpffs at the pins, another layout, or the lock is held for too long.</exception>
    public static Node Open(NodePaths paths, NodeOptions? options = null)
    {
        options ??= new NodeOptions();
        if (LibC.geteuid() != 0)
        {
            throw new LoaderException("a node's datapath is the kernel's: run as root");
        }

        PinFolder pins = new(paths.Pins);
        StateFolder state = new(paths.State);
        if (!options.ReadOnly)
        {
            pins.Create();
            state.Create();
        }
        else if (!File.Exists(state.LockFile))
        {
            // Nothing was ever made here, and looking makes nothing.
            return new Node(paths, options, null, pins, state);
        }

        var folderLock = FolderLock.TryTake(state.LockFile, options.ReadOnly, options.Wait ?? DefaultWait) ??
            throw new LoaderException(
                $"another process is changing the node of `{paths.State}` and did not end; find it with `fuser {state.LockFile}`");
        Node node = new(paths, options, folderLock, pins, state);
        try
        {
            var isRepaired = !options.ReadOnly && state.IsChanging;
            if (isRepaired)
            {
                NodeRepair.Run(pins, state);
            }

            node._generation = Generation.OpenCurrent(pins, state);
            if (isRepaired)
            {
                node._hooks.Renew(node._generation);
            }

            if (!options.ReadOnly && options.Uplinks is { } uplinks)
            {
                node.AttachUplinks(uplinks);
            }

            if (!options.ReadOnly && options.Xdp is { } mode)
            {
                node.AttachXdp(mode);
            }

            return node;
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    /// <summary>The folder's bundle is the one that was put in charge last, and its files have not changed. Asks much less than <see cref="Apply"/>.</summary>
    public bool IsInCharge(string bundleFolder) => IsInCharge(BundleFolder.Open(bundleFolder));

    /// <summary>Puts a bundle in charge, whole or not at all; does nothing (and costs little) if it is in charge already.</summary>
    /// <exception cref="VerifierException">The kernel refused a program; nothing has changed.</exception>
    public ApplyResult Apply(string bundleFolder)
    {
        var bundle = BundleFolder.Open(bundleFolder);
        var isMoved = IsMoved();
        if (!isMoved && _generation is { Record: var record } && IsInCharge(bundle))
        {
            return Unchanged(record);
        }

        var content = bundle.Read();
        if (!isMoved && _generation is { Record: var current } && current.Digest == content.Manifest.Digest)
        {
            _state.WriteGeneration(current with { Bundle = bundle.FullPath, Stamp = bundle.Stamp });
            return Unchanged(current);
        }

        return Replace(bundle.FullPath, bundle.Stamp, content);
    }

    private ApplyResult Replace(string bundle, string stamp, BundleContent content, EndpointSpec? expected = null)
    {
        ForgetStrangers();
        StraightTable.Require(Straight(StraightDelivery.None));
        _state.BeginChange();
        var node = _state.ReadNode();
        if (IsMoved())
        {
            _state.WriteNode(node with { Zone = _options.Zone ?? node.Zone, Straight = Straight(node.Straight) });
        }

        var former = _generation;
        GenerationRecord made;
        try
        {
            made = new GenerationBuilder(_pins, _state).Build(bundle, stamp, content, expected, former?.Number ?? 0);
        }
        catch
        {
            _state.EndChange();
            throw;
        }

        _generation = Generation.OpenCurrent(_pins, _state);
        var endpoints = _state.ReadEndpoints();
        Retire(former, endpoints);
        if (_generation is { Number: 1 } first)
        {
            _hooks.RenewDevices(first, endpoints);
        }

        _hooks.Renew(_generation);
        _state.EndChange();
        return new ApplyResult(Changed: true, made.Generation, made.Digest, endpoints.Count(endpoint => endpoint.Attached));
    }

    /// <summary>Makes the container's interface an endpoint. Repeating it changes nothing but what the spec changes.</summary>
    public EndpointStatus Attach(EndpointSpec spec) =>
        NodeView.StatusOf(WithRoom(spec, () => Change().Attach(spec, isProvisional: false)), _generation?.Placement);

    /// <summary>
    /// The same, in a fraction of the time: the container is judged from now on, and <see cref="Settlement"/>, which the caller starts
    /// after this node is disposed, gives it programs of its own and TCX links.
    /// </summary>
    public void AttachProvisionally(EndpointSpec spec) => WithRoom(spec, () => Change().Attach(spec, isProvisional: true));

    /// <summary>
    /// From now on sockets of this node and its containers, as far as they are below the cgroup, reach services without translation by packet.
    /// Sockets that are connected already stay as they are. Repeating it makes good what is missing.
    /// </summary>
    /// <param name="cgroup">A folder of a cgroup2.</param>
    /// <exception cref="LoaderException">There is no cgroup2 at the path.</exception>
    public void AttachSockets(string cgroup) => _hooks.AttachSockets(cgroup, _generation);

    /// <summary>The reverse; sockets that were led to backends stay connected to them, and see the backends' addresses.</summary>
    public void DetachSockets() => _hooks.DetachSockets();

    /// <summary>
    /// From now on packets to containers of this node that come by these devices are judged there and go straight to them. The devices stay what
    /// they are for everything else, and programs that are on them run first. What is named replaces what was named before; repeating it makes good what is missing.
    /// </summary>
    /// <param name="devices">By name; empty: none any more.</param>
    /// <exception cref="LoaderException">There is no such device.</exception>
    public void AttachUplinks(ImmutableArray<string> devices) => _hooks.AttachUplinks(devices, _generation);

    /// <summary>
    /// From now on uplinks send packets of load balancing on before the host's stack sees them, those of connections to backends on other nodes. Everything else,
    /// and all of it on a device that takes no XDP program (<see cref="Refusals"/>), goes the way that it went. Repeating it makes good what is missing.
    /// </summary>
    public void AttachXdp(XdpMode mode) => _hooks.AttachXdp(mode, _generation);

    /// <summary>Forgets the endpoint; its device, if still there, is set down first. False: there was none.</summary>
    public bool Detach(string containerId, string interfaceName)
    {
        SpecCheck.RequireIdentity(containerId, interfaceName);
        if (_state.ReadEndpoint(containerId, interfaceName) is not { } record)
        {
            return false;
        }

        if (_generation is { } generation)
        {
            new EndpointChange(_pins, _state, generation, _options.Hook).Detach(record);
        }
        else
        {
            // The pins went with a reboot; only the file is left.
            Forget(record);
        }

        return true;
    }

    /// <summary>What is not as <see cref="Attach"/> left it, one sentence each; empty: all is well.</summary>
    public ImmutableArray<string> Check(string containerId, string interfaceName)
    {
        SpecCheck.RequireIdentity(containerId, interfaceName);
        return NodeView.Problems(_generation, _pins, _state.ReadEndpoint(containerId, interfaceName), containerId, interfaceName);
    }

    public NodeStatus Status() => NodeView.Status(_generation, _pins, _state);

    /// <summary>What the kernel gave the bundle in charge, beside its certificate; null: there is no bundle, or it came without one.</summary>
    public NodeCapacity? Capacity() => _generation is { } generation ? CapacityView.Of(generation, _state) : null;

    /// <summary>Null: no bundle is in charge.</summary>
    public NodePressure? Pressure() => NodeView.Pressure(_generation);

    public CounterSnapshot Counters() => NodeView.Counters(_generation, Manifest);

    /// <summary>
    /// A map of the bundle in charge, for reading; the caller disposes it. It outlives this node and its bundle's time in charge: open it
    /// anew where that matters.
    /// </summary>
    /// <exception cref="LoaderException">No bundle is in charge, or it has no such map.</exception>
    public BpfMap OpenMap(string name)
    {
        if (_generation is null || Manifest is not { } manifest)
        {
            throw NothingInCharge();
        }

        var map = manifest.Layout.Maps.FirstOrDefault(map => map.Name == name)
            ?? throw new LoaderException($"the bundle in charge has no map `{name}`");
        return BpfMap.Open(map.Scope == "node" ? _pins.NodeMap(name) : _pins.GenerationMap(_generation.Number, name));
    }

    public void Dispose()
    {
        _generation?.Dispose();
        _lock?.Dispose();
    }

    private bool IsInCharge(BundleFolder bundle) =>
        _generation is { Record: var record } && record.Bundle == bundle.FullPath && record.Stamp == bundle.Stamp && !IsMoved();

    /// <summary>Something that a generation's tables are made of is said anew of this node.</summary>
    private bool IsMoved()
    {
        if (_options is { Zone: null, Straight: null, ViaStack: null })
        {
            return false;
        }

        var node = _state.ReadNode();
        return (_options.Zone is { } zone && zone != node.Zone) || Straight(node.Straight) != node.Straight;
    }

    private StraightDelivery Straight(StraightDelivery former) =>
        new(_options.Straight ?? former.To, _options.ViaStack ?? former.ViaStack);

    private EndpointChange Change() => new(_pins, _state, _generation ?? throw NothingInCharge(), _options.Hook);

    private LoaderException NothingInCharge() =>
        new($"no bundle is in charge of the node at `{_paths.Pins}`; load one with `netpol load BUNDLE`");

    /// <summary>
    /// Tables are made to measure with room to spare. Where an endpoint outgrows them, the same bundle is loaded once more, with room for it.
    /// </summary>
    private EndpointRecord WithRoom(EndpointSpec spec, Func<EndpointRecord> attach)
    {
        try
        {
            return attach();
        }
        catch (TablesFullException) when (_generation is not null)
        {
            MakeRoom(spec);
            return attach();
        }
    }

    /// <summary>Loads the bundle in charge once more, with tables to measure and as much again.</summary>
    internal void MakeRoom(EndpointSpec? expected = null)
    {
        if (_generation is { Record: var record } && _state.ReadBundle(record) is { } content)
        {
            Replace(record.Bundle, record.Stamp, content, expected);
        }
    }

    private ApplyResult Unchanged(GenerationRecord record) =>
        new(Changed: false, record.Generation, record.Digest, _state.CountEndpoints());

    /// <summary>Before the first generation of new pins: endpoints of an earlier boot whose devices are gone.</summary>
    private void ForgetStrangers()
    {
        if (_generation is null)
        {
            foreach (var record in _state.ReadEndpoints())
            {
                if (HostInterface.IndexOf(record.Spec.HostInterface) != record.InterfaceIndex)
                {
                    Forget(record);
                }
            }
        }
    }

    private void Forget(EndpointRecord record)
    {
        var node = _state.ReadNode();
        var slots = SlotSet.Parse(node.Slots);
        slots.Release(record.Slot);
        _state.DeleteEndpoint(record);
        _state.WriteNode(node with { Slots = slots.ToString() });
    }

    private void Retire(Generation? former, ImmutableArray<EndpointRecord> endpoints)
    {
        if (former is null || _generation is null)
        {
            return;
        }

        Quiescence.Wait();
        SlotTable slots = new(_generation.Maps, former.Number);
        using var vacant = ProvisionalPrograms.TryOpenVacant(_pins, _generation.Number);
        foreach (var endpoint in endpoints)
        {
            slots.Clear(endpoint.Slot, vacant);
        }

        SocketPrograms.Clear(_pins, former.Number);
        UplinkPrograms.Clear(_pins, former.Number);
        former.Dispose();
        _pins.DeleteGeneration(former.Number);
        _state.RetireGeneration(former.Number);
        foreach (var old in _state.Generations().Where(old => old + KeptManifests <= _generation.Number).ToArray())
        {
            _state.DeleteGeneration(old);
        }
    }
}
