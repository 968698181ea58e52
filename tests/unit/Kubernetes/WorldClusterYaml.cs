using System.Text.Json.Nodes;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>Policies of whole clusters as JSON objects: <c>protocols</c> in ClusterNetworkPolicy, <c>ports</c> in the older kinds.</summary>
internal static class WorldClusterYaml
{
    private const string Group = "policy.networking.k8s.io";

    public static JsonObject Policy(WorldClusterPolicy policy)
    {
        var isCluster = policy.Kind == "ClusterNetworkPolicy";
        var spec = new JsonObject { ["subject"] = Peer(policy.Subject) };
        if (isCluster)
        {
            spec["tier"] = policy.Tier;
        }

        if (policy.Priority is { } priority)
        {
            spec["priority"] = priority;
        }

        WorldYaml.Add(spec, "ingress", policy.Ingress, rule => Rule(rule, "from", isCluster));
        WorldYaml.Add(spec, "egress", policy.Egress, rule => Rule(rule, "to", isCluster));
        return WorldYaml.Object(isCluster ? $"{Group}/v1alpha2" : $"{Group}/v1alpha1", policy.Kind, null, policy.Name, null, spec);
    }

    private static JsonObject Rule(WorldClusterRule rule, string peers, bool isCluster)
    {
        var written = new JsonObject { ["action"] = isCluster && rule.Action == "Allow" ? "Accept" : rule.Action };
        if (rule.Name is not null)
        {
            written["name"] = rule.Name;
        }

        written[peers] = new JsonArray([.. rule.Peers.Select(Peer)]);
        WorldYaml.Add(written, isCluster ? "protocols" : "ports", rule.Ports, port => isCluster ? Protocol(port) : Port(port));
        return written;
    }

    private static JsonObject Peer(WorldClusterPeer peer)
    {
        if (peer.IsPods)
        {
            var pods = new JsonObject();
            if (peer.Namespaces is not null)
            {
                pods["namespaceSelector"] = WorldYaml.Selector(peer.Namespaces);
            }

            pods["podSelector"] = WorldYaml.Selector(peer.Pods!);
            return new JsonObject { ["pods"] = pods };
        }

        if (peer.Networks is { } networks)
        {
            return new JsonObject { ["networks"] = new JsonArray([.. networks.Select(network => JsonValue.Create(network))]) };
        }

        return peer.IsNodes
            ? new JsonObject { ["nodes"] = new JsonObject() }
            : new JsonObject { ["namespaces"] = WorldYaml.Selector(peer.Namespaces!) };
    }

    private static JsonObject Protocol(WorldClusterPort port) => port.Name is not null
        ? new JsonObject { ["destinationNamedPort"] = port.Name }
        : new JsonObject
        {
            [port.Protocol!.ToLowerInvariant()] = new JsonObject
            {
                ["destinationPort"] = port.First == port.Last
                    ? new JsonObject { ["number"] = port.First }
                    : new JsonObject { ["range"] = new JsonObject { ["start"] = port.First, ["end"] = port.Last } },
            },
        };

    private static JsonObject Port(WorldClusterPort port)
    {
        if (port.Name is not null)
        {
            return new JsonObject { ["namedPort"] = port.Name };
        }

        return port.First == port.Last
            ? new JsonObject { ["portNumber"] = new JsonObject { ["protocol"] = port.Protocol, ["port"] = port.First } }
            : new JsonObject { ["portRange"] = new JsonObject { ["protocol"] = port.Protocol, ["start"] = port.First, ["end"] = port.Last } };
    }
}
