using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>One range of a <c>cluster</c> as it was written.</summary>
internal sealed record ClusterRange(string Kind, Prefix Prefix, Spelled<string> Written)
{
    /// <summary>Ranges that overlap an earlier one of another kind, each with the first such, in the order of writing.</summary>
    /// <remarks>
    /// Two prefixes overlap where one holds the other, so one walk over the sorted ranges with those around at hand finds all.
    /// A range said twice is one range here.
    /// </remarks>
    public static IEnumerable<(ClusterRange Later, ClusterRange Earlier)> Overlaps(IReadOnlyList<ClusterRange> written)
    {
        var ranges = written.DistinctBy(range => (range.Kind, range.Prefix)).ToList();
        var first = new int?[ranges.Count];
        var around = new Stack<int>();
        foreach (var index in Enumerable.Range(0, ranges.Count).OrderBy(index => ranges[index].Prefix))
        {
            while (around.TryPeek(out var outer) && !ranges[outer].Prefix.Contains(ranges[index].Prefix))
            {
                around.Pop();
            }

            foreach (var outer in around)
            {
                if (ranges[outer].Kind != ranges[index].Kind)
                {
                    var (earlier, later) = (Math.Min(outer, index), Math.Max(outer, index));
                    first[later] = Math.Min(first[later] ?? earlier, earlier);
                }
            }

            around.Push(index);
        }

        for (var later = 0; later < ranges.Count; later++)
        {
            if (first[later] is { } earlier)
            {
                yield return (ranges[later], ranges[earlier]);
            }
        }
    }
}
