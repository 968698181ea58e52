using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;

namespace Netpol.Loader.Verdicts;

/// <summary>Makes the roots of a pair from the terms that match in it; pairs of the same terms share theirs.</summary>
internal sealed class PairMaker(TermIndex index, NodePool nodes)
{
    private readonly Dictionary<(ImmutableArray<int> Terms, ImmutableArray<ClassPort> Names), PairRoots> _made = new(TermsComparer.Instance);

    internal PairRoots Roots(SelfView self, ImmutableArray<int> terms, AddressClass? peer)
    {
        // Who receives gives names to ports; only then do they matter, and only if a term asks for one.
        var usesNames = terms.Any(term => !index.TrafficOf(index[term]).Names.IsEmpty);
        ImmutableArray<ClassPort> names = !usesNames ? [] : IsIngress(terms) ? self.Self.Ports : peer?.Ports ?? [];
        if (_made.TryGetValue((terms, names), out var roots))
        {
            return roots;
        }

        List<(VerdictTerm Term, TrafficRange Range)>?[] bySpace = new List<(VerdictTerm, TrafficRange)>?[PairRoots.Spaces];
        foreach (var term in terms.Select(each => index[each]))
        {
            foreach (var range in Ranges(index.TrafficOf(term), names))
            {
                (bySpace[(int)range.Space] ??= []).Add((term, range));
            }
        }

        for (var space = 0; space < bySpace.Length; space++)
        {
            roots[space] = bySpace[space] is { } matches ? nodes.Root(TrafficMap.Of(matches)) : 0;
        }

        _made.Add((terms, names), roots);
        return roots;
    }

    private bool IsIngress(ImmutableArray<int> terms) => index[terms[0]].IsIngress;

    private static IEnumerable<TrafficRange> Ranges(TrafficSet traffic, ImmutableArray<ClassPort> names) =>
        traffic.Ranges.Concat(
            from named in traffic.Names
            from port in names
            where port.Name == named.Name && (named.Space ?? port.Space) == port.Space
            select new TrafficRange(port.Space, port.Port, port.Port));

    private sealed class TermsComparer : IEqualityComparer<(ImmutableArray<int> Terms, ImmutableArray<ClassPort> Names)>
    {
        internal static TermsComparer Instance { get; } = new();

        public bool Equals((ImmutableArray<int> Terms, ImmutableArray<ClassPort> Names) x, (ImmutableArray<int> Terms, ImmutableArray<ClassPort> Names) y) =>
            x.Terms.AsSpan().SequenceEqual(y.Terms.AsSpan()) && x.Names.AsSpan().SequenceEqual(y.Names.AsSpan());

        public int GetHashCode((ImmutableArray<int> Terms, ImmutableArray<ClassPort> Names) key)
        {
            HashCode hash = default;
            foreach (var term in key.Terms)
            {
                hash.Add(term);
            }

            foreach (var name in key.Names)
            {
                hash.Add(name);
            }

            return hash.ToHashCode();
        }
    }
}
