using System.Collections.Immutable;
using Netpol.Loader.Generations;
using Netpol.Loader.Hooks;
using Netpol.Loader.Native;
using Netpol.Loader.State;
using Netpol.Loader.Tables;

namespace Netpol.Loader.Endpoints;

/// <summary>
/// Gives endpoints that were attached provisionally what takes long: programs of their own, which the verifier walks for milliseconds, and
/// TCX links, for which the kernel waits. Both are made without the node's lock and put in place under it. Killed at any instant it
/// leaves endpoints as well judged as they were, and the next one finishes.
/// </summary>
public static class Settlement
{
    /// <summary>
    /// The right to settle, as a descriptor that a process may hand to one that it starts; null: another process has it, and will see
    /// every endpoint that is attached by now, because it gives the right back under the node's lock and only when nothing is left.
    /// </summary>
    public static DescriptorHandle? TryReserve(NodePaths paths) =>
        FolderLock.TryTake(new StateFolder(paths.State).SettlementLockFile, shared: false, TimeSpan.Zero)?.Release();

    /// <summary>The right as the process that was started finds it.</summary>
    public static DescriptorHandle Adopt(int descriptor) => new(descriptor);

    /// <summary>Leaves word of a failure where people look: nobody reads the process' own streams.</summary>
    public static void Report(NodePaths paths, string message) => new StateFolder(paths.State).WriteLog("settlement", message + "\n");

    /// <summary>Settles until nothing is left to settle.</summary>
    /// <param name="right">From <see cref="TryReserve"/>; it is disposed.</param>
    public static void Run(NodePaths paths, DescriptorHandle right)
    {
        PinFolder pins = new(paths.Pins);
        StateFolder state = new(paths.State);
        using (right)
        {
            while (NextBatch(paths, pins, state, right) is { } batch)
            {
                using (batch.Generation)
                {
                    foreach (var endpoint in batch.Waiting)
                    {
                        Settle(paths, pins, state, batch.Generation, endpoint);
                    }
                }
            }
        }
    }

    private static (Generation Generation, ImmutableArray<EndpointRecord> Waiting)? NextBatch(
        NodePaths paths, PinFolder pins, StateFolder state, DescriptorHandle right)
    {
        using var node = Node.Open(paths);
        if (Generation.OpenCurrent(pins, state) is { } generation)
        {
            ImmutableArray<EndpointRecord> waiting =
                [.. state.ReadEndpoints().Where(record => record.Attached && record.Pending != Pending.None)];
            if (!waiting.IsEmpty)
            {
                return (generation, waiting);
            }

            using (generation)
            {
                var record = state.ReadNode();
                var slots = SlotSet.Parse(record.Slots);
                if ((slots.IsFree(record.Spare) ? record.Spare : slots.Next) is { } slot)
                {
                    new SpareStubs(pins, generation).Provide(slot, state);
                    state.WriteNode(record with { Spare = slot });
                }
            }
        }

        // INVARIANT (nobody is forgotten): given back under the lock, so whoever attaches next finds it free.
        right.Dispose();
        return null;
    }

    private static void Settle(NodePaths paths, PinFolder pins, StateFolder state, Generation generation, EndpointRecord waiting)
    {
        PlacedEndpoint endpoint = new(waiting);
        using var programs = new EndpointPrograms(generation.Templates, generation.Maps, generation.Number, state);
        using var judges = programs.LoadJudges(endpoint);
        using var stubs = programs.LoadStubs(endpoint.Record.Slot);
        using var links = waiting.Pending.HasFlag(Pending.Links) ? TryReserveLinks(pins, generation, waiting.InterfaceIndex) : null;

        using var node = Node.Open(paths);
        if (ControlWord.Read(pins) != generation.Number ||
            state.ReadEndpoint(waiting.Spec.ContainerId, waiting.Spec.InterfaceName) is not { } record ||
            !IsSame(record, waiting))
        {
            // It has gone or is another by now; if it waits still, the next batch has it.
            return;
        }

        state.BeginChange();
        generation.Slots.Put(record.Slot, judges.FromEndpoint, judges.ToEndpoint);
        if (links is not null)
        {
            new TcxHook(pins).TakeOver(record.Id, record.InterfaceIndex, links, stubs.FromEndpoint, stubs.ToEndpoint);
            record = record with { Hook = TcxHook.Kind, Pending = Pending.Links };
            state.WriteEndpoint(record);
            new ClsactHook().Detach(record.Id, record.InterfaceIndex);
        }

        state.WriteEndpoint(record with { Pending = Pending.None });
        state.EndChange();
    }

    /// <summary>Null where there is no TCX or the device has gone: the filters stay.</summary>
    private static TcxLinks? TryReserveLinks(PinFolder pins, Generation generation, int interfaceIndex)
    {
        using var idle = ProvisionalPrograms.OpenIdle(pins, generation);
        try
        {
            return TcxHook.Reserve(interfaceIndex, idle);
        }
        catch (KernelException)
        {
            return null;
        }
    }

    private static bool IsSame(EndpointRecord a, EndpointRecord b) =>
        RecordText.Of(a).AsSpan().SequenceEqual(RecordText.Of(b));
}
