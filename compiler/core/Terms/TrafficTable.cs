using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Netpol.Bundle.Verdicts;

namespace Netpol.Compiler.Terms;

/// <summary>What terms ask of traffic, each set of it once.</summary>
internal sealed class TrafficTable
{
    private readonly List<TrafficSet> _sets = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    public int Count => _sets.Count;

    public TrafficSet this[int id] => _sets[id];

    /// <summary>What one product asks, whose ranges are in order.</summary>
    public int Add(TrafficSet product) => Add(product.Ranges, product.Names);

    /// <summary>The union of the parts.</summary>
    public int Add(IReadOnlyCollection<TrafficSet> parts)
    {
        ImmutableArray<TrafficRange> ranges = [.. parts.SelectMany(part => part.Ranges).Distinct()
            .OrderBy(range => range.Space).ThenBy(range => range.First).ThenBy(range => range.Last)];
        ImmutableArray<NamedTraffic> names = [.. parts.SelectMany(part => part.Names).Distinct()
            .OrderBy(named => named.Name).ThenBy(named => named.Space)];
        return Add(ranges, names);
    }

    private int Add(ImmutableArray<TrafficRange> ranges, ImmutableArray<NamedTraffic> names)
    {
        var key = new StringBuilder();
        foreach (var range in ranges)
        {
            key.Append(CultureInfo.InvariantCulture, $"{(int)range.Space}:{range.First}-{range.Last} ");
        }

        foreach (var named in names)
        {
            key.Append(CultureInfo.InvariantCulture, $"n{named.Name}:{(int?)named.Space} ");
        }

        if (!_ids.TryGetValue(key.ToString(), out var id))
        {
            id = _sets.Count;
            _sets.Add(new TrafficSet(ranges, names));
            _ids.Add(key.ToString(), id);
        }

        return id;
    }

    public ImmutableArray<TrafficSet> ToImmutable() => [.. _sets];
}
