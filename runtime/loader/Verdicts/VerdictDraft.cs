using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;

namespace Netpol.Loader.Verdicts;

/// <summary>Pairs and nodes that are still to be written: all of a new generation, or what one more class adds. Both halves of a pair are the same.</summary>
internal sealed class VerdictDraft
{
    private readonly Dictionary<PairKey, PairRoots> _pairs = [];

    private VerdictDraft(NodePool nodes) => Nodes = nodes;

    internal IReadOnlyDictionary<PairKey, PairRoots> Pairs => _pairs;

    internal NodePool Nodes { get; }

    /// <summary>The whole tables of a node with these classes.</summary>
    internal static VerdictDraft Whole(VerdictTerms terms, ImmutableArray<AddressClass> onNode)
    {
        TermIndex index = new(terms);
        ClassIndex classes = new(PrefixClasses.Of(terms.Classes), onNode);
        VerdictDraft draft = new(new NodePool(VerdictTables.FirstNode));
        PairMaker maker = new(index, draft.Nodes);
        foreach (var self in onNode.Where(each => each.IsJudged))
        {
            draft.AddSelf(index, classes, maker, self);
        }

        return draft;
    }

    /// <summary>What a class adds to the tables of those before it.</summary>
    internal static VerdictDraft Addition(
        VerdictTerms terms, IReadOnlyList<AddressClass> earlier, AddressClass added, int firstNode)
    {
        TermIndex index = new(terms);
        ClassIndex classes = new(PrefixClasses.Of(terms.Classes), [.. earlier, added]);
        VerdictDraft draft = new(new NodePool(firstNode));
        PairMaker maker = new(index, draft.Nodes);
        foreach (var self in earlier.Where(each => each.IsJudged))
        {
            foreach (var isIngress in new[] { false, true })
            {
                SelfView view = new(index, classes, self, isIngress);
                draft.Add(maker, view, view.PairsWith(added));
            }
        }

        if (added.IsJudged)
        {
            draft.AddSelf(index, classes, maker, added);
        }

        return draft;
    }

    /// <summary>What it takes to judge a class that is in the tables as a peer.</summary>
    internal static VerdictDraft Judgement(VerdictTerms terms, IReadOnlyList<AddressClass> all, AddressClass judged, int firstNode)
    {
        TermIndex index = new(terms);
        VerdictDraft draft = new(new NodePool(firstNode));
        draft.AddSelf(index, new ClassIndex(PrefixClasses.Of(terms.Classes), all), new PairMaker(index, draft.Nodes), judged);
        return draft;
    }

    private void AddSelf(TermIndex index, ClassIndex classes, PairMaker maker, AddressClass self)
    {
        foreach (var isIngress in new[] { false, true })
        {
            SelfView view = new(index, classes, self, isIngress);
            Add(maker, view, view.Pairs());
        }
    }

    private void Add(PairMaker maker, SelfView self, IEnumerable<(PairKey Key, ImmutableArray<int> Terms, AddressClass? Peer)> pairs)
    {
        foreach (var (key, terms, peer) in pairs)
        {
            // A pair without terms is one too: it stands in the way of the pair of all others.
            _pairs[key] = terms.IsEmpty ? default : maker.Roots(self, terms, peer);
        }
    }
}
