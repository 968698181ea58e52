using Netpol.Kubernetes;
using Netpol.Text;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>Each field of policies of whole clusters: what it becomes, and what is said where it can't be right or can't be said.</summary>
public sealed class ClusterPolicyTests
{
    private const string Cluster = "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: { name: p }\nspec:\n  tier: Admin\n  priority: 10\n  ";
    private const string Admin = "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: { name: p }\nspec:\n  priority: 10\n  subject: { namespaces: {} }\n  ";
    private const string Subject = "subject: { namespaces: {} }\n  ";
    private const string Everybody = "{ namespaces: {} }";

    [Theory]
    [InlineData("{ namespaces: {} }", "pods in any namespace")]
    [InlineData("{ namespaces: { matchLabels: { kubernetes.io/metadata.name: a } } }", "pods in namespace a")]
    [InlineData("{ namespaces: { matchExpressions: [{ key: env, operator: NotIn, values: [prod, test] }] } }", "pods in namespaces (env not in (\"prod\", \"test\"))")]
    [InlineData("{ namespaces: { matchExpressions: [{ key: env, operator: DoesNotExist }] } }", "pods in namespaces (not has env)")]
    [InlineData("{ pods: { podSelector: {} } }", "pods in any namespace")]
    [InlineData("{ pods: { namespaceSelector: { matchLabels: { env: prod } }, podSelector: {} } }", "pods in namespaces (env == \"prod\")")]
    [InlineData("{ nodes: {} }", "nodes")]
    [InlineData("{ networks: [10.0.0.0/8, '::/0', 10.0.0.0/8, 192.0.2.1/32] }", "cidr 10.0.0.0/8, ::/0, 192.0.2.1")]
    [InlineData("{ domainNames: ['*.Example.com', example.com., kubernetes.io] }", "dns \"**.example.com\", \"example.com\", \"kubernetes.io\"")]
    [InlineData("{ nodes: {} }, { networks: [10.0.0.0/8] }", "nodes | cidr 10.0.0.0/8")]
    public void A_peer_becomes_the_set_that_it_selects(string peers, string expected)
    {
        var import = Import($"{Cluster}{Subject}egress: [{{ action: Accept, to: [{peers}] }}]");

        Assert.Empty(import.Diagnostics);
        Assert.Contains($"        allow to {expected}\n", import.Text);
    }

    [Theory]
    [InlineData("tcp: { destinationPort: { number: 80 } }", "80/tcp")]
    [InlineData("udp: { destinationPort: { range: { start: 8000, end: 8099 } } }", "8000-8099/udp")]
    [InlineData("sctp: { destinationPort: { number: 65535 } }", "65535/sctp")]
    [InlineData("destinationNamedPort: web", "port web")]
    public void A_protocol_becomes_a_port(string protocol, string expected)
    {
        var import = Import($"{Cluster}{Subject}ingress: [{{ action: Pass, name: 'a: \"b\"', from: [{Everybody}], protocols: [{{ {protocol} }}] }}]");

        Assert.Empty(import.Diagnostics);
        Assert.Contains($"        /// a: \"b\"\n        pass from pods in any namespace on {expected}\n", import.Text);
        Assert.DoesNotContain("egress {", import.Text);
    }

    [Theory]
    [InlineData("portNumber: { protocol: UDP, port: 53 }", "53/udp")]
    [InlineData("portNumber: { port: 53 }", "53/tcp")]
    [InlineData("portRange: { start: 1, end: 65535 }", "1-65535/tcp")]
    [InlineData("namedPort: web", "port web")]
    public void A_port_of_the_older_kinds_becomes_a_port(string port, string expected)
    {
        var import = Import($"{Admin}egress: [{{ action: Deny, to: [{Everybody}], ports: [{{ {port} }}] }}]");

        Assert.Empty(import.Diagnostics);
        Assert.Contains($"        deny to pods in any namespace on {expected}\n", import.Text);
    }

    [Theory]
    [InlineData("{ namespaces: { namespaceSelector: { matchLabels: { a: b } } } }", "pods in namespaces (a == \"b\")")]
    [InlineData("{ namespaces: { sameLabels: [kubernetes.io/metadata.name] } }", "pods in same namespace")]
    [InlineData("{ namespaces: { notSameLabels: [kubernetes.io/metadata.name] } }", "pods in any namespace - pods in same namespace")]
    [InlineData("{ pods: { namespaces: { sameLabels: [kubernetes.io/metadata.name] }, podSelector: { matchLabels: { a: b } } } }", "pods in same namespace where a == \"b\"")]
    public void Peers_of_the_first_release_keep_their_meaning_and_are_named(string peer, string expected)
    {
        var import = Import($"{Admin}ingress: [{{ action: Allow, from: [{peer}] }}]");

        Assert.Equal("NP5025", Assert.Single(import.Diagnostics).Id);
        Assert.Contains($"        allow from {expected}\n", import.Text);
    }

    [Fact]
    public void Labels_compared_between_namespaces_are_refused_by_name()
    {
        var import = Import($"{Admin}ingress: [{{ action: Allow, from: [{{ namespaces: {{ sameLabels: [tenant] }} }}] }}]");

        Assert.Equal(["NP5025", "NP5024"], import.Diagnostics.Select(diagnostic => diagnostic.Id));
        Assert.Equal(
            "`spec.ingress[0].from[0].namespaces.sameLabels` is not supported yet: no rule compares a label of one namespace with that of another",
            import.Diagnostics[1].Message);
    }

    [Theory]
    [InlineData(Subject + "ingress: [{ action: «Allow», from: [{ namespaces: {} }] }]", "NP5008", "`spec.ingress[0].action`: `Allow` is none of Accept, Deny or Pass")]
    [InlineData(Subject + "ingress: [«{ action: Deny }»]", "NP5007", "`spec.ingress[0].from` is required")]
    [InlineData(Subject + "ingress: [{ action: Deny, from: «[]» }]", "NP5008", "`spec.ingress[0].from`: needs at least one entry")]
    [InlineData(Subject + "ingress: [«{ from: [{ namespaces: {} }] }»]", "NP5007", "`spec.ingress[0].action` is required")]
    [InlineData(Subject + "ingress: [{ action: Deny, from: [{ «networks»: [10.0.0.0/8] }] }]", "NP5005", "unknown field `spec.ingress[0].from[0].networks`")]
    [InlineData(Subject + "ingress: [{ action: Deny, from: [«{}»] }]", "NP5008", "`spec.ingress[0].from[0]`: needs exactly one of `namespaces` or `pods`")]
    [InlineData(Subject + "ingress: [{ action: Deny, from: [{ namespaces: {}, pods: «{ podSelector: {} }» }] }]", "NP5008", "`spec.ingress[0].from[0]`: needs exactly one of `namespaces` or `pods`")]
    [InlineData(Subject + "ingress: [{ action: Deny, from: [{ pods: «{ namespaceSelector: {} }» }] }]", "NP5007", "`spec.ingress[0].from[0].pods.podSelector` is required")]
    [InlineData(Subject + "egress: [{ action: Deny, to: [{ domainNames: «[example.com]» }] }]", "NP5008", "`spec.egress[0].to[0].domainNames`: only `Accept` rules take domain names")]
    [InlineData(Subject + "egress: [{ action: Accept, to: [{ domainNames: [«a.*.example.com»] }] }]", "NP5008", "`spec.egress[0].to[0].domainNames`: `a.*.example.com` is no domain name such as example.com or *.example.com")]
    [InlineData(Subject + "egress: [{ action: Accept, to: [{ domainNames: [«aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com»] }] }]", "NP5008", "`spec.egress[0].to[0].domainNames`: `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com` is no domain name such as example.com or *.example.com")]
    [InlineData(Subject + "egress: [{ action: Deny, to: [{ networks: [«10.0.0.1»] }] }]", "NP5008", "`spec.egress[0].to[0].networks`: `10.0.0.1` is no prefix such as 10.9.8.0/24 or 2001:db8::/64")]
    [InlineData(Subject + "egress: [{ action: Deny, to: [{ networks: «[]» }] }]", "NP5008", "`spec.egress[0].to[0].networks`: needs at least one entry")]
    [InlineData(Subject + "egress: [{ action: Deny, to: [{ nodes: {} }], protocols: [«{ destinationNamedPort: web }»] }]", "NP5008", "`spec.egress[0].protocols`: a named port may not stand in a rule to networks, nodes or domain names, which have none")]
    [InlineData(Subject + "egress: [{ action: Deny, to: [«{ nodes: { matchLabels: { a: b } } }»] }]", "NP5024", "`nodes` is not supported yet: nodes are known by label only where Node objects with these labels are imported too")]
    [InlineData(Subject + "egress: [{ action: Deny, to: [{ namespaces: {} }], protocols: «[]» }]", "NP5008", "`spec.egress[0].protocols`: needs at least one entry")]
    [InlineData(Subject + "egress: [{ action: Deny, to: [{ namespaces: {} }], protocols: [{ tcp: «{}» }] }]", "NP5008", "`spec.egress[0].protocols[0].tcp`: needs `destinationPort`")]
    [InlineData(Subject + "egress: [{ action: Deny, to: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { number: «0» } } }] }]", "NP5008", "`spec.egress[0].protocols[0].tcp.destinationPort.number`: `0` is not in 1 to 65535")]
    [InlineData(Subject + "egress: [{ action: Deny, to: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { range: { start: 80, end: «80» } } } }] }]", "NP5008", "`spec.egress[0].protocols[0].tcp.destinationPort.range.end`: `80` is not greater than `start` 80")]
    [InlineData(Subject + "egress: [{ action: Deny, to: [{ namespaces: {} }], «ports»: [] }]", "NP5005", "unknown field `spec.egress[0].ports`")]
    [InlineData("subject: «{}»", "NP5008", "`spec.subject`: needs exactly one of `namespaces` or `pods`")]
    [InlineData("subject: { «nodes»: {} }", "NP5005", "unknown field `spec.subject.nodes`")]
    public void A_mistake_in_a_cluster_policy_is_one_diagnostic_at_its_place(string marked, string id, string message) =>
        AssertOne(Cluster + marked, id, message);

    [Theory]
    [InlineData("ClusterNetworkPolicy", "«{ tier: Admin, subject: { namespaces: {} } }»", "NP5007", "`spec.priority` is required")]
    [InlineData("ClusterNetworkPolicy", "{ tier: Admin, priority: «1001», subject: { namespaces: {} } }", "NP5008", "`spec.priority`: `1001` is not in 0 to 1000")]
    [InlineData("ClusterNetworkPolicy", "{ tier: «admin», priority: 1, subject: { namespaces: {} } }", "NP5008", "`spec.tier`: `admin` is none of Admin or Baseline")]
    [InlineData("ClusterNetworkPolicy", "«{ tier: Admin, priority: 1 }»", "NP5007", "`spec.subject` is required")]
    [InlineData("BaselineAdminNetworkPolicy", "{ subject: { namespaces: {} }, ingress: [{ action: «Pass», from: [{ namespaces: {} }] }] }", "NP5008", "`spec.ingress[0].action`: `Pass` is none of Allow or Deny")]
    [InlineData("BaselineAdminNetworkPolicy", "{ «priority»: 1, subject: { namespaces: {} } }", "NP5005", "unknown field `spec.priority`")]
    [InlineData("AdminNetworkPolicy", "{ «tier»: Admin, priority: 1, subject: { namespaces: {} } }", "NP5005", "unknown field `spec.tier`")]
    public void Each_kind_takes_its_own_fields(string kind, string spec, string id, string message)
    {
        var version = kind == "ClusterNetworkPolicy" ? "v1alpha2" : "v1alpha1";
        AssertOne($"apiVersion: policy.networking.k8s.io/{version}\nkind: {kind}\nmetadata: {{ name: default }}\nspec: {spec}", id, message);
    }

    [Fact]
    public void Lists_longer_than_the_api_takes_are_refused()
    {
        var rules = string.Join(", ", Enumerable.Repeat("{ action: Deny, to: [{ namespaces: {} }] }", 26));

        Assert.Equal(
            "`spec.egress`: has 26 entries; 25 is the most", Assert.Single(Import($"{Cluster}{Subject}egress: [{rules}]").Diagnostics).Message);
        Assert.Empty(Import($"{Admin}egress: [{rules}]").Diagnostics);
    }

    [Fact]
    public void Policies_of_one_priority_are_split_by_name_and_a_choice_that_could_be_felt_is_said()
    {
        var import = Import(string.Join("\n---\n", [
            Tied("c", "Deny", "b"), Tied("a", "Deny", "b"), Tied("b", "Accept", "x"), Tied("last-2", "Accept", "a", 1000), Tied("last-1", "Deny", "a", 1000),
        ]));

        Assert.Equal(
            ["`ClusterNetworkPolicy last-1` and `ClusterNetworkPolicy last-2` have priority 1000 in one tier: the API leaves open which decides; here it is the first"],
            import.Diagnostics.Select(diagnostic => diagnostic.Message));
        Assert.Equal(
            ["policy a for pods in namespace b tier admin 10 {", "policy b for pods in namespace x tier admin 10.1 {", "policy c for pods in namespace b tier admin 10.2 {",
             "policy last-1 for pods in namespace a tier admin 999.9 {", "policy last-2 for pods in namespace a tier admin 1000 {"],
            import.Text.Split('\n').Where(line => line.StartsWith("policy", StringComparison.Ordinal)));
    }

    [Fact]
    public void Nodes_by_label_become_the_addresses_of_imported_nodes_that_have_it()
    {
        const string nodes = """
            { apiVersion: v1, kind: NodeList, items: [
              { apiVersion: v1, kind: Node, metadata: { name: a, labels: { edge: "yes" } }, status: { addresses: [{ type: InternalIP, address: 192.0.2.1 }, { type: Hostname, address: a }] } },
              { apiVersion: v1, kind: Node, metadata: { name: b }, status: { addresses: [{ type: InternalIP, address: 192.0.2.2 }] } } ] }
            """;
        var import = Import($"{nodes}\n---\n{Cluster}{Subject}egress: [{{ action: Deny, to: [{{ nodes: {{ matchLabels: {{ edge: \"yes\" }} }} }}] }}]");

        Assert.Equal("`nodes` becomes the addresses of one imported node", Assert.Single(import.Diagnostics).Message);
        Assert.Contains("deny to cidr 192.0.2.1\n", import.Text);
    }

    private static string Tied(string name, string action, string @namespace, int priority = 10) => $$"""
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata: { name: {{name}} }
        spec:
          tier: Admin
          priority: {{priority}}
          subject: { namespaces: { matchLabels: { kubernetes.io/metadata.name: {{@namespace}} } } }
          ingress: [{ action: {{action}}, from: [{ namespaces: {} }] }]
        """;

    private static ImportResult Import(string yaml) => KubernetesImporter.Import([new SourceFile("x.yaml", yaml)]);

    private static void AssertOne(string marked, string id, string message)
    {
        var start = marked.IndexOf('«', StringComparison.Ordinal);
        var end = marked.IndexOf('»', StringComparison.Ordinal) - 1;

        var diagnostic = Assert.Single(Import(marked.Replace("«", "").Replace("»", "")).Diagnostics);

        Assert.Equal((id, message, TextSpan.FromBounds(start, end)), (diagnostic.Id, diagnostic.Message, diagnostic.Span));
    }
}
