using System.Text;
using Netpol.Semantics.Graphs;

namespace Netpol.Cli.Graphs;

/// <summary>A graph for Graphviz.</summary>
internal static class GraphDot
{
    public static string Of(PolicyGraph graph)
    {
        var text = new StringBuilder("digraph netpol {\n    rankdir=LR;\n    node [fontname=\"sans-serif\", fontsize=11];\n    edge [fontname=\"sans-serif\", fontsize=9];\n");
        foreach (var node in graph.Nodes)
        {
            text.Append($"    {node.Id} [label={Quoted(GraphWords.Lines(node))}, shape={Shape(node.Kind)}, tooltip={Quoted(node.Sets.Select(set => set.Text))}];\n");
        }

        foreach (var edge in graph.Edges)
        {
            var style = edge.Kind == GraphEdgeKind.Backends ? "bold" : edge.IsWhole ? "solid" : "dashed";
            text.Append($"    {graph.Nodes[edge.From].Id} -> {graph.Nodes[edge.To].Id} [label={Quoted([GraphWords.Label(edge)])}, style={style}, tooltip={Quoted(GraphWords.Story(graph, edge))}];\n");
        }

        return text.Append("}\n").ToString();
    }

    private static string Shape(GraphNodeKind kind) => kind switch
    {
        GraphNodeKind.World => "egg",
        GraphNodeKind.Nodes => "box3d",
        GraphNodeKind.Addresses => "note",
        GraphNodeKind.Service => "component",
        _ => "box",
    };

    private static string Quoted(IEnumerable<string> lines) =>
        $"\"{string.Join("\\n", lines.Select(line => line.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)))}\"";
}
