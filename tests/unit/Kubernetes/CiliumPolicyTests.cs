using Netpol.Binding;
using Netpol.Kubernetes;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Semantics;
using Netpol.Text;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>Each field of Cilium's policies: what it becomes, or by which name it is refused.</summary>
public sealed class CiliumPolicyTests
{
    private const string Head = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: p, namespace: shop }\n";
    private const string Spec = Head + "spec:\n  endpointSelector: {}\n  ";

    [Theory]
    [InlineData("fromEndpoints: [{}]", "pods in same namespace")]
    [InlineData("fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': data } }]", "pods in namespace data")]
    [InlineData("fromEndpoints: [{ matchExpressions: [{ key: io.kubernetes.pod.namespace, operator: Exists }] }]", "pods in any namespace")]
    [InlineData("fromEndpoints: [{ matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: NotIn, values: [data, x] }] }]", "pods in namespaces (\"kubernetes.io/metadata.name\" not in (\"data\", \"x\"))")]
    [InlineData("fromEndpoints: [{ matchLabels: { io.cilium.k8s.namespace.labels.env: prod } }]", "pods in namespaces (env == \"prod\")")]
    [InlineData("fromCIDR: [10.0.0.0/8, 192.0.2.1, '2001:db8::/32']", "cidr 10.0.0.0/8, 192.0.2.1, 2001:db8::/32 & world")]
    [InlineData("fromCIDRSet: [{ cidr: 10.0.0.0/8, except: [10.96.0.0/12] }, { cidr: 11.0.0.0/8 }]", "(cidr 10.0.0.0/8 except 10.96.0.0/12 & world) | (cidr 11.0.0.0/8 & world)")]
    [InlineData("fromEntities: [all]", "any")]
    [InlineData("fromEntities: [world, host]", "world | host")]
    [InlineData("fromEntities: [remote-node]", "nodes - host")]
    [InlineData("fromEntities: [cluster]", "pods in any namespace | nodes")]
    [InlineData("fromNodes: [{}]", "nodes")]
    public void A_peer_becomes_the_set_that_it_selects(string peer, string expected) =>
        Assert.Equal([$"allow from {expected}"], Rules($"ingress: [{{ {peer} }}]"));

    [Theory]
    [InlineData("toPorts: [{ ports: [{ port: '80', protocol: TCP }, { port: '8000', endPort: 8099, protocol: UDP }] }]", "allow to any on 80/tcp, 8000-8099/udp")]
    [InlineData("toPorts: [{ ports: [{ port: '53' }] }]", "allow to any on 53/tcp, 53/udp, 53/sctp")]
    [InlineData("toPorts: [{ ports: [{ port: '0', protocol: ANY }] }]", "allow to any on tcp, udp, sctp")]
    [InlineData("toPorts: [{ ports: [{ port: http, protocol: TCP }, { port: dns, protocol: ANY }] }]", "allow to any on port http/tcp, port \"dns\"")]
    [InlineData("toPorts: [{ ports: [{ port: '1', protocol: TCP }] }, { ports: [{ port: '2', protocol: TCP }] }]", "allow to any on 1/tcp, 2/tcp")]
    [InlineData("toEndpoints: [{}], icmps: [{ fields: [{ type: 8, family: IPv4 }, { type: EchoRequest, family: IPv6 }, { type: TimeExceeded }] }]", "allow to pods in same namespace on icmp(8), icmpv6(128), icmp(11)")]
    [InlineData("toPorts: [{ ports: [{ port: '80', protocol: TCP }], rules: { http: [{ method: GET, path: '/v1/.*' }, { path: '/a\\.b$', headers: ['X-Team: shop'] }] } }]", "allow to any on 80/tcp http { GET \"/v1/**\"; any \"/a.b\" where header \"X-Team\" == \"shop\" }")]
    [InlineData("toPorts: [{ ports: [{ port: '53', protocol: UDP }], rules: { dns: [{ matchPattern: '*' }] } }]", "allow to any on 53/udp")]
    [InlineData("toFQDNs: [{ matchName: Example.com. }, { matchPattern: '*.example.com' }, { matchPattern: 'a*.b.c' }]", "allow to dns \"example.com\", \"*.example.com\", \"a*.b.c\"")]
    [InlineData("toFQDNs: [{ matchPattern: '*' }]", "allow to dns \"**\"")]
    public void Ports_names_and_requests_become_parts_of_a_rule(string entry, string expected) =>
        Assert.Equal([expected], Rules($"egress: [{{ {entry} }}]"));

    [Theory]
    [InlineData("ingress: [{}]", "ingress { }")]
    [InlineData("ingress: [{ fromEndpoints: [] }]", "ingress { }")]
    [InlineData("enableDefaultDeny: { egress: true }", "egress { }")]
    [InlineData("ingress: [{ fromEntities: [all] }]\n  enableDefaultDeny: { ingress: false }", "ingress open { allow from any }")]
    [InlineData("egressDeny: [{ toEntities: [world] }]\n  enableDefaultDeny: { egress: false }", "egress open { deny to world }")]
    [InlineData("egressDeny: [{ toCIDR: [169.254.169.254/32] }]", "egress { deny to cidr 169.254.169.254 & world }")]
    [InlineData("ingress: []\n  egress: []", "")]
    public void A_direction_is_isolated_as_its_entries_and_enableDefaultDeny_say(string spec, string expected)
    {
        var import = Import(Spec + spec);

        Assert.Empty(import.Diagnostics);
        var body = import.Text[import.Text.IndexOf("policy p", StringComparison.Ordinal)..];
        var blocks = string.Join(' ', body.Split('\n').Skip(1).Select(line => line.Trim())).Trim();
        Assert.Equal(expected, blocks.EndsWith('}') && blocks.Length > 1 ? blocks[..^1].Trim() : blocks.Trim('}'));
    }

    [Theory]
    [InlineData("nodeSelector: «{}»", "NP5024", "`spec.nodeSelector` is not supported yet: rules for nodes themselves")]
    [InlineData("endpointSelector: {}\n  ingress: [{ fromRequires: «[{}]» }]", "NP5024", "`spec.ingress[0].fromRequires` is not supported yet: a condition on all peers of a policy")]
    [InlineData("endpointSelector: {}\n  egress: [{ toGroups: «[{}]» }]", "NP5024", "`spec.egress[0].toGroups` is not supported yet: peers that a cloud knows by name")]
    [InlineData("endpointSelector: {}\n  ingress: [{ fromEntities: [«kube-apiserver»] }]", "NP5024", "`spec.ingress[0].fromEntities` is not supported yet: the entity `kube-apiserver` has no word here")]
    [InlineData("endpointSelector: {}\n  ingress: [{ fromEndpoints: [«{ matchLabels: { 'reserved:host': '' } }»] }]", "NP5024", "`spec.ingress[0].fromEndpoints[0]` is not supported yet: `reserved:host` is no label of a pod or a namespace")]
    [InlineData("endpointSelector: {}\n  ingress: [{ fromEntities: [all], fromCIDR: «[10.0.0.0/8]» }]", "NP5008", "`spec.ingress[0].fromEntities`: may not stand beside `fromCIDR` in one entry")]
    [InlineData("endpointSelector: {}\n  ingress: [{ toPorts: [{ ports: [{ port: '443', protocol: TCP }], serverNames: «[a.b]» }] }]", "NP5024", "`spec.ingress[0].toPorts[0].serverNames` is not supported yet: TLS is not looked into")]
    [InlineData("endpointSelector: {}\n  ingress: [{ toPorts: [{ ports: [{ port: '80', protocol: TCP }], rules: { http: [{ path: «'/a|/b'» }] } }] }]", "NP5024", "`spec.ingress[0].toPorts[0].rules.http[0].path` is not supported yet: the pattern `/a|/b` of paths")]
    [InlineData("endpointSelector: {}\n  ingress: [{ toPorts: [{ ports: [{ port: '80', protocol: TCP }], rules: { http: [{ host: «x» }] } }] }]", "NP5024", "`spec.ingress[0].toPorts[0].rules.http[0].host` is not supported yet: requests are told apart by method, path and headers")]
    [InlineData("endpointSelector: {}\n  egress: [{ toPorts: [{ ports: [{ port: '53', protocol: UDP }], rules: { dns: [«{ matchName: a.b }»] } }] }]", "NP5024", "`spec.egress[0].toPorts[0].rules.dns[0]` is not supported yet: names in DNS queries; `toFQDNs` says which hosts may be reached")]
    [InlineData("endpointSelector: {}\n  egress: [{ toServices: [«{ k8sService: { serviceName: s } }»] }]", "NP5024", "`toServices` is not supported yet: service `shop/s`, its address and its selector are not part of the import")]
    [InlineData("endpointSelector: {}\n  ingress: [{ fromEntities: [all], authentication: «{ mode: required }» }]", "NP5024", "`spec.ingress[0].authentication` is not supported yet: no rule asks who a peer is by cryptography")]
    [InlineData("endpointSelector: {}\n  ingress: [{ fromCIDRSet: [{ cidrGroupRef: «g» }] }]", "NP5024", "`spec.ingress[0].fromCIDRSet[0].cidrGroupRef` is not supported yet: prefixes that another object holds")]
    [InlineData("endpointSelector: {}\n  egress: [{ toFQDNs: [«{ matchPattern: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b' }»] }]", "NP5008", "`spec.egress[0].toFQDNs[0]`: `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b` is no name of a host, nor a pattern of names")]
    [InlineData("endpointSelector: {}\n  «ingres»: []", "NP5005", "unknown field `spec.ingres`")]
    public void What_has_no_word_here_is_refused_by_its_name(string marked, string id, string message)
    {
        var diagnostic = Assert.Single(Import(Head + "spec:\n  " + marked.Replace("«", "").Replace("»", "")).Diagnostics);

        Assert.Equal((id, message), (diagnostic.Id, diagnostic.Message));
    }

    [Fact]
    public void A_service_as_peer_is_the_pods_that_it_selects()
    {
        var import = Import(
            "{ apiVersion: v1, kind: Service, metadata: { name: s, namespace: data }, spec: { clusterIP: 10.96.0.1, selector: { app: db }, ports: [{ port: 80 }] } }\n---\n"
            + Spec + "egress: [{ toServices: [{ k8sService: { serviceName: s, namespace: data } }] }]");

        Assert.Empty(import.Diagnostics);
        Assert.Contains("group db = pods in namespace data where app == \"db\"", import.Text);
        Assert.Contains("allow to db\n", import.Text);
    }

    [Fact]
    public void Several_rules_of_one_object_are_several_policies_and_a_description_is_kept()
    {
        var import = Import(Head + "specs:\n- { endpointSelector: {}, ingress: [{}], description: all closed }\n- { endpointSelector: { matchLabels: { app: a } }, egress: [{}] }");

        Assert.Empty(import.Diagnostics);
        Assert.Contains("/// all closed\npolicy p for pods {\n    ingress { }\n}", import.Text);
        Assert.Contains("policy p-2 for a {\n    egress { }\n}", import.Text);
    }

    [Theory]
    [InlineData("10.0.0.2", "10.0.0.1", 80, true)]
    [InlineData("10.0.0.2", "10.0.0.1", 81, false)]
    [InlineData("10.0.0.3", "10.0.0.1", 80, false)]
    [InlineData("192.0.2.1", "10.0.0.1", 80, false)]
    [InlineData("198.51.100.1", "10.0.0.1", 443, true)]
    [InlineData("10.0.0.3", "10.0.0.1", 443, false)]
    [InlineData("10.0.0.1", "192.0.2.1", 80, true)]
    public void Denies_win_prefixes_hold_no_pods_and_a_direction_without_entries_is_open(string from, string to, int port, bool isAllowed)
    {
        var import = Import(Head + """
            spec:
              endpointSelector: { matchLabels: { app: web } }
              ingress:
              - fromEndpoints: [{ matchExpressions: [{ key: io.kubernetes.pod.namespace, operator: Exists }] }]
                toPorts: [{ ports: [{ port: "80", protocol: TCP }] }]
              - fromCIDR: [0.0.0.0/0]
                toPorts: [{ ports: [{ port: "443", protocol: TCP }] }]
              ingressDeny:
              - fromEndpoints: [{ matchLabels: { "k8s:io.kubernetes.pod.namespace": data, app: bad } }]
            """);
        var (unit, _) = NetpolParser.Parse(new SourceFile("x.netpol", import.Text));
        var (model, _) = Binder.Bind([unit]);
        var universe = new Universe([Pod("shop", "web", "10.0.0.1"), Pod("data", "good", "10.0.0.2"), Pod("data", "bad", "10.0.0.3")], []);

        var verdict = new Evaluator(model).Judge(universe, new Flow(Address.Parse(from), Address.Parse(to), Traffic.To(Protocol.Tcp, (ushort)port))).Verdict;

        Assert.Equal(isAllowed ? Verdict.Allow : Verdict.Deny, verdict);
    }

    private static Endpoint Pod(string @namespace, string app, string address) => new(
        @namespace, new Dictionary<string, string>(), new Dictionary<string, string> { ["app"] = app }, [Address.Parse(address)], []);

    /// <summary>The rules of the only policy.</summary>
    private static IEnumerable<string> Rules(string spec)
    {
        var import = Import(Spec + spec);

        Assert.Empty(import.Diagnostics);
        return import.Text.Split('\n').Select(line => line.Trim())
            .Where(line => line.StartsWith("allow", StringComparison.Ordinal) || line.StartsWith("deny", StringComparison.Ordinal));
    }

    private static ImportResult Import(string yaml) => KubernetesImporter.Import([new SourceFile("x.yaml", yaml)]);
}
