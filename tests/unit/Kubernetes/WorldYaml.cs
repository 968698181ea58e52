using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>A world as the objects that make it: in block YAML with quoted strings, or as JSON, which is YAML too.</summary>
internal static class WorldYaml
{
    /// <param name="isBlock">Block YAML of several documents; else one JSON List.</param>
    public static string Write(World world, bool hasNamespaces, bool hasPods, bool isBlock)
    {
        var objects = new List<JsonObject>();
        if (hasNamespaces)
        {
            objects.AddRange(world.Namespaces.Select(entry => Object("v1", "Namespace", null, entry.Key, entry.Value, null)));
        }

        if (hasPods)
        {
            objects.AddRange(world.Pods.Select(Pod));
        }

        objects.AddRange(world.Policies.Select(Policy));
        objects.AddRange(world.ClusterPolicies.Select(WorldClusterYaml.Policy));
        if (!isBlock)
        {
            return new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "List",
                ["items"] = new JsonArray([.. objects]),
            }.ToJsonString();
        }

        var text = new StringBuilder();
        foreach (var document in objects)
        {
            text.Append("---\n");
            Block(text, document, 0);
        }

        return text.ToString();
    }

    private static JsonObject Pod(WorldPod pod) => Object("v1", "Pod", pod.Namespace, pod.Name, pod.Labels, new JsonObject
    {
        // One container a port: a name must be unique inside one.
        ["containers"] = new JsonArray([.. pod.Ports.Select((port, index) => new JsonObject
        {
            ["name"] = $"c{index}",
            ["image"] = "example/image:1",
            ["ports"] = new JsonArray(new JsonObject
            {
                ["name"] = port.Name,
                ["containerPort"] = (int)port.Number,
                ["protocol"] = port.Protocol.ToString().ToUpperInvariant(),
            }),
        })]),
    });

    private static JsonObject Policy(WorldPolicy policy)
    {
        var spec = new JsonObject { ["podSelector"] = Selector(policy.PodSelector) };
        Add(spec, "policyTypes", policy.PolicyTypes, type => type);
        Add(spec, "ingress", policy.Ingress, rule => Rule(rule, "from"));
        Add(spec, "egress", policy.Egress, rule => Rule(rule, "to"));
        return Object("networking.k8s.io/v1", "NetworkPolicy", policy.Namespace, policy.Name, null, spec);
    }

    private static JsonObject Rule(WorldRule rule, string peers)
    {
        var written = new JsonObject();
        Add(written, peers, rule.Peers, Peer);
        Add(written, "ports", rule.Ports, Port);
        return written;
    }

    private static JsonObject Peer(WorldPeer peer)
    {
        var written = new JsonObject();
        if (peer.Pods is not null)
        {
            written["podSelector"] = Selector(peer.Pods);
        }

        if (peer.Namespaces is not null)
        {
            written["namespaceSelector"] = Selector(peer.Namespaces);
        }

        if (peer.Block is { } block)
        {
            var fields = new JsonObject { ["cidr"] = block.Cidr };
            Add(fields, "except", block.Except, except => except);
            written["ipBlock"] = fields;
        }

        return written;
    }

    private static JsonObject Port(WorldPort port)
    {
        var written = new JsonObject();
        if (port.Protocol is not null)
        {
            written["protocol"] = port.Protocol;
        }

        if (port.Port is not null)
        {
            written["port"] = int.TryParse(port.Port, out var number) ? number : port.Port;
        }

        if (port.EndPort is { } last)
        {
            written["endPort"] = last;
        }

        return written;
    }

    public static JsonObject Selector(WorldSelector selector)
    {
        var written = new JsonObject();
        if (selector.MatchLabels is { } labels)
        {
            written["matchLabels"] = Labels(labels);
        }

        Add(written, "matchExpressions", selector.MatchExpressions, expression =>
        {
            var fields = new JsonObject { ["key"] = expression.Key, ["operator"] = expression.Operator };
            if (!expression.Values.IsEmpty)
            {
                fields["values"] = new JsonArray([.. expression.Values.Select(value => JsonValue.Create(value))]);
            }

            return fields;
        });
        return written;
    }

    public static JsonObject Object(
        string version, string kind, string? @namespace, string name, ImmutableDictionary<string, string>? labels, JsonObject? spec)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (@namespace is not null)
        {
            metadata["namespace"] = @namespace;
        }

        if (labels is not null)
        {
            metadata["labels"] = Labels(labels);
        }

        var written = new JsonObject { ["apiVersion"] = version, ["kind"] = kind, ["metadata"] = metadata };
        if (spec is not null)
        {
            written["spec"] = spec;
        }

        return written;
    }

    private static JsonObject Labels(ImmutableDictionary<string, string> labels) =>
        new(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value)));

    public static void Add<T>(JsonObject fields, string name, ImmutableArray<T>? items, Func<T, JsonNode?> write)
    {
        if (items is { } given)
        {
            fields[name] = new JsonArray([.. given.Select(write)]);
        }
    }

    private static void Block(StringBuilder text, JsonNode? node, int indentation)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } fields:
                foreach (var (key, value) in fields)
                {
                    text.Append(' ', indentation).Append('"').Append(key).Append("\":");
                    Nested(text, value, indentation + 2);
                }

                break;
            case JsonArray { Count: > 0 } items:
                foreach (var item in items)
                {
                    text.Append(' ', indentation).Append('-');
                    Nested(text, item, indentation + 2);
                }

                break;
            default:
                text.Append(' ', indentation).Append(node?.ToJsonString() ?? "null").Append('\n');
                break;
        }
    }

    private static void Nested(StringBuilder text, JsonNode? value, int indentation)
    {
        text.Append(value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 } ? '\n' : ' ');
        Block(text, value, value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 } ? indentation : 0);
    }
}
