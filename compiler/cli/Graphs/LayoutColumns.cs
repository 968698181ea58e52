using System.Collections.Immutable;

namespace Netpol.Cli.Graphs;

/// <summary>The column of each box, so that arrows go to a later one; those that close a circle go back.</summary>
internal static class LayoutColumns
{
    public static ImmutableArray<int> Of(int boxes, ImmutableArray<LayoutArrow> arrows)
    {
        var apart = arrows.Where(arrow => arrow.From != arrow.To).Select(arrow => (arrow.From, arrow.To)).Distinct().ToList();
        var rank = Sequence(boxes, apart);
        var forward = apart.Select(arrow => rank[arrow.From] < rank[arrow.To] ? arrow : (From: arrow.To, To: arrow.From)).Distinct().ToList();
        var (following, preceding) = (forward.ToLookup(arrow => arrow.From, arrow => arrow.To), forward.ToLookup(arrow => arrow.To, arrow => arrow.From));

        var columns = new int[boxes];
        foreach (var box in Enumerable.Range(0, boxes).OrderBy(box => rank[box]))
        {
            columns[box] = preceding[box].Select(before => columns[before] + 1).DefaultIfEmpty(0).Max();
        }

        // Who is reached by nobody stands right before the first that it reaches.
        foreach (var box in Enumerable.Range(0, boxes).Where(box => !preceding[box].Any() && following[box].Any()))
        {
            columns[box] = following[box].Min(after => columns[after]) - 1;
        }

        return [.. columns];
    }

    /// <summary>A sequence with few arrows back (Eades, Lin, Smyth 1993): ends go last, beginnings first, else who has most more arrows out than in.</summary>
    private static int[] Sequence(int boxes, List<(int From, int To)> arrows)
    {
        var (outgoing, incoming) = (arrows.ToLookup(arrow => arrow.From, arrow => arrow.To), arrows.ToLookup(arrow => arrow.To, arrow => arrow.From));
        var left = Enumerable.Range(0, boxes).ToHashSet();
        var (first, last) = (new List<int>(), new List<int>());
        while (left.Count > 0)
        {
            var ordered = left.Order().ToList();
            int Out(int box) => outgoing[box].Count(left.Contains);
            int In(int box) => incoming[box].Count(left.Contains);

            // What no arrow touches stands first.
            var found = ordered.FindIndex(box => In(box) == 0);
            var isEnd = found < 0 && (found = ordered.FindIndex(box => Out(box) == 0)) >= 0;
            var chosen = found >= 0 ? ordered[found] : ordered.MaxBy(box => Out(box) - In(box));
            left.Remove(chosen);
            (isEnd ? last : first).Add(chosen);
        }

        last.Reverse();
        var rank = new int[boxes];
        foreach (var (box, index) in first.Concat(last).Select((box, index) => (box, index)))
        {
            rank[box] = index;
        }

        return rank;
    }
}
