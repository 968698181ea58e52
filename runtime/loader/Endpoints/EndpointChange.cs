using System.Collections.Immutable;
using System.Net;
using Netpol.Loader.Abi;
using Netpol.Loader.Generations;
using Netpol.Loader.Hooks;
using Netpol.Loader.Network;
using Netpol.Loader.State;
using Netpol.Loader.Tables;

namespace Netpol.Loader.Endpoints;

/// <summary>
/// Makes and unmakes endpoints in the generation in charge. The order is what keeps a container shut until it is judged: stubs on the
/// device (an empty slot drops), programs into the slot, the name of ports, the addresses, the services' backends, and last the epoch.
/// </summary>
internal sealed class EndpointChange(PinFolder pins, StateFolder state, Generation generation, HookKind hooks)
{
    // Addresses of this node have no endpoint by which a connection could tell that they have changed.
    private bool _isHostAnother;

    /// <param name="isProvisional">Judged from now on, but what takes long is left to <see cref="Settlement"/>.</param>
    internal EndpointRecord Attach(EndpointSpec spec, bool isProvisional)
    {
        SpecCheck.Require(spec);
        AssumptionCheck.Require(generation.Placement, spec);
        var device = HostInterface.IndexOf(spec.HostInterface);
        if (device == 0)
        {
            throw new LoaderException(
                $"there is no interface `{spec.HostInterface}` here; the container's other end must be in this network namespace");
        }

        var former = state.ReadEndpoint(spec.ContainerId, spec.InterfaceName);
        if (former is not null && former.InterfaceIndex != device)
        {
            Detach(former);
            former = null;
        }

        if (former is { Attached: true } && IsSame(former.Spec, spec) && IsInForce(former))
        {
            return former;
        }

        ClaimAddresses(spec, former);
        // Before anything is changed: a container for which the tables have no room must not lose its device to that.
        GenerationContent.Classify(generation.Classes, generation.Placement, PlacedEndpoint.Expected(spec));
        state.BeginChange();
        var record = Allocate(spec, device, former);
        try
        {
            record = isProvisional ? MakeProvisionally(record, former) : Make(record, former);
        }
        catch
        {
            // Shut, not half open: a failed attachment leaves the device down and no endpoint.
            if (former is not null)
            {
                PlacedEndpoint gone = new(former);
                generation.Services.Replace(gone, null, () => Known(former, null));
                Withdraw(gone, kept: []);
            }

            Unmake(record);
            state.EndChange();
            throw;
        }

        state.EndChange();
        return record;
    }

    internal void Detach(EndpointRecord record)
    {
        state.BeginChange();
        Unmake(record);
        state.EndChange();
    }

    /// <summary>Stubs, programs and addresses are where <see cref="Attach"/> put them.</summary>
    internal bool IsInForce(EndpointRecord record) =>
        HookChoice.Of(record.Hook, pins).IsAttached(record.Id, record.InterfaceIndex) &&
        generation.Slots.IsFilled(record.Slot) &&
        record.Spec.Addresses.Select(IPAddress.Parse)
            .All(address => !generation.Addresses.Has(address) || generation.Addresses.Find(address)?.Endpoint == record.Id);

    private EndpointRecord Allocate(EndpointSpec spec, int device, EndpointRecord? former)
    {
        var node = state.ReadNode();
        var slots = SlotSet.Parse(node.Slots);
        var namespaceId = node.Namespaces.TryGetValue(spec.Namespace, out var known)
            ? known
            : (uint)node.Namespaces.Count + 1;
        EndpointRecord record = new(
            NodeRecord.CurrentSchema, former?.Id ?? node.LastEndpoint + 1, former?.Slot ?? slots.Take(node.Spare), device, namespaceId,
            former?.Hook ?? "", Attached: false, spec, Pending.None, NamespaceCookie.Of(spec.NetworkNamespace));
        // The former's file stays until the new content is whole; a new one is written before anything is made for it.
        if (former is null)
        {
            state.WriteEndpoint(record);
        }

        state.WriteNode(node with
        {
            LastEndpoint = Math.Max(node.LastEndpoint, record.Id),
            LastEpoch = node.LastEpoch + 1,
            Namespaces = node.Namespaces.SetItem(spec.Namespace, namespaceId),
            Slots = slots.ToString(),
            HostAddresses = RefreshHost(node.HostAddresses, node.LastEpoch + 1),
        });
        return record;
    }

    private EndpointRecord Make(EndpointRecord record, EndpointRecord? former)
    {
        PlacedEndpoint endpoint = new(record);
        using EndpointPrograms programs = new(generation.Templates, generation.Maps, generation.Number, state);
        // The verifier takes longest of all and another processor may be idle; until the slot is filled the stubs drop.
        Errand<ProgramPair> loading = new(() => programs.LoadJudges(endpoint));
        try
        {
            using var stubs = programs.LoadStubs(record.Slot);
            record = record with { Hook = Hook(record, former, isHasty: false, stubs), Attached = true };
        }
        catch
        {
            loading.Abandon();
            throw;
        }

        using var judges = loading.Await();
        generation.Slots.Put(record.Slot, judges.FromEndpoint, judges.ToEndpoint);
        Publish(endpoint, former);
        state.WriteEndpoint(record);
        return record;
    }

    private EndpointRecord MakeProvisionally(EndpointRecord record, EndpointRecord? former)
    {
        PlacedEndpoint endpoint = new(record);
        using var stubs = new SpareStubs(pins, generation).TryOpen(record.Slot) ?? LoadStubs(record.Slot);
        var hook = Hook(record, former, isHasty: true, stubs);
        var isUnowned = hooks == HookKind.Auto && hook == ClsactHook.Kind;
        record = record with
        {
            Hook = hook,
            Attached = true,
            Pending = Pending.Programs | (isUnowned ? Pending.Links : Pending.None),
        };
        ProvisionalPrograms.Serve(pins, generation, endpoint);
        Publish(endpoint, former);
        state.WriteEndpoint(record);
        return record;
    }

    /// <summary>
    /// Puts the stubs on the device and answers by which hook. Two hooks would judge each packet twice: links that are there are kept, and
    /// the former hook goes once another judges.
    /// </summary>
    private string Hook(EndpointRecord record, EndpointRecord? former, bool isHasty, ProgramPair stubs)
    {
        if (former is not null && hooks != HookKind.Clsact && new TcxHook(pins).IsAttached(record.Id, record.InterfaceIndex))
        {
            new ClsactHook().Detach(record.Id, record.InterfaceIndex);
            return TcxHook.Kind;
        }

        var hook = HookChoice.Attach(hooks, isHasty, pins, record.Id, record.InterfaceIndex, stubs.FromEndpoint, stubs.ToEndpoint);
        if (former is { Hook: not "" } && former.Hook != hook.Name)
        {
            HookChoice.Of(former.Hook, pins).Detach(record.Id, record.InterfaceIndex);
        }

        return hook.Name;
    }

    private ProgramPair LoadStubs(int slot)
    {
        using EndpointPrograms programs = new(generation.StubTemplates, generation.Maps, generation.Number, state);
        return programs.LoadStubs(slot);
    }

    private void Publish(PlacedEndpoint endpoint, EndpointRecord? former)
    {
        var replaced = former is null ? null : new PlacedEndpoint(former);
        if (replaced is not null)
        {
            Withdraw(replaced, kept: endpoint.Addresses);
        }

        generation.PortNames.Write(endpoint.Record.Id, endpoint.Record.Spec.Ports);
        var epoch = state.ReadNode().LastEpoch;
        generation.Content(epoch).WriteAddresses(endpoint);
        // One whose attachment was cut short is no backend yet.
        generation.Services.Replace(former is { Attached: true } ? replaced : null, endpoint, () => Known(endpoint.Record, endpoint));
        generation.SocketNamespaces.Write(endpoint);
        if (_isHostAnother)
        {
            generation.CommitPolicy(epoch);
        }
        else
        {
            generation.CommitAddresses(epoch);
        }
    }

    /// <summary>The reverse of <see cref="Make"/>. A device that is still there is set down first: nothing may pass it unjudged.</summary>
    private void Unmake(EndpointRecord record)
    {
        var deviceIsThere = HostInterface.IndexOf(record.Spec.HostInterface) == record.InterfaceIndex;
        if (deviceIsThere)
        {
            HostInterface.SetDown(record.Spec.HostInterface);
        }

        PlacedEndpoint gone = new(record);
        generation.Services.Replace(gone, null, () => Known(record, null));
        Withdraw(gone, kept: []);
        var node = state.ReadNode();
        generation.CommitAddresses(node.LastEpoch + 1);
        using (var vacant = ProvisionalPrograms.TryOpenVacant(pins, generation.Number))
        {
            generation.Slots.Clear(record.Slot, vacant);
        }

        OrphanedSockets.End(state, generation.Services, gone);
        HookChoice.DetachAll(pins, record.Id, deviceIsThere ? record.InterfaceIndex : 0);
        var slots = SlotSet.Parse(node.Slots);
        slots.Release(record.Slot);
        state.DeleteEndpoint(record);
        state.WriteNode(node with { LastEpoch = node.LastEpoch + 1, Slots = slots.ToString() });
    }

    private void Withdraw(PlacedEndpoint endpoint, ImmutableArray<IPAddress> kept)
    {
        generation.SocketNamespaces.Delete(endpoint);
        foreach (var address in endpoint.Addresses)
        {
            if (!kept.Contains(address) && generation.Addresses.Find(address)?.Endpoint == endpoint.Record.Id)
            {
                generation.Addresses.Delete(address);
            }
        }

        generation.PortNames.Delete(endpoint.Record.Id, endpoint.Record.Spec.Ports);
    }

    /// <summary>All endpoints, this one as it is now; null: it is none any more.</summary>
    private List<PlacedEndpoint> Known(EndpointRecord changed, PlacedEndpoint? now) =>
    [
        .. state.Remotes.Endpoints.Values.Select(record => new PlacedEndpoint(record)),
        .. state.ReadEndpoints().Where(record => record.Attached && record.Id != changed.Id).Select(record => new PlacedEndpoint(record)),
        .. now is null ? [] : (PlacedEndpoint[])[now],
    ];

    /// <summary>Writes what has come and gone since the last time; answers what is there now.</summary>
    private ImmutableArray<string> RefreshHost(ImmutableArray<string> former, uint epoch)
    {
        var present = HostAddresses.Read();
        _isHostAnother |= !present.SequenceEqual(former);
        foreach (var address in present.Except(former))
        {
            generation.Content(epoch).WriteHost(IPAddress.Parse(address));
        }

        if (!present.SequenceEqual(former))
        {
            MasqueradeTable.Write(generation.Maps, generation.Placement.NodeRanges ?? [], state.ReadNode().Uplinks);
        }

        foreach (var address in former.Except(present))
        {
            GenerationContent.DeleteHost(
                generation.Maps, IPAddress.Parse(address), () => state.ReadManifest(generation.Number, generation.Record.Revision) ?? generation.Placement);
        }

        return [.. present];
    }

    /// <summary>Two live containers with one address would be one to every rule; one whose device has gone has lost its claim.</summary>
    private void ClaimAddresses(EndpointSpec spec, EndpointRecord? former)
    {
        foreach (var address in spec.Addresses)
        {
            if (generation.Addresses.Find(IPAddress.Parse(address)) is not { Kind: (byte)AddressKind.Endpoint } head ||
                head.Endpoint == former?.Id ||
                state.ReadEndpoints().FirstOrDefault(record => record.Id == head.Endpoint) is not { } owner)
            {
                continue;
            }

            if (HostInterface.IndexOf(owner.Spec.HostInterface) == owner.InterfaceIndex)
            {
                throw new LoaderException(
                    $"address {address} belongs to container {owner.Spec.ContainerId} ({owner.Spec.Namespace}); detach that one first");
            }

            Detach(owner);
        }
    }

    // Immutable arrays compare by reference, so specs are compared as they are stored.
    private static bool IsSame(EndpointSpec a, EndpointSpec b) =>
        RecordText.Of(a).AsSpan().SequenceEqual(RecordText.Of(b));
}
