using Netpol.Kubernetes;
using Netpol.Tests.Support.Kubernetes;
using Netpol.Text;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>Everything that a v1 Service says of ways to it and of its backends, there and back.</summary>
public sealed class ServiceImportTests
{
    private const string Whole = """
        apiVersion: v1
        kind: Service
        metadata: { name: web, namespace: shop }
        spec:
          type: LoadBalancer
          clusterIP: 10.96.0.10
          clusterIPs: [10.96.0.10, fd00:96::10]
          selector: { app: web }
          ports:
          - { name: http, port: 80, targetPort: 8080, nodePort: 30080 }
          - { name: dns, port: 53, protocol: UDP, nodePort: 30053 }
          loadBalancerIP: 203.0.113.7
          loadBalancerSourceRanges: [198.51.100.0/24, 2001:db8::/32]
          externalIPs: [192.0.2.10, 203.0.113.7]
          sessionAffinity: ClientIP
          sessionAffinityConfig: { clientIP: { timeoutSeconds: 90 } }
          externalTrafficPolicy: Local
          internalTrafficPolicy: Local
          trafficDistribution: PreferSameNode
          publishNotReadyAddresses: true
          healthCheckNodePort: 31000
        status: { loadBalancer: { ingress: [{ ip: 203.0.113.7, ipMode: VIP }, { ip: "2001:db8:7::7" }] } }
        """;

    [Fact]
    public void Every_way_to_a_service_is_imported()
    {
        var import = Import(Whole);

        Assert.Empty(import.Diagnostics);
        Assert.Contains("""
            service web {
                address 10.96.0.10, fd00:96::10
                port http 80/tcp -> 8080
                port "dns" 53/udp
                nodeport http 30080
                nodeport "dns" 30053
                loadbalancer 203.0.113.7, 2001:db8:7::7 from cidr 198.51.100.0/24, 2001:db8::/32
                loadbalancer 192.0.2.10
                backends web
                affinity client-ip 90s
                outside local
                inside local
                locality prefer node, zone
            }
            """, import.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("type: NodePort", "ports: [{ port: 80, nodePort: 30080 }]", "port tcp80 80/tcp", "nodeport tcp80 30080")]
    [InlineData("sessionAffinity: ClientIP", "ports: [{ port: 80 }]", "affinity client-ip 3h")]
    [InlineData("sessionAffinity: None", "ports: [{ port: 80 }]", "port 80/tcp")]
    [InlineData("trafficDistribution: PreferClose", "ports: [{ port: 80 }]", "locality prefer zone")]
    [InlineData("trafficDistribution: PreferSameZone", "ports: [{ port: 80 }]", "locality prefer zone")]
    [InlineData("externalIPs: [192.0.2.10]", "ports: [{ port: 80 }]", "loadbalancer 192.0.2.10")]
    public void A_service_without_most_of_it_says_the_rest(string one, string other, params string[] lines)
    {
        var import = Import($"apiVersion: v1\nkind: Service\nmetadata: {{ name: s }}\nspec: {{ clusterIP: 10.96.0.1, selector: {{ a: b }}, {one}, {other} }}");

        Assert.Empty(import.Diagnostics);
        Assert.All(lines, line => Assert.Contains($"    {line}\n", import.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void An_address_of_several_services_is_the_first_ones()
    {
        var import = Import(string.Join("\n---\n", Enumerable.Range(1, 2).Select(number =>
            $"apiVersion: v1\nkind: Service\nmetadata: {{ name: s{number} }}\nspec: {{ clusterIP: 10.96.0.{number}, selector: {{ a: b }}, ports: [{{ port: {number} }}], externalIPs: [192.0.2.10] }}")));

        Assert.Equal(
            "`192.0.2.10` of service `default/s2` is left out: it is an address of service `default/s1`, too", Assert.Single(import.Diagnostics).Message);
        Assert.Equal(1, import.Text.Split("loadbalancer").Length - 1);
    }

    [Fact]
    public void Exported_and_imported_again_it_is_the_same_service()
    {
        var first = Imported.Of(new SourceFile("first.yaml", Whole));
        var export = KubernetesExporter.Export(first.Model, []);
        Assert.Empty(export.Diagnostics);

        var again = Imported.Of(new SourceFile("again.yaml", export.Text));

        static object Said(Netpol.Model.Service service) => (
            string.Join(' ', service.Addresses), string.Join(' ', service.Ports.Select(port => $"{port.Name} {port.Protocol} {port.Port} {port.Target}")),
            string.Join(' ', service.NodePorts.Select(port => $"{port.Port.Name} {port.Number}")),
            string.Join(' ', service.LoadBalancers.Select(balancer => $"{string.Join(',', balancer.Addresses)} {balancer.From is null}")),
            service.Affinity, service.Outside, service.Inside, string.Join(' ', service.Locality));
        Assert.Equal(Said(Assert.Single(first.Model.Services)), Said(Assert.Single(again.Model.Services)));
        Assert.Contains("loadBalancerSourceRanges", export.Text, StringComparison.Ordinal);
    }

    private static ImportResult Import(string yaml) => KubernetesImporter.Import([new SourceFile("s.yaml", yaml)]);
}
