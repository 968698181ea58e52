using System.Collections.Immutable;
using Netpol.Loader.Classes;

namespace Netpol.Loader.Verdicts;

/// <summary>Makes the roots of a pair from the terms that match in it; pairs of the same terms share theirs.</summary>
internal sealed class PairMaker(TermIndex index, NodePool nodes)
{
    private readonly Dictionary<PairTraffic, PairRoots> _made = [];

    internal PairRoots Roots(SelfView self, ImmutableArray<int> terms, AddressClass? peer)
    {
        var traffic = PairTraffic.Of(index, self.Self, terms, peer);
        if (_made.TryGetValue(traffic, out var roots))
        {
            return roots;
        }

        var answers = traffic.Answers(index);
        for (var space = 0; space < answers.Length; space++)
        {
            roots[space] = answers[space] is { } map ? nodes.Root(map) : 0;
        }

        _made.Add(traffic, roots);
        return roots;
    }
}
