using System.Text;
using Netpol.Semantics.Graphs;

namespace Netpol.Cli.Graphs;

/// <summary>A graph as a flowchart of Mermaid, which forges and editors draw in Markdown.</summary>
internal static class GraphMermaid
{
    public static string Of(PolicyGraph graph)
    {
        var text = new StringBuilder("flowchart LR\n");
        foreach (var node in graph.Nodes)
        {
            var (open, close) = Shape(node.Kind);
            text.Append($"    {node.Id}{open}\"{string.Join("<br>", GraphWords.Lines(node).Select(Escaped))}\"{close}\n");
        }

        foreach (var edge in graph.Edges)
        {
            var arrow = edge.Kind == GraphEdgeKind.Backends ? "==>" : edge.IsWhole ? "-->" : "-.->";
            text.Append($"    {graph.Nodes[edge.From].Id} {arrow}|\"{Escaped(GraphWords.Label(edge))}\"| {graph.Nodes[edge.To].Id}\n");
        }

        return text.ToString();
    }

    private static (string Open, string Close) Shape(GraphNodeKind kind) => kind switch
    {
        GraphNodeKind.World => ("((", "))"),
        GraphNodeKind.Nodes => ("{{", "}}"),
        GraphNodeKind.Addresses => ("[/", "/]"),
        GraphNodeKind.Service => ("([", "])"),
        _ => ("[", "]"),
    };

    /// <summary>Mermaid has codes of its own for what would end a quoted text or be taken for markup.</summary>
    private static string Escaped(string text) => text
        .Replace("#", "#35;", StringComparison.Ordinal)
        .Replace("\"", "#quot;", StringComparison.Ordinal)
        .Replace("<", "#lt;", StringComparison.Ordinal)
        .Replace(">", "#gt;", StringComparison.Ordinal)
        .Replace("`", "#96;", StringComparison.Ordinal);
}
