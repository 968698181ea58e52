using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Abi;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.State;

namespace Netpol.Loader.Live;

/// <summary>
/// A change of rules within a generation, as the steps that it takes, in order. A process killed before <see cref="Commit"/> has changed
/// nothing, after it all; <see cref="NodeRepair"/> finds out by the epoch in the kernel, and finishes or takes back the rest.
/// </summary>
/// <param name="folder">Where the caller keeps the bundle in charge; what it holds until the change is written there is older, and not to be loaded. Null: nowhere.</param>
/// <param name="seal">Makes the digests of <paramref name="next"/>, which has none; null: it has them.</param>
internal sealed class RuleChange(
    LiveGeneration live, LiveTables tables, StateFolder state, Manifest former, Manifest next, VerdictTerms terms, string? folder, Func<Manifest>? seal)
{
    /// <summary>Rules of this many changes are kept, so that events still unread can be explained.</summary>
    private const int KeptRevisions = 8;

    private readonly uint _generation = live.Generation.Number;
    private readonly GenerationState _before = live.Generation.State;
    private uint _epoch;

    /// <summary>The files beside those in charge, and the half of the pairs that is not in charge.</summary>
    /// <exception cref="TablesFullException">What is in charge is as it was, what is not has to be mended.</exception>
    internal void Prepare()
    {
        state.BeginChange();
        if (folder is not null && BundleFolder.StampOf(folder) is { } stamp)
        {
            live.Generation.Record = live.Generation.Record with { Bundle = folder, Stamp = stamp };
            state.WriteGeneration(live.Generation.Record);
        }

        state.BeginRevision(_generation);
        _epoch = live.Node.LastEpoch + 1;
        // The other half: of the lowest bit that the policy in charge does not have.
        _epoch += ((_epoch ^ _before.Policy) & 1) ^ 1;
        Errand<Manifest> files = new(() =>
        {
            state.WriteRevision(_generation, _epoch, live.Generation.Record.Revision, next, terms);
            return next;
        });
        try
        {
            tables.Prepare(terms, _before.Policy);
            live.WriteNode(live.Node with { LastEpoch = _epoch });
        }
        catch
        {
            files.Abandon();
            throw;
        }

        _ = files.Await();
    }

    internal void Commit() => live.Generation.CommitPolicy(_epoch);

    /// <summary>Once no program judges by the former half, that is made the same; counts of rules that are others now begin anew.</summary>
    internal void Complete()
    {
        Quiescence.Wait();
        tables.Complete();
        ClearCounters();
    }

    internal GenerationRecord Note()
    {
        var revisions = state.Revisions(_generation);
        var digest = next.Digest;
        if (seal is not null)
        {
            var whole = seal();
            RulesFile.Seal(revisions[^1].RulesFile, whole);
            digest = whole.Digest;
        }

        var record = live.Generation.Record with { Digest = digest, Revision = _epoch };
        state.WriteGeneration(record);
        state.EndRevision(_generation);
        foreach (var old in revisions.SkipLast(KeptRevisions))
        {
            state.DeleteRevision(_generation, old);
        }

        foreach (var old in revisions.TakeLast(KeptRevisions).Where(old => old.Epoch != _epoch))
        {
            state.DeleteTerms(_generation, old.Epoch);
        }

        state.EndChange();
        return record;
    }

    private void ClearCounters()
    {
        var counters = live.Generation.Maps[RuleRoom.MapName];
        var known = former.Rules.ToDictionary(rule => rule.Id);
        var nothing = new byte[Processors.Possible * counters.Stride];
        foreach (var rule in next.Rules)
        {
            if (!known.TryGetValue(rule.Id, out var was) || !IsSame(was, rule))
            {
                counters.UpdatePerProcessor((uint)rule.Id, nothing);
            }
        }
    }

    /// <summary>Wherever it stands.</summary>
    private static bool IsSame(RuleEntry a, RuleEntry b) =>
        (a.Action, a.Direction, a.Policy, a.Log, a.Text) == (b.Action, b.Direction, b.Policy, b.Log, b.Text);
}
