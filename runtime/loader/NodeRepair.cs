using Netpol.Bundle;
using Netpol.Loader.Classes;
using Netpol.Loader.Generations;
using Netpol.Loader.Live;
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
        FinishRules(pins, state);
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
        var remote = state.Remotes.Endpoints.Values.ToArray();
        var slots = SlotSet.Parse("");
        foreach (var endpoint in endpoints)
        {
            slots.Mark(endpoint.Slot);
        }

        var node = state.ReadNode();
        node = node with
        {
            LastEndpoint = Math.Max(node.LastEndpoint, endpoints.Concat(remote).Select(endpoint => endpoint.Id).DefaultIfEmpty().Max()),
            // The change that was cut short may have stored its epoch already; connections judged since then must be judged anew.
            LastEpoch = Math.Max(node.LastEpoch, generation?.State.Epoch ?? 0) + 1,
            Slots = slots.ToString(),
            HostAddresses = [.. HostAddresses.Read()],
        };
        state.WriteNode(node);
        if (generation is not null)
        {
            Mend(
                pins, generation, state, node, [.. endpoints.Select(record => new PlacedEndpoint(record))],
                [.. remote.Select(record => new PlacedEndpoint(record))]);
        }

        state.EndChange();
    }

    /// <summary>
    /// A change of rules within the generation: one whose epoch is in charge has happened, another has not. Either way both halves of the
    /// pairs are what is in charge, and only then the state folder says so.
    /// </summary>
    private static void FinishRules(PinFolder pins, StateFolder state)
    {
        using var generation = Generation.OpenCurrent(pins, state);
        if (generation is null || !state.IsRevising(generation.Number))
        {
            return;
        }

        var record = generation.Record;
        var begun = state.Revisions(record.Generation).Where(revision => revision.Epoch > record.Revision).ToArray();

        var policy = generation.State.Policy;
        var done = begun.FirstOrDefault(revision => revision.Epoch == policy);
        record = done is null ? record : record with { Revision = done.Epoch };
        if (state.ReadManifest(record.Generation, record.Revision) is { } manifest &&
            state.ReadVerdicts(record.Generation, record.Revision) is { } terms)
        {
            var classes = new ClassFile(state.GenerationFile(record.Generation, ClassFile.FileName)).Read();
            _ = LiveTables.Open(generation.Maps, terms, classes);
            state.WriteGeneration(record with { Digest = done is null || manifest.Digest.Length > 0 ? manifest.Digest : Seal(state, record, done) });
        }

        foreach (var undone in begun.Where(revision => revision != done))
        {
            state.DeleteRevision(record.Generation, undone);
        }

        state.EndRevision(record.Generation);
    }

    /// <summary>Whoever made the change was killed before it had its digests.</summary>
    private static string Seal(StateFolder state, GenerationRecord record, Revision revision)
    {
        var bundle = state.ReadBundle(record) ?? throw new LoaderException("the state folder has lost the bundle in charge; load it again");
        var manifest = BundleDigest.Seal(bundle.Manifest, bundle.Terms, bundle.Object);
        RulesFile.Seal(revision.RulesFile, manifest);
        return manifest.Digest;
    }

    private static void Mend(
        PinFolder pins, Generation generation, StateFolder state, NodeRecord node, IReadOnlyList<PlacedEndpoint> endpoints,
        IReadOnlyList<PlacedEndpoint> remote)
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

        PlacedEndpoint[] all = [.. remote, .. used.Values];
        generation.Content(node.LastEpoch).WriteAll(all, node.HostAddresses, ServiceDraft.Of(generation.Placement, all, node.Zone));
        MasqueradeTable.Write(generation.Maps, generation.Placement.NodeRanges ?? [], node.Uplinks);
        generation.CommitPolicy(node.LastEpoch);
    }
}
