namespace Netpol.Cli.Graphs;

/// <summary>How far down each place of ordered columns stands: as near as there is room to the middle of its neighbours.</summary>
internal static class LayoutRows
{
    private const int Rounds = 30;

    /// <summary>A place that an arrow passes counts more than a box: bent arrows are harder to follow than crooked columns.</summary>
    private const double PassingWeight = 4;

    /// <returns>The middle of each place.</returns>
    public static double[] Of(LayoutPlaces places, double[] heights, double gap)
    {
        var middles = new double[places.Count];
        foreach (var column in places.Columns)
        {
            var below = 0.0;
            foreach (var place in column)
            {
                middles[place] = below + (heights[place] / 2);
                below += heights[place] + gap;
            }
        }

        for (var round = 0; round < Rounds; round++)
        {
            foreach (var column in round % 2 == 0 ? places.Columns : places.Columns.Reverse())
            {
                Settle(places, column, heights, gap, middles);
            }
        }

        return middles;
    }

    /// <summary>
    /// The least sum of squared distances from where each would be, with room between them: neighbours that would be in each other's way are
    /// moved as one block (pool adjacent violators).
    /// </summary>
    private static void Settle(LayoutPlaces places, IReadOnlyList<int> column, double[] heights, double gap, double[] middles)
    {
        var blocks = new List<(double Sum, double Weight, int Count)>();
        var offsets = new double[column.Count];
        for (var index = 0; index < column.Count; index++)
        {
            var place = column[index];
            offsets[index] = index == 0 ? 0 : offsets[index - 1] + ((heights[column[index - 1]] + heights[place]) / 2) + gap;
            var neighbours = places.Before(place).Concat(places.After(place)).ToList();
            var wanted = (neighbours.Count == 0 ? middles[place] : neighbours.Average(neighbour => middles[neighbour])) - offsets[index];
            var weight = neighbours.Count == 2 && places.Before(place).Count == 1 ? PassingWeight : 1 + neighbours.Count;
            blocks.Add((wanted * weight, weight, 1));
            while (blocks.Count > 1 && blocks[^2].Sum / blocks[^2].Weight > blocks[^1].Sum / blocks[^1].Weight)
            {
                blocks[^2] = (blocks[^2].Sum + blocks[^1].Sum, blocks[^2].Weight + blocks[^1].Weight, blocks[^2].Count + blocks[^1].Count);
                blocks.RemoveAt(blocks.Count - 1);
            }
        }

        var next = 0;
        foreach (var block in blocks)
        {
            for (var member = 0; member < block.Count; member++, next++)
            {
                middles[column[next]] = (block.Sum / block.Weight) + offsets[next];
            }
        }
    }
}
