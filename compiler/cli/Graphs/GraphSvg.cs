using System.Collections.Immutable;
using System.Globalization;
using System.Security;
using System.Text;
using Netpol.Semantics.Graphs;

namespace Netpol.Cli.Graphs;

/// <summary>
/// A graph as a picture: who opens connections stands left of whom it opens them to. Pointing at an arrow shows the rules that allow it, in whatever shows
/// titles; nothing else is needed to look at it.
/// </summary>
internal static class GraphSvg
{
    private const double LetterWidth = 7;
    private const double SmallLetterWidth = 5.6;
    private const double LineHeight = 15;
    private const int LongestLine = 44;
    private const int LongestLabel = 34;

    private const string Style = """
        text { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1b2733; }
        .label { font-size: 9.5px; fill: #3d4a57; stroke: #ffffff; stroke-width: 3px; paint-order: stroke; }
        .box { stroke-width: 1.2; fill: #eef4fb; stroke: #3b6ea5; }
        .service .box { fill: #f3effa; stroke: #7653a8; }
        .world .box { fill: #fbeeee; stroke: #b04a4a; }
        .nodes .box { fill: #eef7ef; stroke: #4a8f57; }
        .addresses .box { fill: #fbf5e8; stroke: #a97b22; }
        .line { fill: none; stroke: #6b7a89; stroke-width: 1.1; }
        .some .line { stroke-dasharray: 5 3; }
        .backends .line { stroke: #7653a8; stroke-width: 2; }
        .edge:hover .line { stroke: #d1611f; stroke-width: 2.4; }
        .edge:hover .label { fill: #a3430b; }

        """;

    public static string Of(PolicyGraph graph)
    {
        var lines = graph.Nodes.Select(node => GraphWords.Lines(node).Select(line => Cut(line, LongestLine)).ToImmutableArray()).ToImmutableArray();
        var labels = graph.Edges.Select(edge => Cut(GraphWords.Label(edge), LongestLabel)).ToImmutableArray();
        var layout = LayeredLayout.Of([.. lines.Select(Box)], [.. graph.Edges.Select((edge, index) => new LayoutArrow(edge.From, edge.To, labels[index].Length * SmallLetterWidth))]);

        // Members that reach each other are a loop above their box's right corner, which needs room.
        var width = layout.Width + (graph.Edges.Any(edge => edge.From == edge.To) ? (LongestLabel * SmallLetterWidth) + 40 : 0);
        var text = new StringBuilder();
        text.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{N(width)}\" height=\"{N(layout.Height)}\" viewBox=\"0 0 {N(width)} {N(layout.Height)}\">\n");
        text.Append($"<style>\n{Style}</style>\n");
        text.Append("<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\"><path d=\"M0 0 8 4 0 8z\" fill=\"#6b7a89\"/></marker></defs>\n");
        text.Append($"<rect width=\"{N(width)}\" height=\"{N(layout.Height)}\" fill=\"#ffffff\"/>\n");
        for (var index = 0; index < graph.Edges.Length; index++)
        {
            var edge = graph.Edges[index];
            var (path, labelAt, anchor) = edge.From == edge.To
                ? Loop(layout.Corners[edge.From], layout.Boxes[edge.From], graph.Edges.Take(index).Count(other => other.From == edge.From && other.To == edge.To))
                : Line(layout.Lines[index]);
            text.Append($"<g class=\"edge {(edge.IsWhole ? "all" : "some")} {edge.Kind.ToString().ToLowerInvariant()}\"><title>{Escaped(string.Join('\n', GraphWords.Story(graph, edge)))}</title>");
            text.Append($"<path class=\"line\" d=\"{path}\" marker-end=\"url(#head)\"/>");
            text.Append($"<text class=\"label\" x=\"{N(labelAt.X)}\" y=\"{N(labelAt.Y)}\" text-anchor=\"{anchor}\">{Escaped(labels[index])}</text></g>\n");
        }

        for (var node = 0; node < graph.Nodes.Length; node++)
        {
            Write(text, graph.Nodes[node], layout.Corners[node], layout.Boxes[node], lines[node]);
        }

        return text.Append("</svg>\n").ToString();
    }

    private static LayoutBox Box(ImmutableArray<string> lines) => new((lines.Max(line => line.Length) * LetterWidth) + 20, (lines.Length * LineHeight) + 14);

    private static void Write(StringBuilder text, GraphNode node, LayoutPoint corner, LayoutBox box, ImmutableArray<string> lines)
    {
        var round = node.Kind is GraphNodeKind.Service or GraphNodeKind.World ? 12 : 3;
        text.Append($"<g class=\"{node.Kind.ToString().ToLowerInvariant()}\"><title>{Escaped(string.Join('\n', node.Sets.Select(Told)))}</title>");
        text.Append($"<rect class=\"box\" x=\"{N(corner.X)}\" y=\"{N(corner.Y)}\" width=\"{N(box.Width)}\" height=\"{N(box.Height)}\" rx=\"{round}\"/>");
        for (var line = 0; line < lines.Length; line++)
        {
            var y = corner.Y + (box.Height / 2) + ((line - ((lines.Length - 1) / 2.0)) * LineHeight) + 4;
            text.Append($"<text x=\"{N(corner.X + (box.Width / 2))}\" y=\"{N(y)}\" text-anchor=\"middle\">{Escaped(lines[line])}</text>");
        }

        text.Append("</g>\n");
    }

    private static string Told(GraphSet set) =>
        $"{set.Text}{(set.Documentation is { } documentation ? $": {documentation}" : "")}{(set.Origin is { } origin ? $" ({origin})" : "")}";

    private static (string Path, LayoutPoint Label, string Anchor) Line(ImmutableArray<LayoutPoint> points)
    {
        var path = new StringBuilder($"M{N(points[0].X)} {N(points[0].Y)}");
        foreach (var (from, to) in points.Zip(points.Skip(1)))
        {
            var bend = (to.X - from.X) / 2;
            path.Append($" C{N(from.X + bend)} {N(from.Y)} {N(to.X - bend)} {N(to.Y)} {N(to.X)} {N(to.Y)}");
        }

        var (head, isForward) = (points[^1], points[^1].X > points[0].X);
        return (path.ToString(), new(head.X + (isForward ? -12 : 12), head.Y - 2), isForward ? "end" : "start");
    }

    private static (string Path, LayoutPoint Label, string Anchor) Loop(LayoutPoint corner, LayoutBox box, int number)
    {
        var (x, y) = (corner.X + box.Width, corner.Y + 2 + (number * 5));
        var reach = 22 + (number * 10);
        return (
            $"M{N(x - 14)} {N(corner.Y)} C{N(x - 14)} {N(y - reach)} {N(x + reach)} {N(y - 8)} {N(x)} {N(y + 4)}",
            new(x + 16, corner.Y - 6 + (number * 11)),
            "start");
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : $"{text[..(length - 1)]}…";

    /// <summary>What may stand in XML; control characters may not, and no name of ours has any.</summary>
    private static string Escaped(string text) => SecurityElement.Escape(text);

    private static string N(double number) => Math.Round(number, 1).ToString(CultureInfo.InvariantCulture);
}
