using System.Collections.Immutable;

namespace Netpol.Cli.Graphs;

/// <summary>A box of a drawing, and its size; all lengths are of one unit.</summary>
internal readonly record struct LayoutBox(double Width, double Height);

/// <summary>An arrow between two boxes by their numbers, and how wide a gap its label needs.</summary>
internal readonly record struct LayoutArrow(int From, int To, double LabelWidth);

/// <summary>Where a point of a drawing is; y grows downwards.</summary>
internal readonly record struct LayoutPoint(double X, double Y);

/// <summary>
/// Boxes in columns, and the lines of the arrows between them, so that most arrows go from left to right and few cross (after Sugiyama, Tagawa and
/// Toda 1981): what stands in a circle is turned, columns are the longest paths, long arrows get a place in each column that they pass,
/// places are ordered by the middle of their neighbours and then moved to it. The same graph gives the same drawing.
/// </summary>
/// <param name="Boxes">As given, and higher where the arrows at a side need more room.</param>
/// <param name="Corners">The upper left corner of each box.</param>
/// <param name="Lines">For each arrow the points that it goes through; none where both its ends are one box.</param>
internal sealed record LayeredLayout(
    ImmutableArray<LayoutBox> Boxes, ImmutableArray<LayoutPoint> Corners, ImmutableArray<ImmutableArray<LayoutPoint>> Lines, double Width, double Height)
{
    /// <summary>Between two arrows at one side of a box.</summary>
    public const double SlotHeight = 14;

    private const double RoomBesideSlots = 8;

    private const double Margin = 20;
    private const double RowGap = 18;
    private const double PassingHeight = 10;
    private const double LeastColumnGap = 70;
    private const double RoomBesideLabel = 46;

    public static LayeredLayout Of(ImmutableArray<LayoutBox> boxes, ImmutableArray<LayoutArrow> arrows)
    {
        var columns = LayoutColumns.Of(boxes.Length, arrows);
        boxes = [.. boxes.Select((box, index) => box with { Height = Math.Max(box.Height, (MostAtOneSide(index, arrows, columns) * SlotHeight) + RoomBesideSlots) })];
        var places = new LayoutPlaces(boxes, arrows, columns);
        places.Order();

        var heights = new double[places.Count];
        for (var place = 0; place < places.Count; place++)
        {
            heights[place] = place < boxes.Length ? boxes[place].Height : PassingHeight;
        }

        var middles = LayoutRows.Of(places, heights, RowGap);
        var top = places.Count == 0 ? 0 : Enumerable.Range(0, places.Count).Min(place => middles[place] - (heights[place] / 2));
        var (lefts, widths) = Columns(boxes, arrows, places);
        double Middle(int place) => middles[place] - top + Margin;

        var corners = boxes.Select((box, index) => new LayoutPoint(
            lefts[places.ColumnOf(index)] + ((widths[places.ColumnOf(index)] - box.Width) / 2), Middle(index) - (box.Height / 2))).ToImmutableArray();
        var slots = new LayoutSlots(boxes, arrows, places, corners, Middle);
        return new(
            boxes,
            corners,
            [.. arrows.Select((_, arrow) => slots.Line(arrow, lefts, widths))],
            lefts.Length == 0 ? 2 * Margin : lefts[^1] + widths[^1] + Margin,
            places.Count == 0 ? 2 * Margin : Enumerable.Range(0, places.Count).Max(place => Middle(place) + (heights[place] / 2)) + Margin);
    }

    private static int MostAtOneSide(int box, ImmutableArray<LayoutArrow> arrows, ImmutableArray<int> columns)
    {
        var others = arrows.Where(arrow => arrow.From != arrow.To && (arrow.From == box || arrow.To == box)).Select(arrow => columns[arrow.From == box ? arrow.To : arrow.From]).ToList();
        return Math.Max(others.Count(column => column < columns[box]), others.Count(column => column > columns[box]));
    }

    private static (double[] Lefts, double[] Widths) Columns(ImmutableArray<LayoutBox> boxes, ImmutableArray<LayoutArrow> arrows, LayoutPlaces places)
    {
        var (lefts, widths) = (new double[places.Columns.Length], new double[places.Columns.Length]);
        for (var column = 0; column < lefts.Length; column++)
        {
            widths[column] = places.Columns[column].Where(place => place < boxes.Length).Select(place => boxes[place].Width).DefaultIfEmpty(0).Max();
        }

        // A label stands before the head of its arrow: left of the box, or right of it where the arrow comes back.
        var gaps = new double[Math.Max(0, lefts.Length - 1)];
        Array.Fill(gaps, LeastColumnGap);
        foreach (var arrow in arrows.Where(arrow => places.ColumnOf(arrow.From) != places.ColumnOf(arrow.To)))
        {
            var gap = places.ColumnOf(arrow.From) < places.ColumnOf(arrow.To) ? places.ColumnOf(arrow.To) - 1 : places.ColumnOf(arrow.To);
            gaps[gap] = Math.Max(gaps[gap], arrow.LabelWidth + RoomBesideLabel);
        }

        for (var column = 0; column < lefts.Length; column++)
        {
            lefts[column] = column == 0 ? Margin : lefts[column - 1] + widths[column - 1] + gaps[column - 1];
        }

        return (lefts, widths);
    }
}
