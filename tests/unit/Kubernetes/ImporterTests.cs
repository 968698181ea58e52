using Netpol.Binding;
using Netpol.Kubernetes;
using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Unit.Kubernetes;

public sealed class ImporterTests
{
    [Fact]
    public void Objects_of_one_namespace_become_what_a_person_would_write()
    {
        const string yaml = """
            apiVersion: v1
            kind: Namespace
            metadata: { name: shop, labels: { env: prod, kubernetes.io/metadata.name: shop } }
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: checkout, namespace: shop }
            spec:
              selector: { matchLabels: { app: checkout, tier: core } }
              template:
                metadata: { labels: { app: checkout, tier: core } }
                spec: { containers: [{ name: c, ports: [{ name: http, containerPort: 8080 }] }] }
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: { name: checkout, namespace: shop }
            spec:
              podSelector: { matchLabels: { tier: core, app: checkout } }
              policyTypes: [Ingress, Egress]
              ingress:
              - from:
                - podSelector: { matchLabels: { app: web } }
                - ipBlock: { cidr: 10.20.0.0/16, except: [10.20.5.0/24] }
                ports: [{ port: http }, { port: 9000, endPort: 9099, protocol: UDP }]
              egress:
              - to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }]
                ports: [{ port: 53, protocol: UDP }]
            ---
            apiVersion: v1
            kind: Service
            metadata: { name: checkout, namespace: shop }
            spec:
              clusterIP: 10.96.0.10
              clusterIPs: [10.96.0.10, "fd00:96::10"]
              selector: { app: checkout, tier: core }
              ports: [{ name: web, port: 80, targetPort: http }, { name: raw, port: 9000 }]
            """;

        var import = KubernetesImporter.Import([new SourceFile("shop.yaml", yaml)]);

        Assert.Empty(import.Diagnostics);
        Assert.Equal(
            """
            default namespace shop

            namespace shop { env = "prod" }

            /// Deployment shop/checkout of shop.yaml:7
            group checkout = pods where tier == "core" and app == "checkout"

            group web = pods where app == "web"

            /// NetworkPolicy shop/checkout of shop.yaml:16
            policy checkout for checkout {
                ingress {
                    allow from web | cidr 10.20.0.0/16 except 10.20.5.0/24 on port http/tcp, 9000-9099/udp
                }
                egress {
                    allow to pods in namespace kube-system on 53/udp
                }
            }

            /// Service shop/checkout of shop.yaml:31
            service checkout {
                address 10.96.0.10, fd00:96::10
                port web 80/tcp -> port http
                port raw 9000/tcp
                backends checkout
            }

            """, Body(import));
    }

    [Fact]
    public void Policies_and_groups_of_several_namespaces_with_one_name_keep_apart()
    {
        var import = KubernetesImporter.Import(
        [
            new SourceFile("all.yaml", string.Join("---\n", new[] { "a", "b-a", "b" }.Select(name => $$"""
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: { name: {{(name == "b-a" ? "x" : "a-x")}}, namespace: {{name}} }
                spec: { podSelector: { matchLabels: { app: web } } }

                """))),
        ]);

        Assert.Empty(import.Diagnostics);
        Assert.Equal(
            """
            group a-web = pods in namespace a where app == "web"
            group b-a-web = pods in namespace b-a where app == "web"
            group b-web = pods in namespace b where app == "web"

            /// NetworkPolicy a/a-x of all.yaml:3
            policy a-a-x for a-web {
                ingress { }
            }

            /// NetworkPolicy b-a/x of all.yaml:8
            policy x for b-a-web {
                ingress { }
            }

            /// NetworkPolicy b/a-x of all.yaml:13
            policy b-a-x for b-web {
                ingress { }
            }

            """, Body(import));
    }

    [Fact]
    public void A_long_list_of_ports_that_comes_again_is_declared_once()
    {
        const string rule = "ports: [{ port: 80 }, { port: 443 }, { protocol: UDP, port: 443 }]";
        var import = Policy($"ingress: [{{ {rule} }}]\n  egress: [{{ {rule} }}]");

        Assert.Equal(
            """
            ports p-ports = 80/tcp, 443/tcp, 443/udp

            /// NetworkPolicy default/p of p.yaml:4
            policy p for pods {
                ingress {
                    allow from any on p-ports
                }
                egress {
                    allow to any on p-ports
                }
            }

            """, Body(import));
    }

    [Theory]
    [InlineData("ingress: [{}]", "ingress { allow from any }")]
    [InlineData("ingress: []", "ingress { }")]
    [InlineData("ingress:", "ingress { }")]
    [InlineData("ingress: [{ from: [], ports: [] }]", "ingress { allow from any }")]
    [InlineData("ingress: [{ from: null }]", "ingress { allow from any }")]
    [InlineData("ingress: [{ ports: [{}] }]", "ingress { allow from any on tcp }")]
    [InlineData("ingress: [{ ports: [{ protocol: SCTP }] }]", "ingress { allow from any on sctp }")]
    [InlineData("ingress: [{ ports: [{ port: 0x50, endPort: 100 }] }]", "ingress { allow from any on 80-100/tcp }")]
    [InlineData("egress: [{}]", "ingress { } egress { allow to any }")]
    [InlineData("policyTypes: [Egress]", "egress { }")]
    [InlineData("policyTypes: []\n  egress: [{}]", "ingress { } egress { allow to any }")]
    [InlineData("ingress: [{ from: [{ podSelector: {} }] }]", "ingress { allow from pods in same namespace }")]
    [InlineData("ingress: [{ from: [{ namespaceSelector: {} }] }]", "ingress { allow from pods in any namespace }")]
    [InlineData("ingress: [{ from: [{ namespaceSelector: {}, podSelector: {} }] }]", "ingress { allow from pods in any namespace }")]
    [InlineData("ingress: [{ from: [{ ipBlock: { cidr: 0.0.0.0/0 } }, { ipBlock: { cidr: '::/0' } }] }]", "ingress { allow from cidr 0.0.0.0/0 | cidr ::/0 }")]
    [InlineData("ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.1/32 } }] }]", "ingress { allow from cidr 10.0.0.1 }")]
    [InlineData(
        "ingress: [{ from: [{ namespaceSelector: { matchExpressions: [{ key: a, operator: NotIn, values: [x] }, { key: b, operator: DoesNotExist }] } }] }]",
        "ingress { allow from pods in namespaces (a != \"x\" and not has b) }")]
    public void Each_shape_of_a_rule_keeps_its_meaning(string spec, string expected)
    {
        var import = Policy(spec);

        Assert.False(import.HasErrors);
        var blocks = Body(import).Split('\n').Where(line => line.StartsWith(' ')).Select(line => line.Trim());
        Assert.Equal(expected, string.Join(' ', blocks));
    }

    [Fact]
    public void Notes_at_the_head_say_only_what_the_objects_depend_on()
    {
        var plain = Policy("ingress: []").Text;
        var block = Policy("ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8 } }], ports: [{ port: http }] }]").Text;

        Assert.DoesNotContain("ipBlock holds", plain);
        Assert.Contains("// * ipBlock holds every address in its prefixes, a pod's too.", block);
        Assert.Contains("// * A port name means", block);
        Assert.All(block.Split('\n'), line => Assert.InRange(line.Length, 0, 130));
    }

    [Fact]
    public void Names_and_labels_that_are_words_of_the_language_are_quoted()
    {
        const string yaml = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: { name: "1.any", namespace: "in" }
            spec:
              podSelector: { matchLabels: { where: "to" } }
              ingress: [{ from: [{ podSelector: { matchLabels: { "not": world } }, namespaceSelector: { matchLabels: { 9a: "" } } }] }]
            """;

        var import = KubernetesImporter.Import([new SourceFile("words.yaml", yaml)]);

        var (unit, mistakes) = NetpolParser.Parse(new SourceFile("words.netpol", import.Text));
        var (model, meaning) = Binder.Bind([unit]);
        Assert.Empty(import.Diagnostics);
        Assert.Empty(mistakes.Concat(meaning));
        Assert.Equal("1.any", Assert.Single(model.Policies).Name);
    }

    private static ImportResult Policy(string spec) => KubernetesImporter.Import(
    [
        new SourceFile("p.yaml", $"""
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata:
              name: p
            spec:
              podSelector:
              {spec}
            """),
    ]);

    /// <summary>Without the comment at the head.</summary>
    private static string Body(ImportResult import) => import.Text[(import.Text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
}
