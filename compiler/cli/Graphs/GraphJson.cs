using System.Text.Json.Nodes;
using Netpol.Semantics.Graphs;

namespace Netpol.Cli.Graphs;

/// <summary>A graph as one JSON object; docs/cli.md has the fields.</summary>
internal static class GraphJson
{
    public static JsonObject Document(PolicyGraph graph) => new()
    {
        ["nodes"] = new JsonArray([.. graph.Nodes.Select(Node)]),
        ["edges"] = new JsonArray([.. graph.Edges.Select(edge => Edge(graph, edge))]),
    };

    private static JsonNode Node(GraphNode node) => new JsonObject
    {
        ["id"] = node.Id,
        ["kind"] = node.Kind.ToString().ToLowerInvariant(),
        ["sets"] = new JsonArray([.. node.Sets.Select(set => (JsonNode)new JsonObject
        {
            ["set"] = set.Text,
            ["place"] = set.Origin?.ToString(),
            ["documentation"] = set.Documentation,
        })]),
    };

    private static JsonNode Edge(PolicyGraph graph, GraphEdge edge) => new JsonObject
    {
        ["from"] = graph.Nodes[edge.From].Id,
        ["to"] = graph.Nodes[edge.To].Id,
        ["kind"] = edge.Kind.ToString().ToLowerInvariant(),
        ["pairs"] = edge.IsWhole ? "all" : "some",
        ["ports"] = JsonOutput.Array(edge.Ports.IsEmpty ? ["any"] : edge.Ports.Select(port => port.ToString())),
        ["egress"] = Cause(edge.Egress),
        ["ingress"] = Cause(edge.Ingress),
    };

    private static JsonObject? Cause(GraphCause? cause) => cause is null ? null : new()
    {
        ["rules"] = JsonOutput.Array(cause.Rules.Select(rule => rule.Origin.ToString())),
        ["byDefault"] = cause.IsByDefault,
    };
}
