using Netpol.Kubernetes;
using Netpol.Text;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>What is wrong is reported with its place, which <c>«»</c> mark in the text.</summary>
public sealed class ImportDiagnosticTests
{
    private const string Policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: p }\nspec:\n  ";

    [Theory]
    [InlineData("«ingres»: []", "NP5005", "unknown field `spec.ingres`")]
    [InlineData("podSelector: { matchLabel«s: {}", "NP5001", null)]
    [InlineData("podSelector: «[]»", "NP5006", "`spec.podSelector` must be a mapping")]
    [InlineData("podSelector: { matchLabels: { app: «1» } }", "NP5006", "`spec.podSelector.matchLabels[app]` must be text; `1` is a number, put it in quotes")]
    [InlineData("podSelector: { matchLabels: { app: «a b» } }", "NP5008", "`spec.podSelector.matchLabels`: `a b` is no label value: at most 63 letters, digits, `-`, `_` and `.` that begin and end with a letter or digit")]
    [InlineData("podSelector: { matchLabels: { «/app»: a } }", "NP5008", "`spec.podSelector.matchLabels`: `/app` is no label key: it takes the form `name` or `example.com/name`")]
    [InlineData("podSelector: { matchExpressions: [{ key: a, operator: «in», values: [x] }] }", "NP5008", "`spec.podSelector.matchExpressions[0].operator`: `in` is no operator: In, NotIn, Exists or DoesNotExist")]
    [InlineData("podSelector: { matchExpressions: [{ key: a, operator: In, values: «[]» }] }", "NP5008", "`spec.podSelector.matchExpressions[0].values`: `In` needs at least one value")]
    [InlineData("podSelector: { matchExpressions: [{ key: a, operator: Exists, values: «[x]» }] }", "NP5008", "`spec.podSelector.matchExpressions[0].values`: `Exists` takes no values")]
    [InlineData("policyTypes: [«ingress»]", "NP5008", "`spec.policyTypes`: `ingress` is no policy type: Ingress or Egress")]
    [InlineData("ingress: [{ from: [«{}»] }]", "NP5008", "`spec.ingress[0].from[0]`: a peer needs `podSelector`, `namespaceSelector` or `ipBlock`")]
    [InlineData("ingress: [{ from: [{ podSelector: {}, ipBlock: «{ cidr: 10.0.0.0/8 }» }] }]", "NP5008", "`spec.ingress[0].from[0].ipBlock`: may not stand beside a selector in one peer")]
    [InlineData("ingress: [{ from: [{ ipBlock: { cidr: «10.0.0.1» } }] }]", "NP5008", "`spec.ingress[0].from[0].ipBlock.cidr`: `10.0.0.1` is no prefix such as 10.9.8.0/24 or 2001:db8::/64")]
    [InlineData("ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [«10.0.0.0/8»] } }] }]", "NP5008", "`spec.ingress[0].from[0].ipBlock.except`: `10.0.0.0/8` must be a strict subset of `cidr` 10.0.0.0/8")]
    [InlineData("ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [«'fd00::/8'»] } }] }]", "NP5008", "`spec.ingress[0].from[0].ipBlock.except`: `fd00::/8` must be a strict subset of `cidr` 10.0.0.0/8")]
    [InlineData("ingress: [{ from: [{ ipBlock: { cidr: «10.1.2.3/8» } }] }]", "NP5017", "`10.1.2.3/8` has bits beyond its prefix length: it means `10.0.0.0/8`")]
    [InlineData("ingress: [{ ports: [{ protocol: «tcp» }] }]", "NP5008", "`spec.ingress[0].ports[0].protocol`: `tcp` is no protocol: TCP, UDP or SCTP")]
    [InlineData("ingress: [{ ports: [{ port: «0» }] }]", "NP5008", "`spec.ingress[0].ports[0].port`: `0` is no port: 1 to 65535")]
    [InlineData("ingress: [{ ports: [{ port: «'80'» }] }]", "NP5008", "`spec.ingress[0].ports[0].port`: `80` is no port name: at most 15 lower-case letters, digits and single `-`, with at least one letter")]
    [InlineData("ingress: [{ ports: [{ port: 80, endPort: «79» }] }]", "NP5008", "`spec.ingress[0].ports[0].endPort`: `79` is less than `port` 80")]
    [InlineData("ingress: [{ ports: [{ port: http, endPort: «90» }] }]", "NP5008", "`spec.ingress[0].ports[0].endPort`: may not be given where `port` is a name")]
    [InlineData("ingress: [{ ports: [{ endPort: «90» }] }]", "NP5008", "`spec.ingress[0].ports[0].endPort`: may not be given without `port`")]
    [InlineData("policyTypes: [Ingress]\n  egress: «[{}]»", "NP5014", "these rules have no effect: `policyTypes` of `NetworkPolicy default/p` does not name `Egress`")]
    [InlineData("egress: «[]»", "NP5020", "`NetworkPolicy default/p` does not isolate egress: `egress` is empty and `policyTypes` does not name `Egress`")]
    [InlineData("podSelector: { matchLabels: { app: «y» } }", "NP5015", "kubectl reads plain `y` as a boolean; it is taken as text here")]
    public void A_mistake_in_a_policy_is_one_diagnostic_at_its_place(string marked, string id, string? message) =>
        AssertOne(Policy + marked, id, message);

    [Theory]
    [InlineData("«»", "NP5021", "there is no object in this file")]
    [InlineData("# nothing\n---\n", "NP5021", "there is no object in this file")]
    [InlineData("«just text»", "NP5004", "this is no Kubernetes object: it is no mapping")]
    [InlineData("«»kind: Pod", "NP5004", "this is no Kubernetes object: it has no `apiVersion`")]
    [InlineData("apiVersion: v1\nkind: «ConfigMap»\nmetadata: { name: x }", "NP5011", "`ConfigMap` objects say nothing about policy: left out")]
    [InlineData("apiVersion: crd.projectcalico.org/v1\nkind: «GlobalNetworkPolicy»", "NP5009", "`GlobalNetworkPolicy` of `crd.projectcalico.org/v1` is not supported yet")]
    [InlineData("apiVersion: crd.projectcalico.org/v1\nkind: «NetworkPolicy»", "NP5009", "`NetworkPolicy` of `crd.projectcalico.org/v1` is not supported yet")]
    [InlineData("apiVersion: policy.networking.k8s.io/v1alpha1\nkind: «ExternalNetworkSet»", "NP5009", "`ExternalNetworkSet` of `policy.networking.k8s.io/v1alpha1` is not supported yet")]
    [InlineData("apiVersion: «policy.networking.k8s.io/v1»\nkind: ClusterNetworkPolicy", "NP5010", "`policy.networking.k8s.io/v1` of `ClusterNetworkPolicy` is not known; expected `policy.networking.k8s.io/v1alpha2`")]
    [InlineData("«apiVersion: v1\nkind: NodeList»", "NP5007", "`items` is required")]
    [InlineData("apiVersion: «extensions/v1beta1»\nkind: NetworkPolicy", "NP5010", "`extensions/v1beta1` of `NetworkPolicy` is not known; expected `networking.k8s.io/v1`")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: «{}»", "NP5007", "`metadata.name` is required")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: { name: «A» }", "NP5008", "`metadata.name`: `A` is no name of at most 63 lower-case letters, digits and `-` that begins and ends with a letter or digit")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { hostNetwork: «true» }", "NP5019", "`Pod default/p` uses the host's network: it is the node, and no policy selects it")]
    [InlineData("a: &a [1]\nb: «*c»", "NP5001", null)]
    [InlineData("a: «!!]]» b", "NP5001", "this is no YAML: this tag is no URI")]
    [InlineData("a: 1\n«a»: 2", "NP5001", "this is no YAML: the key `a` is given twice")]
    public void A_file_that_is_not_what_it_should_be_is_one_diagnostic(string marked, string id, string? message) =>
        AssertOne(marked, id, message);

    [Theory]
    [InlineData("clusterIP: None, selector: { a: b }, ports: [{ port: 80 }]", "service `default/s` is left out: it is headless: DNS gives its pods' own addresses, and policy judges those")]
    [InlineData("selector: { a: b }, ports: [{ port: 80 }]", "service `default/s` is left out: it has no `clusterIP`: the cluster gives it one")]
    [InlineData("type: ExternalName, externalName: example.com", "service `default/s` is left out: it is a name in DNS (ExternalName), no address")]
    [InlineData("clusterIP: 10.96.0.1, ports: [{ port: 80 }]", "service `default/s` is left out: it has no `selector`: its backends are EndpointSlices, which are not supported yet")]
    [InlineData("clusterIP: 10.96.0.1, selector: { a: b }, ports: [{ port: 80 }], type: NodePort", "`type: NodePort` of service `default/s` is left out: this port has no `nodePort`: the cluster gives it one")]
    [InlineData("clusterIP: 10.96.0.1, selector: { a: b }, ports: [{ port: 80 }], type: LoadBalancer, allocateLoadBalancerNodePorts: false", "`type: LoadBalancer` of service `default/s` is left out: it has no address in `status`: the cluster gives it one")]
    [InlineData("clusterIP: 10.96.0.1, selector: { a: b }, ports: [{ port: 80 }], loadBalancerSourceRanges: [192.0.2.0/24]", "`loadBalancerSourceRanges` of service `default/s` is left out: it has no load balancer")]
    public void What_of_a_service_is_not_imported_is_said(string spec, string message)
    {
        var import = Import($"apiVersion: v1\nkind: Service\nmetadata: {{ name: s }}\nspec: {{ {spec} }}");

        var diagnostic = Assert.Single(import.Diagnostics);
        Assert.Equal(message, diagnostic.Message);
        Assert.False(diagnostic.IsError);
    }

    [Theory]
    [InlineData("ports: [{ port: 80, nodePort: 30080 }]", "`spec.ports[0].port`: a service of type ClusterIP has no `nodePort`")]
    [InlineData("ports: [{ port: 80 }], sessionAffinity: Cookie", "`spec.sessionAffinity`: `Cookie` is not ClientIP or None")]
    [InlineData("ports: [{ port: 80 }], sessionAffinity: ClientIP, sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } }", "`spec.sessionAffinityConfig.clientIP.timeoutSeconds`: `0` is not in 1 to 86400")]
    [InlineData("ports: [{ port: 80 }], externalTrafficPolicy: Node", "`spec.externalTrafficPolicy`: `Node` is not Cluster or Local")]
    [InlineData("ports: [{ port: 80 }], trafficDistribution: Near", "`spec.trafficDistribution`: `Near` is not PreferSameZone, PreferSameNode or PreferClose")]
    [InlineData("ports: [{ port: 80 }], externalIPs: [example]", "`externalIPs`: `example` is no IP address")]
    public void What_the_server_refuses_of_a_service_is_an_error(string spec, string message)
    {
        var import = Import($"apiVersion: v1\nkind: Service\nmetadata: {{ name: s }}\nspec: {{ clusterIP: 10.96.0.1, selector: {{ a: b }}, {spec} }}");

        Assert.Contains(import.Diagnostics, diagnostic => diagnostic.IsError && diagnostic.Message == message);
    }

    [Theory]
    [InlineData("{ hostname: a.example }", "`hostname` of service `default/s` is left out: it is a name in DNS, no address")]
    [InlineData("{ ip: 192.0.2.1, ipMode: Proxy }", "`ipMode: Proxy` of service `default/s` is left out: what comes by it comes from the load balancer's own addresses")]
    [InlineData("{ ip: 192.0.2.2 }", "`loadBalancerIP` of service `default/s` is left out: it asks for an address, and the one in `status` counts")]
    public void A_load_balancer_is_what_its_status_says(string ingress, string message)
    {
        var import = Import($"""
            apiVersion: v1
            kind: Service
            metadata: {"{"} name: s {"}"}
            spec: {"{"} clusterIP: 10.96.0.1, type: LoadBalancer, loadBalancerIP: 192.0.2.1, selector: {"{"} a: b {"}"}, ports: [{"{"} port: 80, nodePort: 30080 {"}"}] {"}"}
            status: {"{"} loadBalancer: {"{"} ingress: [{ingress}] {"}"} {"}"}
            """);

        Assert.Contains(message, import.Diagnostics.Select(diagnostic => diagnostic.Message));
        Assert.DoesNotContain(import.Diagnostics, diagnostic => diagnostic.IsError);
    }

    [Fact]
    public void An_object_given_twice_counts_once_and_both_places_are_named()
    {
        const string one = Policy + "policyTypes: [Ingress]\n";
        var import = Import($"{one}---\n{one.Replace("Ingress", "Egress", StringComparison.Ordinal)}");

        var diagnostic = Assert.Single(import.Diagnostics);
        Assert.Equal(("NP5016", 9, 3), (diagnostic.Id, LineOf(diagnostic.Source!, diagnostic.Span), LineOf(diagnostic.Related!.Source, diagnostic.Related.Span)));
        Assert.Equal(1, import.Counts.Policies);
        Assert.Contains("egress { }", import.Text);
    }

    [Fact]
    public void A_port_name_that_no_selected_pod_gives_is_a_warning_where_there_are_pods()
    {
        const string rule = Policy + "podSelector: { matchLabels: { app: web } }\n  ingress: [{ ports: [{ port: htp }] }]\n";
        const string pod = "---\napiVersion: v1\nkind: Pod\nmetadata: { name: w, labels: { app: web } }\nspec: { containers: [{ ports: [{ name: http, containerPort: 80 }] }] }\n";

        Assert.Empty(Import(rule).Diagnostics);
        var diagnostic = Assert.Single(Import(rule + pod).Diagnostics);
        Assert.Equal(("NP5018", "no imported pod that this rule can reach calls a tcp port `htp`"), (diagnostic.Id, diagnostic.Message));
    }

    [Fact]
    public void Nesting_and_aliases_without_end_are_refused()
    {
        var deep = Import(new string('[', 100_000));
        var laughs = Import(string.Concat(Enumerable.Range(1, 9).Select(level =>
            $"a{level}: &a{level} [{string.Join(',', Enumerable.Repeat(level == 1 ? "x" : $"*a{level - 1}", 10))}]\n")));

        Assert.Equal("NP5002", Assert.Single(deep.Diagnostics).Id);
        Assert.Equal("NP5003", Assert.Single(laughs.Diagnostics).Id);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Garbage_is_a_diagnostic_and_never_an_exception(int seed)
    {
        var random = new Random(seed);
        const string letters = "{}[]:-?&*!|>'\"%@`#,\n\t \0\uFEFF\uD800aö€1";

        for (var round = 0; round < 300; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => letters[random.Next(letters.Length)]));

            Assert.NotEmpty(Import(text).Diagnostics);
        }
    }

    [Fact]
    public void Anchors_merge_keys_and_other_line_ends_are_read()
    {
        var import = Import(
            "x: &labels { app: web }\r\napiVersion: v1\r\nkind: List\r\nitems:\r\n- apiVersion: v1\r\n  kind: Namespace\r\n"
            + "  metadata: { name: a, labels: { <<: *labels, tier: x } }\r\n");

        Assert.Equal("NP5005", Assert.Single(import.Diagnostics).Id);
        Assert.Contains("namespace a { app = \"web\", tier = \"x\" }", import.Text);
    }

    private static ImportResult Import(string yaml) => KubernetesImporter.Import([new SourceFile("x.yaml", yaml)]);

    private static void AssertOne(string marked, string id, string? message)
    {
        var start = marked.IndexOf('«');
        var text = marked.Replace("«", "").Replace("»", "");
        var end = marked.Contains('»') ? marked.IndexOf('»') - 1 : start;

        var diagnostic = Assert.Single(Import(text).Diagnostics);

        Assert.Equal(id, diagnostic.Id);
        if (message is not null)
        {
            Assert.Equal(message, diagnostic.Message);
            Assert.Equal(start < 0 ? default : TextSpan.FromBounds(start, end), diagnostic.Span);
        }
    }

    private static int LineOf(SourceFile source, TextSpan span) => source.PositionOf(span.Start).Line;
}
