using Netpol.Model;
using Netpol.Text;

namespace Netpol.Tests.Unit.Binding;

public sealed class ModelTests
{
    [Fact]
    public void Pods_without_a_scope_are_those_of_the_files_default_namespace()
    {
        var shop = new SourceFile("a.netpol", "default namespace shop\ngroup a = pods");
        var other = new SourceFile("b.netpol", "group b = pods");

        var (model, diagnostics) = Bound.From(shop, other);

        Assert.Empty(diagnostics);
        Assert.Equal(
            [new NamespaceScope.One("shop"), new NamespaceScope.One("default")],
            model.Groups.Select(group => Assert.IsType<AddressSet.Pods>(group.Set).Scope));
    }

    [Fact]
    public void A_chain_of_differences_is_one_level()
    {
        var model = Bound.Model("group a = any - world - nodes - host");

        var difference = Assert.IsType<AddressSet.Difference>(model.Groups[0].Set);
        Assert.Equal(new AddressSet.Any(), difference.Left);
        Assert.Equal(
            [new AddressSet.World(), new AddressSet.Nodes(), new AddressSet.Host()], Assert.IsType<AddressSet.Union>(difference.Right).Parts.ToArray());
    }

    [Fact]
    public void Groups_are_seen_in_any_order_and_keep_their_names()
    {
        var model = Bound.Model("group a = b\ngroup b = world");

        Assert.Equal(new AddressSet.Named("b", new AddressSet.World()), model.Groups[0].Set);
    }

    [Theory]
    [InlineData("80/tcp", "Range { Protocol = Tcp, First = 80, Last = 80, IsWholeProtocol = False }")]
    [InlineData("8000-8099/udp", "Range { Protocol = Udp, First = 8000, Last = 8099, IsWholeProtocol = False }")]
    [InlineData("sctp", "Range { Protocol = Sctp, First = 0, Last = 65535, IsWholeProtocol = True }")]
    [InlineData("icmp", "Icmp { Family = V4, Type = , Code =  }")]
    [InlineData("icmp(echo-request)", "Icmp { Family = V4, Type = 8, Code =  }")]
    [InlineData("icmpv6(echo-request)", "Icmp { Family = V6, Type = 128, Code =  }")]
    [InlineData("icmp(3, 4)", "Icmp { Family = V4, Type = 3, Code = 4 }")]
    [InlineData("port http", "Named { Name = http, Protocol =  }")]
    [InlineData("port \"dns\"/udp", "Named { Name = dns, Protocol = Udp }")]
    public void A_port_means_what_it_says(string written, string expected)
    {
        var model = Bound.Model($"policy p for any {{ ingress {{ allow from any on {written} }} }}");

        var port = Assert.Single(model.Policies[0].Blocks[0].Rules[0].Ports);

        Assert.Equal(expected, port.ToString());
    }

    [Fact]
    public void Ports_declarations_are_spread_out_once()
    {
        var model = Bound.Model("ports a = 80/tcp, b\nports b = 443/tcp, 80/tcp\npolicy p for any { ingress { allow from any on a, b, 1/udp } }");

        var ports = model.Policies[0].Blocks[0].Rules[0].Ports;

        Assert.Equal(
            [new PortMatch.Range(Protocol.Tcp, 80, 80), new PortMatch.Range(Protocol.Tcp, 443, 443), new PortMatch.Range(Protocol.Udp, 1, 1)],
            ports.ToArray());
    }

    [Fact]
    public void A_namespace_has_its_name_as_a_label()
    {
        var model = Bound.Model("namespace data { env = \"prod\" }");

        Assert.Equal(
            [new("env", "prod"), new("kubernetes.io/metadata.name", "data")],
            model.Namespaces[0].Labels);
    }

    [Fact]
    public void A_rule_knows_its_place_its_text_and_its_documentation()
    {
        var model = Bound.Model("policy p for any {\n  ingress {\n    /// Why.\n    /* é */ allow from any on 1/tcp,\n      2/tcp log // later\n  }\n}");

        var rule = model.Policies[0].Blocks[0].Rules[0];

        Assert.Equal("test.netpol:4:13", rule.Origin.ToString());
        Assert.Equal(("allow from any on 1/tcp,", "Why.", true), (rule.Origin.Text, rule.Documentation, rule.IsLogged));
    }

    [Fact]
    public void Rules_of_one_line_have_each_their_own_text()
    {
        var model = Bound.Model("policy p for any { egress { deny to world; allow to nodes } }");

        Assert.Equal(["deny to world", "allow to nodes"], model.Policies[0].Blocks[0].Rules.Select(rule => rule.Origin.Text));
    }

    [Fact]
    public void A_service_is_taken_over_line_by_line()
    {
        var model = Bound.Model("""
            service s {
                address 10.0.0.1, fd00::1
                port http 80/tcp -> 8080
                port 53/udp
                port grpc 9000/tcp
                backends 10.1.0.1, 10.1.0.2 weight 0, fd00::2 weight 7
                balance random
            }
            """);

        var service = Assert.Single(model.Services);
        Assert.Equal([Address.Parse("10.0.0.1"), Address.Parse("fd00::1")], service.Addresses.ToArray());
        Assert.Equal(
            [new TargetPort.Number(8080), new TargetPort.Number(53), new TargetPort.Number(9000)], service.Ports.Select(port => port.Target));
        Assert.Equal(["http", null, "grpc"], service.Ports.Select(port => port.Name));
        Assert.Equal([1, 0, 7], Assert.IsType<BackendSource.Literal>(service.Backends).Backends.Select(backend => backend.Weight));
    }

    [Fact]
    public void A_port_may_be_the_one_that_an_endpoint_calls_so()
    {
        var model = Bound.Model("service s { address 10.0.0.1; port 9000/tcp -> port grpc; backends pods }");

        Assert.Equal(new TargetPort.Named("grpc"), Assert.Single(model.Services[0].Ports).Target);
    }

    [Fact]
    public void A_service_may_be_one_of_several_egress_peers()
    {
        var model = Bound.Model("service s { address 10.0.0.1; port 1/tcp; backends any }\npolicy p for any { egress { allow to (service s | world) | nodes } }");

        var union = Assert.IsType<AddressSet.Union>(model.Policies[0].Blocks[0].Rules[0].Peer);

        Assert.Equal(new AddressSet.Service("s"), Assert.IsType<AddressSet.Union>(union.Parts[0]).Parts[0]);
    }

    [Fact]
    public void The_cluster_declares_ranges_and_families()
    {
        var model = Bound.Model("cluster { pods 10.244.0.0/16, fd00:10::/56; nodes 192.168.0.0/24; families ipv6 }");

        Assert.Equal(["10.244.0.0/16", "fd00:10::/56"], model.Cluster.PodRanges.Select(range => range.ToString()));
        Assert.Equal(["192.168.0.0/24"], model.Cluster.NodeRanges.Select(range => range.ToString()));
        Assert.Equal((false, true), (model.Cluster.HasV4, model.Cluster.HasV6));
    }

    [Fact]
    public void Tests_keep_their_sides()
    {
        var model = Bound.Model("""
            service s { address 10.0.0.1; port 1/tcp; backends any }
            test "t" {
                pod in n { a = "b" } -> service s on 1/tcp deny
                world -> any allow
            }
            """);

        var lines = Assert.Single(model.Tests).Lines;
        Assert.Equal("b", Assert.IsType<TestSide.Pod>(lines[0].From).Labels["a"]);
        Assert.Equal((new TestSide.Service("s"), RuleAction.Deny), (lines[0].To, lines[0].Expected));
        Assert.Equal(new TestSide.Set(new AddressSet.World()), lines[1].From);
    }

    [Fact]
    public void Observations_keep_their_order()
    {
        var model = Bound.Model("observe { drops all; flows 1 in 100; flows all for pods }");

        Assert.IsType<Observation.Drops>(model.Observations[0]);
        Assert.Equal([100u, 1u], model.Observations.OfType<Observation.Flows>().Select(flows => flows.OneIn));
        Assert.Equal([true, false], model.Observations.OfType<Observation.Flows>().Select(flows => flows.For is null));
    }

    [Fact]
    public void An_empty_observe_block_says_that_nothing_is_asked_for()
    {
        Assert.IsType<Observation.Nothing>(Assert.Single(Bound.Model("observe { }").Observations));
        Assert.Empty(Bound.Model("group g = any").Observations);
    }

    [Theory]
    [InlineData("", 7680, 262_144, 10_000)]
    [InlineData("scale { }", 7680, 262_144, 10_000)]
    [InlineData("scale { endpoints 5000; connections 256000; events 2000/s }", 5000, 256_000, 2000)]
    [InlineData("scale { events 90/m }", 7680, 262_144, 2)]
    [InlineData("scale { events 3600000/h; endpoints 1 }", 1, 262_144, 1000)]
    public void Scale_says_what_there_must_be_room_for(string text, int endpoints, int connections, int events)
    {
        Assert.Equal(new Scale(endpoints, connections, events), Bound.Model(text).Scale);
    }

    [Fact]
    public void A_policy_keeps_its_tier_and_its_order()
    {
        var model = Bound.Model("policy a for any tier admin 10.50 { egress { pass to any } }\npolicy b for any tier baseline 0 { }\npolicy c for any { }");

        Assert.Equal([new(TierKind.Admin, 10.5m), new(TierKind.Baseline, 0), Tier.Ordinary], model.Policies.Select(policy => policy.Tier));
        Assert.Equal("tier admin 10.5", model.Policies[0].Tier.ToString());
    }

    [Fact]
    public void Actions_and_open_blocks_are_what_was_written()
    {
        var model = Bound.Model("policy a for any { ingress open { allow from any; deny from world; reject from nodes } egress { } }");

        Assert.Equal([true, false], model.Policies[0].Blocks.Select(block => block.IsOpen));
        Assert.Equal([RuleAction.Allow, RuleAction.Deny, RuleAction.Reject], model.Policies[0].Blocks[0].Rules.Select(rule => rule.Action));
    }

    [Theory]
    [InlineData("limit 200/s", 200, 1, 200, false)]
    [InlineData("limit 200/s burst 5 per source", 200, 1, 5, true)]
    [InlineData("limit 30/m", 30, 60, 1, false)]
    [InlineData("limit 90/m", 90, 60, 2, false)]
    [InlineData("limit 1/h per source", 1, 3600, 1, true)]
    public void A_limit_has_a_burst_of_one_seconds_worth_if_none_is_given(string text, int connections, int seconds, int burst, bool isPerSource)
    {
        var rule = Assert.Single(Bound.Model($"policy p for any {{ ingress {{ allow from any {text} }} }}").Policies[0].Blocks[0].Rules);

        Assert.Equal(new RateLimit(connections, seconds, burst, isPerSource), rule.Limit);
    }

    [Fact]
    public void An_assumption_is_the_set_that_is_never_attached()
    {
        var assumption = Assert.Single(Bound.Model("assume no pods in any namespace where role == \"edge\"").Assumptions);

        Assert.Equal(new LabelPredicate.Equal("role", "edge"), Assert.IsType<AddressSet.Pods>(assumption.Endpoints).Where);
        Assert.Equal((1, 1), (assumption.Origin.Line, assumption.Origin.Column));
    }

    [Fact]
    public void An_assertion_keeps_its_kind_and_sides()
    {
        var (model, _) = Bound.From(new SourceFile("a.netpol", "assert \"x\" only any -> world on 1/tcp\nassert \"y\" never world -> any"));

        Assert.Equal([AssertionKind.Only, AssertionKind.Never], model.Assertions.Select(assertion => assertion.Kind));
        Assert.Equal(new PortMatch.Range(Protocol.Tcp, 1, 1), Assert.Single(model.Assertions[0].Ports));
        Assert.Equal(new TestSide.Set(new AddressSet.World()), model.Assertions[1].From);
    }

    [Fact]
    public void A_service_keeps_how_traffic_reaches_it_and_is_spread()
    {
        var service = Assert.Single(Bound.Model("""
            service s {
                address 10.0.0.1
                port http 80/tcp -> 8080
                backends any
                nodeport http 30080
                loadbalancer 203.0.113.7, 2001:db8::7 from cidr 198.51.100.0/24
                balance least-connections
                affinity client-ip 3h
                outside local
                locality prefer node, zone
                drain 1500ms
            }
            """).Services);

        Assert.Equal((30080, "http"), (service.NodePorts[0].Number, service.NodePorts[0].Port.Name));
        Assert.Equal(["10.0.0.1", "203.0.113.7", "2001:db8::7"], service.AllAddresses.Select(address => address.ToString()));
        Assert.IsType<AddressSet.Cidr>(service.LoadBalancers[0].From);
        Assert.Equal((BalanceAlgorithm.LeastConnections, TimeSpan.FromHours(3), TimeSpan.FromSeconds(1.5)), (service.Balance, service.Affinity, service.Drain));
        Assert.Equal((TrafficScope.Local, TrafficScope.Cluster), (service.Outside, service.Inside));
        Assert.Equal([Locality.Node, Locality.Zone], service.Locality.AsEnumerable());
    }

    [Fact]
    public void Qos_keeps_rates_in_bits_and_bursts_in_bytes()
    {
        var qos = Assert.Single(Bound.Model("qos q for pods { egress 1.5Mbit/s burst 1MiB; ingress 200kbit/s; priority best-effort }").Qos);

        Assert.Equal((1_500_000L, 1_048_576L), (qos.Egress?.BitsPerSecond, qos.Egress?.BurstBytes));
        Assert.Equal((200_000L, null), (qos.Ingress?.BitsPerSecond, qos.Ingress?.BurstBytes));
        Assert.Equal(QosPriority.BestEffort, qos.Priority);
    }
}
