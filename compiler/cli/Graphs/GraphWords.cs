using System.Collections.Immutable;
using Netpol.Semantics.Graphs;

namespace Netpol.Cli.Graphs;

/// <summary>What stands in and beside the nodes and edges of a drawn graph.</summary>
internal static class GraphWords
{
    private const int MostSets = 6;
    private const int MostPorts = 3;

    /// <summary>A line a set; of many the first ones.</summary>
    public static ImmutableArray<string> Lines(GraphNode node) => node.Sets.Length <= MostSets
        ? [.. node.Sets.Select(set => set.Text)]
        : [.. node.Sets.Take(MostSets - 1).Select(set => set.Text), $"and {node.Sets.Length - MostSets + 1} more"];

    /// <summary><c>8080/tcp, port http</c>; of many the first ones.</summary>
    public static string Label(GraphEdge edge)
    {
        var ports = edge.Ports.IsEmpty ? "any"
            : edge.Ports.Length <= MostPorts ? string.Join(", ", edge.Ports)
            : $"{string.Join(", ", edge.Ports.Take(MostPorts))}, …";
        return edge.Kind == GraphEdgeKind.Backends ? $"to {ports}" : edge.IsWhole ? ports : $"some: {ports}";
    }

    /// <summary>Everything that is known of an edge, a line each.</summary>
    public static IEnumerable<string> Story(PolicyGraph graph, GraphEdge edge)
    {
        yield return $"{Names(graph.Nodes[edge.From])} -> {Names(graph.Nodes[edge.To])}";
        var ports = edge.Ports.IsEmpty ? "every IP protocol" : string.Join(", ", edge.Ports);
        yield return edge.Kind == GraphEdgeKind.Backends ? $"backends, to {ports}" : edge.IsWhole ? $"on {ports}" : $"some of them, on {ports}";
        foreach (var (end, cause) in new[] { ("egress", edge.Egress), ("ingress", edge.Ingress) })
        {
            foreach (var rule in cause?.Rules ?? [])
            {
                yield return $"{end}: {rule.Origin}  {rule.Origin.Text}";
            }

            if (cause is { IsByDefault: true })
            {
                yield return $"{end}: {(cause.Rules.IsEmpty ? "no rule decides" : "of some no rule decides")}";
            }
        }
    }

    private static string Names(GraphNode node) => string.Join(" | ", node.Sets.Select(set => set.Text));
}
