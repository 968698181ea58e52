using System.Text.Json.Nodes;

namespace Netpol.Lab;

/// <summary>A container to be: its name and what the policy knows of it.</summary>
/// <param name="Ports">Names of its ports: <c>("http", "8080/tcp")</c>.</param>
public sealed record ContainerSpec(
    string Name,
    string Namespace,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string>? NamespaceLabels = null,
    IReadOnlyList<(string Name, string Port)>? Ports = null)
{
    /// <summary>What a runtime that knows netpol says by the capability of that name.</summary>
    internal JsonObject ToCapabilities()
    {
        var identity = new JsonObject { ["name"] = Name, ["namespace"] = Namespace, ["labels"] = ToObject(Labels) };
        if (NamespaceLabels is not null)
        {
            identity["namespaceLabels"] = ToObject(NamespaceLabels);
        }

        if (Ports is not null)
        {
            var ports = new JsonObject();
            foreach (var named in Ports.GroupBy(port => port.Name))
            {
                ports[named.Key] = new JsonArray([.. named.Select(port => (JsonNode)port.Port)]);
            }

            identity["ports"] = ports;
        }

        return new() { ["netpol"] = identity };
    }

    private static JsonObject ToObject(IReadOnlyDictionary<string, string> labels) =>
        new(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value)));
}
