using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;

namespace Netpol.Loader.Verdicts;

/// <summary>
/// One class as the judged end, in one direction: which terms can match at all, which of them most peers have in common, and what a
/// given peer has in place of these.
/// </summary>
internal sealed class SelfView
{
    private readonly TermIndex _index;
    private readonly ClassIndex _classes;
    private readonly bool _isIngress;
    private readonly ImmutableArray<int> _common;
    private readonly ImmutableArray<int> _particular;
    private readonly ImmutableArray<int> _ofServices;

    internal SelfView(TermIndex index, ClassIndex classes, AddressClass self, bool isIngress)
    {
        (_index, _classes, Self, _isIngress) = (index, classes, self, isIngress);
        var terms = index.Of(self, isIngress);
        _ofServices = [.. terms.Where(term => index[term].Service != 0)];
        _common = [.. terms.Where(term => index[term].Service == 0 && IsCommon(index[term]))];
        _particular = [.. terms.Where(term => index[term].Service == 0 && !IsCommon(index[term]))];
    }

    internal AddressClass Self { get; }

    internal bool IsIngress => _isIngress;

    /// <summary>Every pair that must be in the table, as the terms that match in it and the peer whose names of ports they use.</summary>
    internal IEnumerable<(PairKey Key, ImmutableArray<int> Terms, AddressClass? Peer)> Pairs()
    {
        if (!_common.IsEmpty)
        {
            yield return (PairKey.OfOthers(Self.Id, _isIngress), _common, null);
        }

        foreach (var service in _ofServices.Select(term => _index[term].Service).Distinct())
        {
            yield return (PairKey.OfService(Self.Id, service, _isIngress), OfService(service), null);
        }

        HashSet<AddressClass> differing = new(ReferenceEqualityComparer.Instance);
        foreach (var term in _common)
        {
            if (!_index[term].Peer.IsEmpty)
            {
                differing.UnionWith(_classes.NotMatching(_index[term].Peer));
            }
        }

        foreach (var term in _particular)
        {
            differing.UnionWith(_classes.Matching(_index[term].Peer).Where(peer => CanMatch(_index[term], peer)));
        }

        foreach (var pair in differing.OrderBy(peer => peer.Id).SelectMany(PairsWith))
        {
            yield return pair;
        }
    }

    /// <summary>The pairs with one peer; none where the pair of all others says the same.</summary>
    internal IEnumerable<(PairKey Key, ImmutableArray<int> Terms, AddressClass? Peer)> PairsWith(AddressClass peer)
    {
        foreach (var isSame in peer.IsEndpoint ? new[] { false, true } : [false])
        {
            ImmutableArray<int> terms = [.. _common.Concat(_particular).Where(term => Matches(_index[term], peer, isSame)).Order()];
            if (!terms.AsSpan().SequenceEqual(_common.AsSpan()))
            {
                yield return (PairKey.Of(Self.Id, peer.Id, isSame, _isIngress), terms, peer);
            }
        }
    }

    /// <summary>The terms that ask for a service; none: it has no pair.</summary>
    internal ImmutableArray<int> OfService(int service) => [.. _ofServices.Where(term => _index[term].Service == service)];

    // Names are the receiver's: of the peer, they tell peers apart.
    internal bool IsCommon(VerdictTerm term) =>
        term.SameNamespace is null && (_isIngress || _index.TrafficOf(term).Names.IsEmpty) && _classes.IsWide(term.Peer);

    private bool CanMatch(VerdictTerm term, AddressClass peer) =>
        (term.SameNamespace != true || peer.IsEndpoint) && (!peer.Ports.IsEmpty || !IsByPeersNames(term));

    private bool IsByPeersNames(VerdictTerm term) => !_isIngress && _index.TrafficOf(term) is { Ranges: [], Names: not [] };

    private bool Matches(VerdictTerm term, AddressClass peer, bool isSame) =>
        (term.SameNamespace is null || term.SameNamespace == isSame) && CanMatch(term, peer) && ClassIndex.Holds(term.Peer, peer);
}
