using System.Collections.Immutable;

namespace Netpol.Tests.Support.Fuzzing;

/// <summary>Texts to begin with: the sources of the corpus, and a small object of each kind that is imported.</summary>
public static class FuzzSeeds
{
    public static ImmutableArray<string> Of(string target) => target switch
    {
        "parser" =>
        [
            .. Directory.EnumerateFiles(Repository.PathOf("tests/unit/corpus"), "source.netpol", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal).Select(File.ReadAllText),
        ],
        "importer" => Objects,
        _ => throw new ArgumentException($"there is no target `{target}`", nameof(target)),
    };

    private static ImmutableArray<string> Objects { get; } =
    [
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: p, namespace: shop, labels: { a: b } }
        spec:
          podSelector: { matchLabels: { app: web }, matchExpressions: [{ key: tier, operator: NotIn, values: [x, y] }] }
          policyTypes: [Ingress, Egress]
          ingress:
          - from:
            - podSelector: {}
              namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: data } }
            - ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] }
            ports: [{ port: http, protocol: UDP }, { port: 80, endPort: 90 }]
          egress: [{}]
        """,
        """
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata: { name: p, annotations: { kubernetes.io/description: "why\nand how" } }
        spec:
          tier: Admin
          priority: 10
          subject: { pods: { namespaceSelector: { matchLabels: { env: prod } }, podSelector: {} } }
          ingress: [{ name: a rule, action: Deny, from: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { range: { start: 1, end: 9 } } } }, { destinationNamedPort: web }] }]
          egress: [{ action: Accept, to: [{ networks: ["10.0.0.0/8", "::/0"] }, { nodes: {} }] }, { action: Accept, to: [{ domainNames: ["*.example.com"] }] }]
        """,
        """
        apiVersion: v1
        kind: List
        items:
        - apiVersion: policy.networking.k8s.io/v1alpha1
          kind: AdminNetworkPolicy
          metadata: { name: p }
          spec: { priority: 0, subject: { namespaces: {} }, ingress: [{ action: Pass, from: [{ namespaces: { sameLabels: [kubernetes.io/metadata.name] } }], ports: [{ portNumber: { protocol: SCTP, port: 9 } }] }] }
        - { apiVersion: policy.networking.k8s.io/v1alpha1, kind: BaselineAdminNetworkPolicy, metadata: { name: default }, spec: { subject: { namespaces: {} }, egress: [{ action: Deny, to: [{ networks: [0.0.0.0/0] }] }] } }
        - { apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { env: prod } } }
        - { apiVersion: v1, kind: Node, metadata: { name: n }, status: { addresses: [{ type: InternalIP, address: 192.0.2.1 }] } }
        - { apiVersion: v1, kind: Service, metadata: { name: s, namespace: shop }, spec: { clusterIP: 10.96.0.1, selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }] } }
        - { apiVersion: apps/v1, kind: Deployment, metadata: { name: d, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ ports: [{ name: http, containerPort: 8080 }] }] } } } }
        """,
        """
        apiVersion: cilium.io/v2
        kind: CiliumNetworkPolicy
        metadata: { name: p, namespace: shop }
        spec:
          endpointSelector: { matchLabels: { "k8s:app": web } }
          enableDefaultDeny: { egress: false }
          ingress:
          - fromEndpoints: [{ matchLabels: { "k8s:io.kubernetes.pod.namespace": data } }]
            toPorts: [{ ports: [{ port: "80", protocol: TCP }], rules: { http: [{ method: GET, path: "/v1/.*" }] } }]
          - fromEntities: [world, host, remote-node]
          egress: [{ toFQDNs: [{ matchPattern: "*.example.com" }] }, { toCIDRSet: [{ cidr: 10.0.0.0/8, except: [10.1.0.0/16] }] }]
          egressDeny: [{ toEntities: [all], icmps: [{ fields: [{ type: 8, family: IPv4 }] }] }]
        """,
    ];
}
