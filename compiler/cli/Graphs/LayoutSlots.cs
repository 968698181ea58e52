using System.Collections.Immutable;

namespace Netpol.Cli.Graphs;

/// <summary>Where on the sides of boxes arrows begin and end: each in a slot of its own, ordered by where it comes from.</summary>
internal sealed class LayoutSlots
{
    private readonly ImmutableArray<LayoutBox> _boxes;
    private readonly ImmutableArray<LayoutArrow> _arrows;
    private readonly LayoutPlaces _places;
    private readonly ImmutableArray<LayoutPoint> _corners;
    private readonly Func<int, double> _middle;
    private readonly Dictionary<(int Arrow, bool IsRightSide), double> _slots = [];

    public LayoutSlots(
        ImmutableArray<LayoutBox> boxes, ImmutableArray<LayoutArrow> arrows, LayoutPlaces places, ImmutableArray<LayoutPoint> corners, Func<int, double> middle)
    {
        (_boxes, _arrows, _places, _corners, _middle) = (boxes, arrows, places, corners, middle);
        for (var box = 0; box < boxes.Length; box++)
        {
            Place(box, isRightSide: true, chain => chain[0] == box, chain => chain[1]);
            Place(box, isRightSide: false, chain => chain[^1] == box, chain => chain[^2]);
        }
    }

    /// <summary>The points of an arrow, from its tail to its head.</summary>
    public ImmutableArray<LayoutPoint> Line(int arrow, double[] lefts, double[] widths)
    {
        var chain = _places.ChainOf(arrow);
        if (chain.IsEmpty)
        {
            return [];
        }

        var points = new List<LayoutPoint> { new(_corners[chain[0]].X + _boxes[chain[0]].Width, _slots[(arrow, true)]) };
        foreach (var passing in chain.Skip(1).SkipLast(1))
        {
            var column = _places.ColumnOf(passing);
            points.Add(new(lefts[column], _middle(passing)));
            points.Add(new(lefts[column] + widths[column], _middle(passing)));
        }

        points.Add(new(_corners[chain[^1]].X, _slots[(arrow, false)]));
        if (chain[0] != _arrows[arrow].From)
        {
            points.Reverse();
        }

        return [.. points];
    }

    private void Place(int box, bool isRightSide, Func<ImmutableArray<int>, bool> isHere, Func<ImmutableArray<int>, int> neighbour)
    {
        var here = Enumerable.Range(0, _arrows.Length).Where(arrow => _places.ChainOf(arrow) is { IsEmpty: false } chain && isHere(chain))
            .OrderBy(arrow => _middle(neighbour(_places.ChainOf(arrow)))).ToList();
        for (var index = 0; index < here.Count; index++)
        {
            _slots[(here[index], isRightSide)] = _middle(box) + ((index - ((here.Count - 1) / 2.0)) * LayeredLayout.SlotHeight);
        }
    }
}
