using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Tests.Support.Kubernetes;

/// <summary>
/// The cluster of network-policy-api's conformance suite (its <c>base/manifests.yaml</c>): four namespaces with two servers each, and a
/// node, whose address its host-networked pods have. Named by the first letter of the house: <c>g0</c>, <c>r1</c>, <c>node</c>.
/// </summary>
public static class ConformanceCluster
{
    private const string NamespacePrefix = "network-policy-conformance-";

    private static readonly ImmutableArray<string> Houses = ["gryffindor", "slytherin", "hufflepuff", "ravenclaw"];

    /// <summary>Stand in for <c>{{ index .HostNetworkPorts N }}</c> of the templates, which pass a range from 0 to 1.</summary>
    public static ImmutableArray<int> HostNetworkPorts { get; } = [34345, 34346, 34347, 34348, 34349, 34350, 34351, 34352];

    public static Node Node { get; } = new("worker", [Address.Parse("172.18.0.3"), Address.Parse("fc00:f853::3")]);

    public static ImmutableArray<Endpoint> Pods { get; } =
        [.. from house in Houses from index in Enumerable.Range(0, 2) select Pod(house, index)];

    /// <summary>Namespaces as the manifest has them, and the node as the API server would give it.</summary>
    public static string Manifest { get; } = string.Join("\n---\n", [
        .. Houses.Select(house => $"{{ apiVersion: v1, kind: Namespace, metadata: {{ name: {NamespacePrefix}{house}, labels: {{ conformance-house: {house} }} }} }}"),
        $$"""
        apiVersion: v1
        kind: Node
        metadata: { name: {{Node.Name}}, labels: { kubernetes.io/os: linux } }
        status: { addresses: [{ type: InternalIP, address: {{Node.Addresses[0]}} }, { type: InternalIP, address: "{{Node.Addresses[1]}}" }, { type: Hostname, address: {{Node.Name}} }] }
        """,
    ]);

    public static ImmutableArray<Address> AddressesOf(string name) =>
        name == "node" ? Node.Addresses : Pods.Single(pod => pod.Name == name).Addresses;

    private static Endpoint Pod(string house, int index)
    {
        var labels = new Dictionary<string, string> { ["conformance-house"] = house };
        var host = (10 * (Houses.IndexOf(house) + 1)) + index;
        return new Endpoint(
            NamespacePrefix + house, labels, labels, [Address.Parse($"10.244.1.{host}"), Address.Parse($"fd00:10:244::{host}")],
            [new NamedPort("web", Protocol.Tcp, 80), new NamedPort("dns", Protocol.Udp, 53)], $"{house[0]}{index}");
    }
}
