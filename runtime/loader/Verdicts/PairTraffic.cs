using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;

namespace Netpol.Loader.Verdicts;

/// <summary>All that the answers of a pair depend on: the terms that match in it, and the names of ports that they use.</summary>
/// <param name="Terms">Their numbers, ascending.</param>
/// <param name="Names">What the receiver calls its ports; empty where no term asks.</param>
internal readonly record struct PairTraffic(ImmutableArray<int> Terms, ImmutableArray<ClassPort> Names)
{
    internal static PairTraffic Of(TermIndex index, AddressClass self, ImmutableArray<int> terms, AddressClass? peer)
    {
        // Who receives gives names to ports; only then do they matter, and only if a term asks for one.
        var usesNames = terms.Any(term => !index.TrafficOf(index[term]).Names.IsEmpty);
        return new(terms, !usesNames ? [] : index[terms[0]].IsIngress ? self.Ports : peer?.Ports ?? []);
    }

    /// <summary>What each space of traffic is answered; null: no term matches in it.</summary>
    internal TrafficMap?[] Answers(TermIndex index)
    {
        var bySpace = new List<(VerdictTerm Term, TrafficRange Range)>?[PairRoots.Spaces];
        foreach (var term in Terms)
        {
            foreach (var range in Ranges(index.TrafficOf(index[term]), Names))
            {
                (bySpace[(int)range.Space] ??= []).Add((index[term], range));
            }
        }

        return Array.ConvertAll(bySpace, matches => matches is null ? null : TrafficMap.Of(matches));
    }

    public bool Equals(PairTraffic other) =>
        Terms.AsSpan().SequenceEqual(other.Terms.AsSpan()) && Names.AsSpan().SequenceEqual(other.Names.AsSpan());

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (var term in Terms)
        {
            hash.Add(term);
        }

        foreach (var name in Names)
        {
            hash.Add(name);
        }

        return hash.ToHashCode();
    }

    private static IEnumerable<TrafficRange> Ranges(TrafficSet traffic, ImmutableArray<ClassPort> names) =>
        traffic.Ranges.Concat(
            from named in traffic.Names
            from port in names
            where port.Name == named.Name && (named.Space ?? port.Space) == port.Space
            select new TrafficRange(port.Space, port.Port, port.Port));
}
