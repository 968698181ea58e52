using Netpol.Loader.Generations;
using Netpol.Loader.Network;
using Netpol.Loader.State;
using Netpol.Loader.Tables;

namespace Netpol.Loader;

/// <summary>Brings a node whose last change was cut short to what its state folder says; running it twice is running it once.</summary>
internal static class NodeRepair
{
    internal static void Run(PinFolder pins, StateFolder state)
    {
        state.DeleteDrafts();
        using var generation = Generation.OpenCurrent(pins, state);
        var number = generation?.Number ?? 0;
        foreach (var other in pins.Generations().Where(other => other != number).ToArray())
        {
            pins.DeleteGeneration(other);
        }

        foreach (var later in state.Generations().Where(later => later > number).ToArray())
        {
            state.DeleteGeneration(later);
        }

        var endpoints = state.ReadEndpoints();
        var slots = SlotSet.Parse("");
        foreach (var endpoint in endpoints)
        {
            slots.Mark(endpoint.Slot);
        }

        var node = state.ReadNode();
        node = node with
        {
            LastEndpoint = Math.Max(node.LastEndpoint, endpoints.Select(endpoint => endpoint.Id).DefaultIfEmpty().Max()),
            // The change that was cut short may have stored its epoch already; connections judged since then must be judged anew.
            LastEpoch = Math.Max(node.LastEpoch, generation?.Epoch ?? 0) + 1,
            Slots = slots.ToString(),
            HostAddresses = [.. HostAddresses.Read()],
        };
        state.WriteNode(node);
        if (generation is not null)
        {
            Mend(pins, generation, state, node, [.. endpoints.Select(record => new PlacedEndpoint(record))]);
        }

        state.EndChange();
    }

    private static void Mend(PinFolder pins, Generation generation, StateFolder state, NodeRecord node, IReadOnlyList<PlacedEndpoint> endpoints)
    {
        SlotTable otherHalf = new(generation.Maps, generation.Number + 1);
        using EndpointPrograms programs = new(generation.Templates, generation.Maps, generation.Number, state);
        var used = endpoints.Where(endpoint => endpoint.Record.Attached).ToDictionary(endpoint => endpoint.Record.Slot);
        using var vacant = ProvisionalPrograms.TryOpenVacant(pins, generation.Number);
        for (var slot = 1; slot < SlotSet.Capacity; slot++)
        {
            otherHalf.Clear(slot, vacant);
            if (!used.TryGetValue(slot, out var endpoint))
            {
                // An attachment that was cut short stays shut until it is repeated or removed.
                generation.Slots.Clear(slot, vacant);
                continue;
            }

            // Always anew: the programs may be of a spec that was replaced.
            using var judges = programs.LoadJudges(endpoint);
            generation.Slots.Put(slot, judges.FromEndpoint, judges.ToEndpoint);
        }

        generation.Content.WriteAll([.. used.Values], node.HostAddresses);
        generation.Epoch = node.LastEpoch;
    }
}
