using System.Text.Json.Nodes;
using Netpol.Model;
using Netpol.Questions;
using Netpol.Semantics;
using Netpol.Semantics.Analysis;

namespace Netpol.Cli;

/// <summary>Concrete flows as <c>eval --flows</c> reads them.</summary>
internal static class FlowJson
{
    public static JsonObject Of(ComparedFlow flow) => Of(flow.Universe, flow.Flow, flow.Receiver);

    /// <param name="receiver">Where it comes to: an endpoint that has this address is there too.</param>
    public static JsonObject Of(Universe universe, Flow flow, Address receiver)
    {
        var json = new JsonObject
        {
            ["from"] = End(universe, flow.Source, flow.IsFromNodeSocket),
            ["to"] = End(universe, flow.Destination, isNodeItself: true),
            ["port"] = flow.Traffic.ToString(),
        };
        if (receiver != flow.Destination && universe.EndpointAt(receiver) is { } backend)
        {
            json["others"] = new JsonArray(Endpoint(backend));
        }

        return json;
    }

    private static JsonNode End(Universe universe, Address address, bool isNodeItself) =>
        universe.EndpointAt(address) is { } endpoint ? Endpoint(endpoint)
        : universe.NodeAt(address) is { } node ? new JsonObject
        {
            ["node"] = node.Name.Length == 0 && isNodeItself ? FlowEnd.OwnNode : FlowEnd.AnotherNode,
            ["address"] = address.ToString(),
        }
        : JsonValue.Create(address.ToString());

    private static JsonObject Endpoint(Endpoint endpoint)
    {
        var json = new JsonObject
        {
            ["namespace"] = endpoint.Namespace,
            ["namespaceLabels"] = Labels(endpoint.NamespaceLabels.Where(label => label.Key != Semantics.Endpoint.MetadataName)),
            ["labels"] = Labels(endpoint.Labels),
            ["addresses"] = JsonOutput.Array(endpoint.Addresses.Select(address => address.ToString())),
        };
        if (!endpoint.Ports.IsEmpty)
        {
            json["ports"] = new JsonObject(endpoint.Ports.GroupBy(port => port.Name).Select(name => KeyValuePair.Create(
                name.Key, (JsonNode?)JsonOutput.Array(name.Select(port => Traffic.To(port.Protocol, port.Port).ToString())))));
        }

        if (!endpoint.Resolved.IsEmpty)
        {
            json["resolved"] = new JsonObject(endpoint.Resolved.GroupBy(resolved => resolved.Name).Select(name => KeyValuePair.Create(
                name.Key, (JsonNode?)JsonOutput.Array(name.Select(resolved => resolved.Address.ToString())))));
        }

        return json;
    }

    private static JsonObject Labels(IEnumerable<KeyValuePair<string, string>> labels) =>
        new(labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value)));
}
