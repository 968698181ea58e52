using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Tests.Support;
using Netpol.Text;

namespace Netpol.Tests.Unit.Binding;

public sealed class BindingDiagnosticTests
{
    [Theory]
    [InlineData("group a = any\ngroup [|a|] = world", "NP2001", "group `a` is declared twice")]
    [InlineData("namespace a { }\nnamespace [|a|] { }", "NP2001", "namespace `a` is declared twice")]
    [InlineData("policy a for any { }\npolicy [|a|] for any { }", "NP2001", "policy `a` is declared twice")]
    [InlineData("group web = any\ngroup b = [|wep|]", "NP2002", "there is no group `wep`; did you mean `web`?")]
    [InlineData("group b = [|unheard|] | (any & unheard)", "NP2002", "there is no group `unheard`")]
    [InlineData("policy p for any { egress { allow to service [|x|] } }", "NP2002", "there is no service `x`")]
    [InlineData("test \"t\" { any -> service [|x|] allow }", "NP2002", "there is no service `x`")]
    [InlineData("policy p for any { ingress { allow from any on [|http-ports|] } }", "NP2003", "there is no `ports` declaration `http-ports`")]
    [InlineData("ports web = 80/tcp\nports all = [|wep|]", "NP2003", "there is no `ports` declaration `wep`; did you mean `web`?")]
    [InlineData("group a = b\ngroup b = any | c\ngroup c = [|a|]", "NP2004", "group `a` is made of itself: `a` -> `b` -> `c` -> `a`")]
    [InlineData("group a = [|a|]", "NP2004", "group `a` is made of itself: `a` -> `a`")]
    [InlineData("ports a = b\nports b = [|a|]", "NP2004", "ports `a` is made of itself: `a` -> `b` -> `a`")]
    [InlineData("group a = cidr [|10.0.0.256|]", "NP2007", "`10.0.0.256` is no address or prefix")]
    [InlineData("group a = cidr [|10.0.0.0/33|]", "NP2007", "`10.0.0.0/33` is no address or prefix")]
    [InlineData("group a = cidr [|10.0|]", "NP2007", "`10.0` is no address or prefix")]
    [InlineData("group a = cidr [|fd00::1::2|]", "NP2007", "`fd00::1::2` is no address or prefix")]
    [InlineData("group a = cidr [|10.0.0.1/8|]", "NP2008", "`10.0.0.1/8` has bits set behind the prefix length")]
    [InlineData("cluster { pods [|fd00::1/64|] }", "NP2008", "`fd00::1/64` has bits set behind the prefix length")]
    [InlineData("service s { address [|10.0.0.0/24|]; port 1/tcp; backends 10.1.0.1 }", "NP2009", "`10.0.0.0/24` is a prefix where an address is needed")]
    [InlineData("group a = cidr 10.0.0.0/8 except [|11.0.0.0/16|]", "NP2010", "`11.0.0.0/16` lies in none of the prefixes it is taken out of")]
    [InlineData("group a = cidr 10.0.0.0/8 except [|0.0.0.0/0|]", "NP2010", "`0.0.0.0/0` lies in none of the prefixes it is taken out of")]
    [InlineData("policy p for [|world|] { }", "NP2011", "`world` is no set of endpoints")]
    [InlineData("policy p for [|any - cidr 10.0.0.0/8|] { }", "NP2011", "`cidr` is no set of endpoints")]
    [InlineData("group a = pods | nodes\npolicy p for [|pods & a|] { }", "NP2011", "group `a` is no set of endpoints")]
    [InlineData("observe { flows all for [|nodes|] }", "NP2011", "`nodes` is no set of endpoints")]
    [InlineData("assume no [|world|]", "NP2011", "`world` is no set of endpoints")]
    [InlineData("service s { address 10.0.0.1; port 1/tcp; backends [|host|] }", "NP2011", "`host` is no set of endpoints")]
    [InlineData("group a = pods in [|same namespace|]", "NP2012", "`same namespace` has a meaning only in the peer of a rule")]
    [InlineData("policy p for pods in [|same namespace|] { }", "NP2012", "`same namespace` has a meaning only in the peer of a rule")]
    [InlineData("test \"t\" { pods in [|same namespace|] -> any allow }", "NP2012", "`same namespace` has a meaning only in the peer of a rule")]
    [InlineData("policy p for any { ingress { allow from [|service s|] } }\n", "NP2013", "`service s` may stand only as the peer of an egress rule, alone or in a union")]
    [InlineData("policy p for any { egress { allow to any & ([|service s|] | any) } }\n", "NP2013", "`service s` may stand only as the peer of an egress rule, alone or in a union")]
    [InlineData("group g = [|service s|]\n", "NP2013", "`service s` may stand only as the peer of an egress rule, alone or in a union")]
    [InlineData("test \"t\" { [|service s|] -> any allow }\n", "NP2013", "`service s` may stand only as the peer of an egress rule, alone or in a union")]
    [InlineData("policy p for any { ingress { allow [|to|] any } }", "NP2014", "a rule in `ingress` names its peer with `from`")]
    [InlineData("policy p for any { egress { allow [|from|] any } }", "NP2014", "a rule in `egress` names its peer with `to`")]
    [InlineData("ports p = icmp([|echo-requst|])", "NP2015", "`echo-requst` is no ICMP type; did you mean `echo-request`?")]
    [InlineData("ports p = icmpv6([|timestamp-reply|])", "NP2015", "`timestamp-reply` is no ICMPv6 type")]
    [InlineData("ports p = icmp([|256|])", "NP2016", "`256` is no number from 0 to 255")]
    [InlineData("ports p = icmp(3, [|x|])", "NP2016", "`x` is no number from 0 to 255")]
    [InlineData("namespace n { a = \"1\", [|a|] = \"2\" }", "NP2017", "label `a` is given twice")]
    [InlineData("test \"t\" { pod in n { a = \"1\"\n [|a|] = \"2\" } -> any allow }", "NP2017", "label `a` is given twice")]
    [InlineData("namespace n { [|\"kubernetes.io/metadata.name\" = \"m\"|] }", "NP2018", "label `kubernetes.io/metadata.name` of namespace `n` is always `n`")]
    [InlineData("policy p for any { ingress { allow from any log [|log|] } }", "NP2019", "`log` is said twice")]
    [InlineData("default namespace a\n[|default namespace b|]", "NP2019", "`default namespace` is said twice")]
    [InlineData("cluster { }\n[|cluster { }|]", "NP2019", "`cluster` is said twice")]
    [InlineData("service s { address 10.0.0.1; port 1/tcp; backends any; [|backends any|] }", "NP2019", "`backends` is said twice")]
    [InlineData("service [|s|] { port 1/tcp; backends any }", "NP2020", "service `s` has no `address` line")]
    [InlineData("service [|s|] { address 10.0.0.1; backends any }", "NP2020", "service `s` has no `port` line")]
    [InlineData("service [|s|] { address 10.0.0.1; port 1/tcp }", "NP2020", "service `s` has no `backends` line")]
    [InlineData("service s { address 10.0.0.1; port 1/tcp; backends 10.1.0.1 weight [|65536|] }", "NP2021", "weight 65536 is above 65535")]
    [InlineData("observe { flows 1 in [|0|] }", "NP2022", "`flows 1 in 0` samples nothing")]
    [InlineData("test \"t\" { any -> any | [|service s|] allow }\n", "NP2023", "`service s` stands alone on its side of a test line")]
    [InlineData("service s { address 10.0.0.1; port 80/tcp -> port [|http|]; port 81/tcp -> 8080; backends 10.1.0.1 }", "NP2024", "nothing names the port `http` at the addresses that service `s` has for backends")]
    [InlineData("scale { endpoints [|0|] }", "NP2025", "`0` is out of range for `endpoints`: it takes 1 to 1000000")]
    [InlineData("scale { endpoints [|1000001|] }", "NP2025", "`1000001` is out of range for `endpoints`: it takes 1 to 1000000")]
    [InlineData("scale { connections [|1023|] }", "NP2025", "`1023` is out of range for `connections`: it takes 1024 to 10000000")]
    [InlineData("scale { connections [|10000001|] }", "NP2025", "`10000001` is out of range for `connections`: it takes 1024 to 10000000")]
    [InlineData("scale { events [|0/s|] }", "NP2025", "`0/s` is out of range for `events`: it takes 1/s to 1000000/s")]
    [InlineData("scale { events [|60000001/m|] }", "NP2025", "`60000001/m` is out of range for `events`: it takes 1/s to 1000000/s")]
    [InlineData("scale { events 1/s; endpoints 5; [|events 2/s|] }", "NP2019", "`events` is said twice")]
    [InlineData("scale { events 1/s }\n[|scale { endpoints 5 }|]", "NP2019", "`scale` is said twice")]
    [InlineData("service s { address 10.0.0.1; port http 1/tcp; backends any; nodeport [|web|] 30000 }", "NP2031", "there is no port `web` in service `s`")]
    [InlineData("service s { address 10.0.0.1; port 1/tcp; backends any; affinity client-ip [|0s|] }", "NP2032", "`0s` is out of range for `affinity`: it takes more than nothing, and a year at most")]
    [InlineData("service s { address 10.0.0.1; port 1/tcp; backends any; drain [|366d|] }", "NP2032", "`366d` is out of range for `drain`: it takes more than nothing, and a year at most")]
    [InlineData("service s { address 10.0.0.1; port 1/tcp; backends any; outside local; [|outside cluster|] }", "NP2019", "`outside` is said twice")]
    [InlineData("service s { address 10.0.0.1; port 1/tcp; backends any; balance random; [|balance maglev|] }", "NP2019", "`balance` is said twice")]
    [InlineData("service s { address 10.0.0.1; port 1/tcp; backends any; locality prefer node, [|node|] }", "NP2019", "`node` is said twice")]
    [InlineData("service s { address 10.0.0.1; port 1/tcp; backends any; loadbalancer [|10.0.0.1|] }", "NP3002", "address `10.0.0.1` is given to services twice")]
    [InlineData("service s { address 10.0.0.1; port x 1/tcp; backends any; nodeport x 30000; nodeport x [|30000|] }", "NP3043", "node port `30000/tcp` is given to services twice")]
    [InlineData("qos q for any { egress [|999bit/s|] }", "NP2033", "`999bit/s` is out of range: it takes 1kbit/s to 1Tbit/s")]
    [InlineData("qos q for any { egress 1Mbit/s burst [|0B|] }", "NP2033", "`0B` is out of range: it takes 1B to 1024GiB")]
    [InlineData("qos q for any { egress 1Mbit/s; [|egress 2Mbit/s|] }", "NP2019", "`egress` is said twice")]
    [InlineData("qos q for [|world|] { egress 1Mbit/s }", "NP2011", "`world` is no set of endpoints")]
    [InlineData("qos a for any { priority guaranteed }\nqos [|b|] for pods { priority burstable }", "NP3044", "`a` and `b` could give one endpoint different priorities")]
    [InlineData("policy p for any { ingress { allow from any [|http { GET \"/\" }|] } }", "NP2034", "`http` stands on rules with TCP ports alone")]
    [InlineData("policy p for any { ingress { allow from any on 80/tcp, 80/udp [|http { GET \"/\" }|] } }", "NP2034", "`http` stands on rules with TCP ports alone")]
    [InlineData("policy p for any { ingress { allow from any on 80/tcp [|http { }|] } }", "NP2035", "`http` without a request lets none through")]
    [InlineData("policy p for any { ingress { allow from any on 80/tcp http { GET [|\"v1\"|] } } }", "NP2036", "the path `v1` does not begin with `/`")]
    [InlineData("policy p for any { egress { allow to any; deny to [|dns \"a.example\"|] } }", "NP2038", "`dns` has a meaning only as the peer of `allow to`, alone or in a union")]
    [InlineData("policy p for any { ingress { allow from [|dns \"a.example\"|] } }", "NP2038", "`dns` has a meaning only as the peer of `allow to`, alone or in a union")]
    [InlineData("policy p for any { egress { allow to world & [|dns \"a.example\"|] } }", "NP2038", "`dns` has a meaning only as the peer of `allow to`, alone or in a union")]
    [InlineData("group g = [|dns \"a.example\"|]", "NP2038", "`dns` has a meaning only as the peer of `allow to`, alone or in a union")]
    [InlineData("policy p for any { egress { allow to dns [|\"a..example\"|] } }", "NP2039", "`a..example` is no name that DNS answers for: a label has 1 to 63 letters")]
    [InlineData("policy p for any { egress { allow to dns [|\"a b\"|] } }", "NP2039", "`a b` is no name that DNS answers for: letters, digits, `-` and `_` are in labels")]
    [InlineData("test \"t\" { any -> any on 80/tcp http [|any \"/\"|] allow }", "NP2037", "a line of a test names one request")]
    [InlineData("test \"t\" { any -> any on 80/tcp http [|GET \"/**\"|] allow }", "NP2037", "a line of a test names one request")]
    [InlineData("test \"t\" { any -> any http [|GET \"/\"|] allow }", "NP2034", "`http` stands on rules with TCP ports alone")]
    [InlineData("policy p for any { ingress { allow from any on 80/tcp http { GET \"/\" } [|http { GET \"/\" }|] } }", "NP2019", "`http` is said twice")]
    [InlineData("policy p for any tier baseline 1 { ingress { allow from any on 80/tcp [|http { GET \"/\" }|] } }", "NP2029", "`http` does not belong on a rule of tier baseline 1")]
    [InlineData("policy p for any tier admin [|1001|] { }", "NP2026", "tier order 1001 is above 1000")]
    [InlineData("policy p for any { egress { [|pass|] to any } }", "NP2027", "`pass` has a meaning only in an ordered tier")]
    [InlineData("policy p for any tier admin 1 { egress [|open|] { pass to any } }", "NP2028", "`open` has a meaning only in the ordinary tier")]
    [InlineData("policy p for any tier admin 1 { egress { allow to any [|limit 1/s|] } }", "NP2029", "`limit` does not belong on a rule of tier admin 1")]
    [InlineData("policy p for any { egress { allow to any; reject to world [|limit 1/s|] } }", "NP2029", "`limit` does not belong on `reject`")]
    [InlineData("policy p for any { egress { allow to any limit [|0/s|] } }", "NP2030", "`0/s` is out of range for `limit`: it takes 1/h to 1000000/s")]
    [InlineData("policy p for any { egress { allow to any limit [|1000001/s|] } }", "NP2030", "`1000001/s` is out of range for `limit`: it takes 1/h to 1000000/s")]
    [InlineData("policy p for any { egress { allow to any limit [|0.9/h|] } }", "NP2030", "`0.9/h` is out of range for `limit`: it takes 1/h to 1000000/s")]
    [InlineData("policy p for any { egress { allow to any limit 1/s burst [|0|] } }", "NP2030", "`0` is out of range for `burst`: it takes 1 to 1000000")]
    [InlineData("policy p for any { egress { allow to any limit 1/s [|limit 2/s|] } }", "NP2019", "`limit` is said twice")]
    [InlineData("policy p for any { [|ingress|] { deny from world; deny from nodes } }", "NP3001", "`ingress` of policy `p` holds only denials, and denies everything else too")]
    [InlineData("service s { address 10.0.0.1; port 1/tcp; backends any }\nservice t { address [|10.0.0.1|]; port 2/tcp; backends any }", "NP3002", "address `10.0.0.1` is given to services twice")]
    [InlineData("service s { address 10.0.0.1, [|10.0.0.1|]; port 2/tcp; backends any }", "NP3002", "address `10.0.0.1` is given to services twice")]
    [InlineData("service s { address 10.0.0.1; port 1/tcp; port x [|1/tcp|] -> 2; backends any }", "NP3003", "port `1/tcp` of service `s` is given twice")]
    [InlineData("service s { address 10.0.0.1; port x 1/tcp; port [|x|] 2/tcp; backends any }", "NP3003", "port `x` of service `s` is given twice")]
    [InlineData("service s { address 10.0.0.1; port 1/tcp; backends 10.1.0.1, [|10.1.0.1|] }", "NP3004", "backend `10.1.0.1` of service `s` is given twice")]
    [InlineData("service [|s|] { address 10.0.0.1, fd00::1; port 1/tcp; backends 10.1.0.1 }", "NP3005", "service `s` has an IPv6 address and no IPv6 backend: such connections are rejected")]
    [InlineData("cluster { pods 10.0.0.0/8; services [|10.96.0.0/12|] }", "NP3006", "`10.96.0.0/12` overlaps `10.0.0.0/8`, which is declared for pods")]
    [InlineData("policy a for any tier admin 1 { ingress { } }\npolicy b for pods [|tier admin 1.0|] { ingress { } }", "NP3040", "policies `a` and `b` are both in tier admin 1 and could select one endpoint for ingress")]
    [InlineData("policy p for any tier admin 1 { ingress { allow from world; deny from [|any|] } }", "NP3041", "`any` holds the node too: its probes no longer reach these endpoints")]
    [InlineData("policy p for any tier admin 1 { ingress { reject from [|cidr 10.0.0.0/8|] } }", "NP3041", "`cidr 10.0.0.0/8` holds the node too: its probes no longer reach these endpoints")]
    [InlineData("policy p for any tier admin 1 { egress { pass to any [|log|] } }", "NP3042", "`pass` in the admin tier takes no verdict, so nothing is logged")]
    public void A_mistake_is_reported_once_and_where_it_is(string marked, string id, string message)
    {
        var (source, span) = MarkedText.Parse(marked);

        var (_, diagnostics) = Bound.From(source);

        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal((id, message, span), (diagnostic.Id, diagnostic.Message, diagnostic.Span));
    }

    [Theory]
    [InlineData("policy p [|audit|] for any { }", "`audit` policies are not supported yet")]
    [InlineData("policy p for [|host|] { }", "rules for `host` are not supported yet")]
    public void What_is_not_supported_yet_is_refused_by_name(string marked, string message)
    {
        var (source, span) = MarkedText.Parse(marked);

        var (_, diagnostics) = Bound.From(source);

        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal(("NP4001", message, span), (diagnostic.Id, diagnostic.Message, diagnostic.Span));
    }

    [Fact]
    public void Two_declarations_of_a_name_are_reported_with_both_places()
    {
        var first = new SourceFile("a.netpol", "group x = any");
        var second = new SourceFile("b.netpol", "\ngroup x = any");

        var (_, diagnostics) = Bound.From(second, first);

        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal(("b.netpol", "a.netpol"), (diagnostic.Source?.Path, diagnostic.Related?.Source.Path));
    }

    [Fact]
    public void A_chain_of_groups_may_be_deep_but_not_endless()
    {
        var chain = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"group g{i} = g{i + 1}\n")) + "group g10000 = any\n";

        var (_, diagnostics) = Bound.From(new SourceFile("a.netpol", chain));

        Assert.Equal("NP2005", Assert.Single(diagnostics).Id);
    }

    [Fact]
    public void Groups_that_double_at_every_step_are_refused()
    {
        var groups = "group g0 = any\n" + string.Concat(Enumerable.Range(1, 60).Select(i => $"group g{i} = g{i - 1} | g{i - 1}\n"));

        var (_, diagnostics) = Bound.From(new SourceFile("a.netpol", groups));

        Assert.Equal("NP2006", Assert.Single(diagnostics).Id);
    }

    [Fact]
    public void Denials_beside_an_allow_of_the_same_direction_are_no_warning()
    {
        var source = new SourceFile("a.netpol", "policy p for any { ingress { deny from world }\n ingress { allow from nodes } egress { } }");

        var (_, diagnostics) = Bound.From(source);

        Assert.Empty(diagnostics);
    }

    [Theory]
    [InlineData("for pods where a == \"1\"", "for pods where a == \"2\"")]
    [InlineData("for pods where has a", "for pods where not has a")]
    [InlineData("for pods in namespace n", "for pods in namespace m")]
    [InlineData("for pods in namespace n", "for pods in namespaces (env == \"test\")")]
    [InlineData("for pods in any namespace - pods in namespace n", "for pods in namespace n")]
    [InlineData("for pods where a in (\"1\", \"2\")", "for pods where a not in (\"1\", \"2\", \"3\")")]
    [InlineData("for any - pods", "for pods where a == \"1\" or b == \"1\"")]
    public void Policies_of_one_place_that_never_meet_are_no_tie(string first, string second)
    {
        Assert.Empty(Tie(first, second));
    }

    [Theory]
    [InlineData("for pods where a == \"1\"", "for pods where b == \"2\"")]
    [InlineData("for pods where a != \"1\"", "for pods where a != \"2\"")]
    [InlineData("for pods where not has a", "for pods where a not in (\"1\", \"2\")")]
    [InlineData("for pods in namespaces (env == \"prod\")", "for pods in namespace n")]
    [InlineData("for pods in namespaces (\"kubernetes.io/metadata.name\" == \"m\")", "for pods in namespaces (x == \"y\")")]
    [InlineData("for any", "for any - pods")]
    public void Policies_of_one_place_that_could_select_one_endpoint_are_a_tie(string first, string second)
    {
        Assert.Equal("NP3040", Assert.Single(Tie(first, second)).Id);
    }

    [Fact]
    public void Policies_of_one_place_that_never_judge_one_direction_are_no_tie()
    {
        var (_, diagnostics) = Bound.From(new SourceFile(
            "a.netpol", "policy a for any tier admin 1 { egress { } }\npolicy b for any tier admin 1 { ingress { } }\npolicy c for any tier baseline 1 { egress { } }"));

        Assert.Empty(diagnostics);
    }

    [Theory]
    [InlineData("pass from host; deny from any")]
    [InlineData("allow from any on 80/tcp; allow from nodes; deny from any")]
    [InlineData("deny from any - host")]
    [InlineData("deny from world")]
    [InlineData("deny from host")]
    [InlineData("deny from cidr 10.0.0.0/8")]
    [InlineData("deny from cidr 192.168.0.0/16 except 192.168.0.0/24")]
    [InlineData("deny from any & pods")]
    public void An_admin_rule_that_leaves_the_node_its_right_or_names_it_is_no_warning(string rules)
    {
        var (_, diagnostics) = Bound.From(new SourceFile(
            "a.netpol", $"cluster {{ nodes 192.168.0.0/24 }}\npolicy p for any tier admin 1 {{ ingress {{ {rules} }} }}"));

        Assert.Empty(diagnostics);
    }

    private static ImmutableArray<Diagnostic> Tie(string first, string second) => Bound.From(new SourceFile(
        "a.netpol",
        $"namespace n {{ env = \"prod\" }}\npolicy a {first} tier baseline 5 {{ egress {{ }} }}\npolicy b {second} tier baseline 5 {{ egress {{ }} }}")).Diagnostics;
}
