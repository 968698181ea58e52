using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Netpol.Loader;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;
using Netpol.Loader.State;

namespace Netpol.Observe;

/// <summary>Reads a node's events. One reader at a time: an event that one has read is gone for others.</summary>
public sealed class EventReader : IDisposable
{
    private readonly FolderLock _lock;
    private readonly RingBuffer _ring;
    private readonly Explainer _explainer;

    private EventReader(FolderLock folderLock, RingBuffer ring, Explainer explainer) =>
        (_lock, _ring, _explainer) = (folderLock, ring, explainer);

    /// <exception cref="LoaderException">Not root, nothing loaded, or another reader is at work.</exception>
    public static EventReader Open(NodePaths paths)
    {
        if (LibC.geteuid() != 0)
        {
            throw new LoaderException("events are read from the kernel: run as root");
        }

        PinFolder pins = new(paths.Pins);
        StateFolder state = new(paths.State);
        var map = BpfMap.TryOpen(pins.NodeMap("events")) ?? throw new LoaderException(
            $"no datapath is pinned at `{paths.Pins}`; load a bundle with `netpol load BUNDLE`");
        try
        {
            var folderLock = FolderLock.TryTake(state.ObserverLockFile, shared: false, TimeSpan.Zero) ?? throw new LoaderException(
                $"somebody observes this node already, and an event goes to one reader; find it with `fuser {state.ObserverLockFile}`");
            return new EventReader(folderLock, new RingBuffer(map), new Explainer(state));
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>What is there now, oldest first.</summary>
    public IReadOnlyList<Observation> Read()
    {
        List<Observation> observations = [];
        _ring.Drain(record =>
        {
            if (record.Length >= Unsafe.SizeOf<FlowEvent>())
            {
                observations.Add(_explainer.Explain(MemoryMarshal.Read<FlowEvent>(record)));
            }
        });
        return observations;
    }

    /// <summary>Returns when there may be something to read, or after this time.</summary>
    public void Wait(TimeSpan limit) => _ring.Wait(limit);

    public void Dispose()
    {
        _ring.Dispose();
        _lock.Dispose();
    }
}
