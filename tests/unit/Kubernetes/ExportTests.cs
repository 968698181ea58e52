using Netpol.Binding;
using Netpol.Kubernetes;
using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>What sets, ports and rules become in Kubernetes' objects, and what is refused by name.</summary>
public sealed class ExportTests
{
    [Theory]
    [InlineData("any", "[{}]")]
    [InlineData("pods where app == \"web\"", "[{ from: [{ podSelector: { matchLabels: { app: web } } }] }]")]
    [InlineData("pods in same namespace", "[{ from: [{ podSelector: {} }] }]")]
    [InlineData("pods in namespace data", "[{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: data } } }] }]")]
    [InlineData("pods in any namespace", "[{ from: [{ namespaceSelector: {} }] }]")]
    [InlineData("pods in namespaces (env != \"prod\" and has team) where not has canary", "[{ from: [{ namespaceSelector: { matchExpressions: [{ key: env, operator: NotIn, values: [prod] }, { key: team, operator: Exists }] }, podSelector: { matchExpressions: [{ key: canary, operator: DoesNotExist }] } }] }]")]
    [InlineData("pods where a == \"1\" or b in (\"x\", \"y\")", "[{ from: [{ podSelector: { matchLabels: { a: \"1\" } } }, { podSelector: { matchExpressions: [{ key: b, operator: In, values: [x, \"y\"] }] } }] }]")]
    [InlineData("pods - pods where app == \"web\"", "[{ from: [{ podSelector: { matchExpressions: [{ key: app, operator: NotIn, values: [web] }] } }] }]")]
    [InlineData("pods in any namespace & pods in namespace data where a == \"b\"", "[{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: data } }, podSelector: { matchLabels: { a: b } } }] }]")]
    [InlineData("cidr 10.0.0.0/8, fd00::/8 except 10.1.0.0/16", "[{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }, { ipBlock: { cidr: \"fd00::/8\" } }] }]")]
    [InlineData("cidr 10.0.0.0/8 & cidr 10.2.0.0/16, 11.0.0.0/8", "[{ from: [{ ipBlock: { cidr: 10.2.0.0/16 } }] }]")]
    [InlineData("pods where a == \"1\" and a == \"2\"", "[]")]
    public void A_peer_becomes_entries_of_from(string set, string expected) =>
        Assert.Equal(expected, Rules($"ingress {{ allow from {set} }}", "ingress"));

    [Theory]
    [InlineData("80/tcp, 8000-8099/udp, tcp", "[{ ports: [{ protocol: TCP, port: 80 }, { protocol: UDP, port: 8000, endPort: 8099 }, { protocol: TCP }] }]")]
    [InlineData("port http/tcp", "[{ ports: [{ protocol: TCP, port: http }] }]")]
    [InlineData("port http", "[{ ports: [{ protocol: TCP, port: http }, { protocol: UDP, port: http }, { protocol: SCTP, port: http }] }]")]
    public void Ports_become_entries_of_ports(string ports, string expected) =>
        Assert.Equal(expected, Rules($"egress {{ allow to any on {ports} }}", "egress"));

    [Theory]
    [InlineData("egress { allow to any }", "[{ action: Accept, to: [{ networks: [0.0.0.0/0, \"::/0\"] }] }]")]
    [InlineData("egress { deny to cidr 10.0.0.0/30 except 10.0.0.1 }", "[{ action: Deny, to: [{ networks: [10.0.0.2/31, 10.0.0.0/32] }] }]")]
    [InlineData("egress { pass to nodes on port web }", null)]
    [InlineData("egress { pass to nodes | pods in any namespace on 443/tcp, 1-2/udp }", "[{ action: Pass, to: [{ nodes: {} }, { namespaces: {} }], protocols: [{ tcp: { destinationPort: { number: 443 } } }, { udp: { destinationPort: { range: { start: 1, end: 2 } } } }] }]")]
    [InlineData("egress { allow to pods where a == \"b\" on port web }", "[{ action: Accept, to: [{ pods: { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } }, podSelector: { matchLabels: { a: b } } } }], protocols: [{ destinationNamedPort: web }] }]")]
    public void Rules_of_a_tier_become_rules_of_a_cluster_policy(string block, string? expected)
    {
        var import = Export($"policy p for pods tier admin 5 {{ {block} }}");

        Assert.Equal(expected is null, import.HasErrors);
        Assert.Equal(expected ?? "", expected is null ? "" : Flow(import.Text, "egress"));
    }

    [Theory]
    [InlineData("policy p for pods { ingress { «deny from any» } }", "NP5101", "`deny` cannot be said in NetworkPolicy: its rules allow only; `tier admin` and `tier baseline` have other actions")]
    [InlineData("policy p for pods { ingress { «reject from any» } }", "NP5101", "`reject` cannot be said in NetworkPolicy: its rules allow only; `tier admin` and `tier baseline` have other actions")]
    [InlineData("policy p for pods { ingress { «allow from world» } }", "NP5101", "the rule's peer cannot be said in NetworkPolicy: it has no peer for `world`")]
    [InlineData("policy p for pods { ingress { «allow from host» } }", "NP5101", "the rule's peer cannot be said in NetworkPolicy: it has no peer for `host`")]
    [InlineData("policy p for pods { ingress { «allow from cidr 10.0.0.0/8 & world» } }", "NP5101", "the rule's peer cannot be said in NetworkPolicy: a set by address and by label at once")]
    [InlineData("policy p for pods { ingress { «allow from any on icmp» } }", "NP5101", "what stands after `on` cannot be said in NetworkPolicy: it has no ICMP")]
    [InlineData("policy p for pods { ingress { «allow from any limit 5/s» } }", "NP5101", "`limit` cannot be said in NetworkPolicy: it counts no connections")]
    [InlineData("policy p for pods { «ingress open { allow from any }» }", "NP5101", "`open` cannot be said in NetworkPolicy: a policy there isolates in every direction that it has rules for")]
    [InlineData("«policy p for any { ingress { allow from any } }»", "NP5101", "`policy p` cannot be said in NetworkPolicy: it lives in one namespace; name the namespaces, or say `tier admin` or `tier baseline`")]
    [InlineData("«policy p for pods in namespace \"A\" { ingress { allow from any } }»", "NP5101", "what `policy p` selects cannot be said in NetworkPolicy: `A` is no name of at most 63 lower-case letters, digits and `-` that begins and ends with a letter or digit")]
    [InlineData("policy p for pods { ingress { «allow from pods where \"a b\" == \"c\"» } }", "NP5101", "the rule's peer cannot be said in NetworkPolicy: `a b` is no label key: it takes the form `name` or `example.com/name`")]
    [InlineData("policy p for any tier admin 1 { ingress { «deny from cidr 10.0.0.0/8» } }", "NP5101", "the rule's peer cannot be said in ClusterNetworkPolicy: its ingress peers are pods alone, not `cidr`")]
    [InlineData("policy p for any tier admin 1 { egress { «deny to pods in same namespace» } }", "NP5101", "the rule's peer cannot be said in ClusterNetworkPolicy: `same namespace` of pods of several namespaces")]
    [InlineData("policy p for any tier admin 1 { egress { «deny to pods on port web/tcp» } }", "NP5101", "what stands after `on` cannot be said in ClusterNetworkPolicy: a named port is of any protocol there, not of tcp alone")]
    [InlineData("policy p for any tier baseline 1 { egress { «reject to pods» } }", "NP5103", "`reject` becomes `Deny`: the sender is not told")]
    [InlineData("policy p for any tier baseline 1 { egress { «deny to pods on tcp» } }", "NP5105", "`tcp` becomes the ports 1 to 65535: ClusterNetworkPolicy has no port 0")]
    [InlineData("policy p for pods { ingress { «allow from any log» } }", "NP5102", "`log` is left out: Kubernetes has no word for it")]
    [InlineData("«policy p for any tier baseline 1.5 { egress { deny to pods } }»", "NP5104", "the policies of `tier baseline` get priorities of their own, in the same order")]
    [InlineData("observe { «drops all» }", "NP5102", "`observe` is left out: Kubernetes has no word for it")]
    [InlineData("«service s { address 10.96.0.1; port 80/tcp; backends 10.0.0.1 }»", "NP5101", "`service s` cannot be said in a v1 Service: its backends are addresses")]
    [InlineData("«service s { address 10.96.0.1; port a 80/tcp; port b 81/tcp; nodeport a 30080; backends pods in namespace n where a == \"b\" }»", "NP5101", "`service s` cannot be said in a v1 Service: some of its ports have node ports and others have none")]
    [InlineData("«service s { address 10.96.0.1; port 80/tcp; loadbalancer 192.0.2.1 from world; backends pods in namespace n where a == \"b\" }»", "NP5101", "`service s` cannot be said in a v1 Service: a load balancer's clients are not a list of prefixes")]
    [InlineData("«service s { address 10.96.0.1; port 80/tcp; locality prefer node; backends pods in namespace n where a == \"b\" }»", "NP5101", "`service s` cannot be said in a v1 Service: backends are preferred by zone, or by node and zone")]
    [InlineData("«service s { address 10.96.0.1; port 80/tcp; balance maglev; backends pods in namespace n where a == \"b\" }»", "NP5102", "`balance` of `service s` is left out: Kubernetes has no word for it")]
    [InlineData("«service s { address 10.96.0.1; port 80/tcp; backends pods where not has a }»", "NP5101", "`service s` cannot be said in a v1 Service: its backends are not found by labels and their values alone")]
    public void What_kubernetes_has_no_word_for_is_named_at_its_place(string marked, string id, string message)
    {
        var start = marked.IndexOf('«', StringComparison.Ordinal);

        var diagnostic = Assert.Single(Export(marked.Replace("«", "").Replace("»", "")).Diagnostics);

        Assert.Equal((id, message), (diagnostic.Id, diagnostic.Message));
        Assert.Equal(start + Head.Length, diagnostic.Span.Start);
    }

    [Fact]
    public void A_policy_for_several_namespaces_becomes_one_in_each()
    {
        var export = Export("""
            namespace a { env = "prod" }
            namespace b { env = "test" }
            policy p for pods in namespaces ("kubernetes.io/metadata.name" in ("a", "b") and env == "prod") | pods in namespace c where x == "y" { ingress { } }
            """);

        Assert.Empty(export.Diagnostics);
        Assert.Equal(2, export.Counts.NetworkPolicies);
        Assert.Contains("  name: p\n  namespace: a\nspec:\n  podSelector: {}\n", export.Text);
        Assert.Contains("  name: p\n  namespace: c\nspec:\n  podSelector:\n    matchLabels:\n      x: \"y\"\n", export.Text);
    }

    [Fact]
    public void A_policy_longer_than_the_api_takes_becomes_several_in_order()
    {
        var rules = string.Join("; ", Enumerable.Range(1, 60).Select(number => $"deny to cidr 10.0.0.{number} on {number}/tcp"));

        var export = Export($"policy p for any tier admin 5 {{ egress {{ {rules} }} }}\npolicy q for any tier admin 6 {{ egress {{ allow to any }} }}");

        Assert.Equal("NP5104", Assert.Single(export.Diagnostics).Id);
        Assert.Equal(4, export.Counts.ClusterNetworkPolicies);
        Assert.Equal(
            ["name: p", "priority: 0", "name: p-2", "priority: 10", "name: p-3", "priority: 20", "name: q", "priority: 30"],
            export.Text.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("name:", StringComparison.Ordinal) || line.StartsWith("priority:", StringComparison.Ordinal)));
    }

    [Fact]
    public void Words_about_policies_and_rules_are_kept_as_far_as_the_objects_have_a_place_for_them()
    {
        var export = Export("""
            /// Who may reach the shop: "all"
            policy p for pods {
                ingress {
                    /// everybody
                    allow from any
                }
            }

            policy q for any tier admin 1 {
                egress {
                    /// no metadata: 169
                    /// second line
                    deny to cidr 169.254.169.254
                }
            }
            """);

        Assert.Contains("  annotations:\n    kubernetes.io/description: \"Who may reach the shop: \\\"all\\\"\"\n", export.Text);
        Assert.Contains("  ingress:\n  # everybody\n  - {}\n", export.Text);
        Assert.Contains("  - name: \"no metadata: 169\"\n    action: Deny\n", export.Text);
        Assert.Contains("/// Who may reach the shop: \"all\"\npolicy p for pods {", KubernetesImporter.Import([new SourceFile("x.yaml", export.Text)]).Text);
    }

    private const string Head = "default namespace shop\n";

    private static ExportResult Export(string text)
    {
        var (unit, mistakes) = NetpolParser.Parse(new SourceFile("x.netpol", Head + text));
        var (model, meaning) = Binder.Bind([unit]);
        Assert.DoesNotContain(mistakes.Concat(meaning), diagnostic => diagnostic.IsError);
        return KubernetesExporter.Export(model, [unit.Source]);
    }

    /// <summary>The rules of one direction, in flow style.</summary>
    private static string Rules(string block, string direction)
    {
        var export = Export($"policy p for pods where me == \"x\" {{ {block} }}");

        Assert.Empty(export.Diagnostics);
        return Flow(export.Text, direction);
    }

    private static string Flow(string yaml, string direction) => FlowYaml.Of(yaml, "spec", direction);
}
