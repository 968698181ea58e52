using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.Tables;
using Netpol.Loader.Verdicts;

namespace Netpol.Loader.Live;

/// <summary>
/// The verdict tables of the generation in charge together with all that they were made of, so that a change costs what it changes. Nodes are
/// written before the pairs that lead to them, and freed after them; whoever frees has waited for programs that began before.
/// </summary>
internal sealed class LiveTables : ILiveVerdicts
{
    private readonly BpfMap _map;
    private readonly LiveTerms _terms;
    private readonly ClassIndex _classes;
    private readonly SharedNodes _nodes;
    private readonly PairContents _contents;
    private readonly Dictionary<int, JudgedClass> _judges = [];

    // What pairs led to before the change that is being made; null: there was none.
    private readonly Dictionary<PairKey, PairContent?> _changed = [];
    private TermChange? _change;

    private LiveTables(MapSet maps, VerdictTerms terms, IEnumerable<AddressClass> onNode, IEnumerable<uint> roots)
    {
        _map = maps[VerdictTables.PairsMap];
        _nodes = new SharedNodes(maps[VerdictTables.NodesMap], roots);
        _terms = new LiveTerms(terms);
        _contents = new PairContents(_terms.Index, _nodes);
        _classes = new ClassIndex(PrefixClasses.Of(terms.Classes), onNode);
    }

    internal int Pairs => _judges.Values.Sum(judge => judge.Pairs.Count);

    internal int Nodes => _nodes.Count;

    /// <summary>
    /// Takes over what is in the kernel and makes it what the terms and classes say, whatever it was: entries that a killed process left
    /// go, and halves are the same. No packet sees it: what is in charge keeps its meaning.
    /// </summary>
    internal static LiveTables Open(MapSet maps, VerdictTerms terms, IReadOnlyCollection<AddressClass> onNode)
    {
        var (keys, values) = maps[VerdictTables.PairsMap].ReadAll();
        var present = MemoryMarshal.Cast<byte, PairKey>(keys).ToArray();
        var halves = MemoryMarshal.Cast<byte, PairHalves>(values).ToArray();
        uint[] roots = [.. halves.SelectMany(pair => (PairRoots[])[pair.Even, pair.Odd]).SelectMany(half => ((ReadOnlySpan<uint>)half).ToArray())];
        LiveTables tables = new(maps, terms, onNode, roots);
        foreach (var judged in onNode.Where(each => each.IsJudged))
        {
            tables.AddJudge(judged);
        }

        Dictionary<PairKey, PairHalves> known = new(present.Length);
        for (var index = 0; index < present.Length; index++)
        {
            known[present[index]] = halves[index];
        }

        tables._nodes.Write();
        tables.Write(
            from judge in tables._judges.Values
            from pair in judge.Pairs
            let wanted = PairHalves.Same(pair.Value.Roots)
            where !known.TryGetValue(pair.Key, out var was) || !was.Equals(wanted)
            select (pair.Key, wanted));
        tables._changed.Clear();
        Quiescence.Wait();
        tables.Delete([.. present.Where(key => !tables.Has(key))]);
        Array.ForEach(roots, tables._nodes.Release);
        return tables;
    }

    public void Publish(AddressClass added)
    {
        _classes.Add(added);
        foreach (var view in _judges.Values.SelectMany(judge => judge.Views))
        {
            SetAll(view, view.PairsWith(added));
        }

        if (added.IsJudged)
        {
            AddJudge(added);
        }

        WriteAdded();
    }

    public void Judge(AddressClass judged)
    {
        _classes.Add(judged);
        AddJudge(judged);
        WriteAdded();
    }

    public Action LeaveForeign() => _nodes.LeaveForeign();

    public Action Retire(IReadOnlyCollection<AddressClass> gone)
    {
        List<PairKey> keys = [];
        List<PairContent> contents = [];
        foreach (var each in gone)
        {
            _classes.Remove(each);
            if (_judges.Remove(each.Id, out var own))
            {
                keys.AddRange(own.Pairs.Keys);
                contents.AddRange(own.Pairs.Values);
            }

            foreach (var judge in _judges.Values)
            {
                foreach (var key in PairKey.AllOf(judge.Class.Id, each.Id))
                {
                    if (judge.Pairs.Remove(key, out var content))
                    {
                        keys.Add(key);
                        contents.Add(content);
                    }
                }
            }
        }

        return () =>
        {
            Delete(keys);
            contents.ForEach(_contents.Release);
        };
    }

    /// <summary>Writes the half that is not in charge, so that it answers by these terms; nothing else has changed. <see cref="Complete"/> follows.</summary>
    /// <param name="policy">Of the state in charge.</param>
    /// <exception cref="TablesFullException">This object is of no use any more; what is in charge is as it was.</exception>
    internal void Prepare(VerdictTerms terms, uint policy)
    {
        var (removed, added) = _terms.Replace(terms);
        _change = new TermChange([.. removed.Select(each => each.Number)]);
        VerdictTerm[] changed = [.. removed.Select(each => each.Term), .. added.Select(number => _terms.Index[number])];
        foreach (var judge in _judges.Values)
        {
            foreach (var isIngress in new[] { false, true })
            {
                VerdictTerm[] own = [.. changed.Where(term => term.IsIngress == isIngress && ClassIndex.Holds(term.Self, judge.Class))];
                if (own.Length > 0)
                {
                    Update(judge, judge.Renew(isIngress, _terms.Index, _classes), own);
                }
            }
        }

        _nodes.Write();
        Write(_changed.Select(entry => (entry.Key, PairHalves.Changing(
            policy,
            (entry.Value ?? InPlaceOf(entry.Key, key => _changed.TryGetValue(key, out var former) ? former : Find(key)))?.Roots ?? default,
            (Find(entry.Key) ?? InPlaceOf(entry.Key, Find))?.Roots ?? default))));
    }

    /// <summary>The other half is in charge now and no program reads the former one: makes that the same.</summary>
    internal void Complete()
    {
        Write(_changed.Keys.Select(key => (Key: key, Content: Find(key))).Where(pair => pair.Content is not null)
            .Select(pair => (pair.Key, PairHalves.Same(pair.Content?.Roots ?? default))));
        Delete([.. _changed.Keys.Where(key => !Has(key))]);
        foreach (var former in _changed.Values.OfType<PairContent>())
        {
            _contents.Release(former);
        }

        foreach (var number in _change?.Removed ?? [])
        {
            _terms.Index.Free(number);
        }

        _changed.Clear();
        _change = null;
    }

    /// <summary>How many pairs the change in hand writes.</summary>
    internal int Changed => _changed.Count;

    private static PairContent? InPlaceOf(PairKey key, Func<PairKey, PairContent?> find) =>
        key.IsOfService || key.IsOfOthers ? null : find(key.Others);

    private void Update(JudgedClass judge, SelfView view, VerdictTerm[] changed)
    {
        var isWide = changed.Any(term => term.Service == 0 && view.IsCommon(term));
        if (isWide)
        {
            HashSet<PairKey> wanted = [];
            foreach (var (key, terms, peer) in view.Pairs())
            {
                wanted.Add(key);
                Set(judge, key, _contents.Acquire(PairTraffic.Of(_terms.Index, judge.Class, terms, peer)));
            }

            foreach (var key in judge.Pairs.Keys.Where(key => key.IsIngress == view.IsIngress && !wanted.Contains(key)).ToArray())
            {
                Set(judge, key, null);
            }

            return;
        }

        foreach (var service in changed.Where(term => term.Service != 0).Select(term => term.Service).Distinct())
        {
            var terms = view.OfService(service);
            Set(
                judge, PairKey.OfService(judge.Class.Id, service, view.IsIngress),
                terms.IsEmpty ? null : _contents.Acquire(PairTraffic.Of(_terms.Index, judge.Class, terms, null)));
        }

        HashSet<AddressClass> peers = new(ReferenceEqualityComparer.Instance);
        foreach (var term in changed.Where(term => term.Service == 0))
        {
            peers.UnionWith(_classes.Matching(term.Peer));
        }

        foreach (var peer in peers)
        {
            var wanted = view.PairsWith(peer).ToDictionary(pair => pair.Key, pair => pair.Terms);
            foreach (var key in PairKey.AllOf(judge.Class.Id, peer.Id).Where(key => key.IsIngress == view.IsIngress))
            {
                Set(judge, key, wanted.TryGetValue(key, out var terms)
                    ? _contents.Acquire(PairTraffic.Of(_terms.Index, judge.Class, terms, peer)) : null);
            }
        }
    }

    private void AddJudge(AddressClass judged)
    {
        JudgedClass judge = new(judged, _terms.Index, _classes);
        _judges[judged.Id] = judge;
        foreach (var view in judge.Views)
        {
            SetAll(view, view.Pairs());
        }
    }

    private void SetAll(SelfView view, IEnumerable<(PairKey Key, ImmutableArray<int> Terms, AddressClass? Peer)> pairs)
    {
        foreach (var (key, terms, peer) in pairs)
        {
            Set(_judges[view.Self.Id], key, _contents.Acquire(PairTraffic.Of(_terms.Index, view.Self, terms, peer)));
        }
    }

    /// <param name="content">Acquired for this pair; null: it goes.</param>
    private void Set(JudgedClass judge, PairKey key, PairContent? content)
    {
        var former = judge.Pairs.GetValueOrDefault(key);
        if (former == content)
        {
            if (content is not null)
            {
                _contents.Release(content);
            }

            return;
        }

        if (!_changed.TryAdd(key, former))
        {
            throw new InvalidOperationException($"pair {key} changes twice in one change");
        }

        if (content is null)
        {
            judge.Pairs.Remove(key);
        }
        else
        {
            judge.Pairs[key] = content;
        }
    }

    private bool Has(PairKey key) => Find(key) is not null;

    private PairContent? Find(PairKey key) => _judges.TryGetValue((int)key.Self, out var judge) ? judge.Pairs.GetValueOrDefault(key) : null;

    /// <summary>Pairs that no packet asks for yet, or that are there already and say the same.</summary>
    private void WriteAdded()
    {
        _nodes.Write();
        Write(_changed.Keys.Select(key => (key, PairHalves.Same(Find(key)?.Roots ?? default))));
        _changed.Clear();
    }

    private void Write(IEnumerable<(PairKey Key, PairHalves Halves)> pairs)
    {
        var all = pairs.ToArray();
        VerdictTables.WritePairs(_nodes.Map, _map, Array.ConvertAll(all, pair => pair.Key), Array.ConvertAll(all, pair => pair.Halves));
    }

    private void Delete(IReadOnlyCollection<PairKey> keys) => _map.DeleteMany(MemoryMarshal.AsBytes<PairKey>(keys.ToArray()), keys.Count);

    private sealed record TermChange(ImmutableArray<int> Removed);

    /// <summary>A class of containers of this node, and its pairs in the kernel.</summary>
    private sealed class JudgedClass(AddressClass of, TermIndex index, ClassIndex classes)
    {
        private readonly SelfView[] _views = [new(index, classes, of, isIngress: false), new(index, classes, of, isIngress: true)];

        internal AddressClass Class => of;

        internal Dictionary<PairKey, PairContent> Pairs { get; } = [];

        internal IReadOnlyList<SelfView> Views => _views;

        internal SelfView Renew(bool isIngress, TermIndex terms, ClassIndex peers) =>
            _views[isIngress ? 1 : 0] = new SelfView(terms, peers, of, isIngress);
    }
}
