using Netpol.Bundle.Verdicts;

namespace Netpol.Loader.Live;

/// <summary>Compares by content what records compare by the arrays in them.</summary>
internal sealed class TermContent : IEqualityComparer<VerdictTerm>, IEqualityComparer<TrafficSet>
{
    internal static TermContent Instance { get; } = new();

    public bool Equals(VerdictTerm? x, VerdictTerm? y) =>
        ReferenceEquals(x, y) ||
        (x is not null && y is not null &&
         (x.Rule, x.Stage, x.Verdict, x.Place, x.Logs, x.IsIngress, x.SameNamespace, x.Service, x.Traffic) ==
         (y.Rule, y.Stage, y.Verdict, y.Place, y.Logs, y.IsIngress, y.SameNamespace, y.Service, y.Traffic) &&
         x.Self.AsSpan().SequenceEqual(y.Self.AsSpan()) && x.Peer.AsSpan().SequenceEqual(y.Peer.AsSpan()));

    public int GetHashCode(VerdictTerm term)
    {
        HashCode hash = default;
        hash.Add(term.Rule);
        hash.Add(term.IsIngress);
        hash.Add(term.Service);
        hash.Add(term.Traffic);
        foreach (var literal in term.Self.AsSpan())
        {
            hash.Add(literal);
        }

        foreach (var literal in term.Peer.AsSpan())
        {
            hash.Add(literal);
        }

        return hash.ToHashCode();
    }

    public bool Equals(TrafficSet? x, TrafficSet? y) =>
        ReferenceEquals(x, y) ||
        (x is not null && y is not null && x.Ranges.AsSpan().SequenceEqual(y.Ranges.AsSpan()) && x.Names.AsSpan().SequenceEqual(y.Names.AsSpan()));

    public int GetHashCode(TrafficSet traffic)
    {
        HashCode hash = default;
        foreach (var range in traffic.Ranges.AsSpan())
        {
            hash.Add(range);
        }

        foreach (var named in traffic.Names.AsSpan())
        {
            hash.Add(named);
        }

        return hash.ToHashCode();
    }
}
