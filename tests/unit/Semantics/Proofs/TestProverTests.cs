using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Semantics.Proofs;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics.Proofs;

public sealed class TestProverTests
{
    private static readonly AddressSet Web = Pods("shop", "app=web");
    private static readonly AddressSet Api = Pods("shop", "app=api");

    [Fact]
    public void Without_policies_everything_is_allowed()
    {
        Assert.IsType<ProofOutcome.Holds>(Prove(ModelOf(), Allowed(Any, Any)));
        Assert.IsType<ProofOutcome.Fails>(Prove(ModelOf(), Denied(Any, Web)));
    }

    [Fact]
    public void A_line_holds_if_all_connections_it_means_have_the_verdict()
    {
        var model = ModelOf(Policy("api", Api, Ingress(Allow(Web, Tcp(8080)))));

        Assert.IsType<ProofOutcome.Holds>(Prove(model, Allowed(Web, Api, Tcp(8080))));
        Assert.IsType<ProofOutcome.Holds>(Prove(model, Denied(Web, Api, Tcp(8081, 9000))));
        Assert.IsType<ProofOutcome.Holds>(Prove(model, Denied(Pods("data"), Api)));
    }

    [Fact]
    public void Mixed_fails_both()
    {
        var model = ModelOf(Policy("api", Api, Ingress(Allow(Web, Tcp(8080)))));

        Assert.IsType<ProofOutcome.Fails>(Prove(model, Allowed(Web, Api, Tcp(8080, 8081))));
        Assert.IsType<ProofOutcome.Fails>(Prove(model, Denied(Web, Api, Tcp(8080, 8081))));
    }

    [Fact]
    public void A_failing_line_shows_a_flow_and_the_rule_that_decided()
    {
        var model = ModelOf(Policy("api", Api, Ingress(Allow(Any).At(4), Deny(Pods("shop", "app=web,tier=old")).At(7))));

        var witness = Failure(model, Allowed(Web, Api));

        Assert.Equal("old", witness.Source?.Labels["tier"]);
        Assert.Equal("web", witness.Source?.Labels["app"]);
        Assert.Equal("api", witness.Destination?.Labels["app"]);
        Assert.Equal((Verdict.Deny, 7), (witness.Judgement.Verdict, witness.Judgement.Ingress.Rule?.Origin.Line));
    }

    [Fact]
    public void An_endpoint_may_have_any_other_labels_beside_those_of_its_group()
    {
        var model = ModelOf(Policy("canary", PodsAnywhere("canary=yes"), Ingress()));

        var witness = Failure(model, Allowed(Web, Api));

        Assert.Equal("yes", witness.Destination?.Labels["canary"]);
    }

    [Fact]
    public void A_pod_in_a_line_has_exactly_its_labels()
    {
        var model = ModelOf(Policy("canary", PodsAnywhere("canary=yes"), Ingress()));
        var pod = new TestSide.Pod("shop", ImmutableSortedDictionary<string, string>.Empty.Add("app", "api"));

        Assert.IsType<ProofOutcome.Holds>(Prove(model, Line(new TestSide.Set(Web), pod, RuleAction.Allow)));
    }

    [Fact]
    public void Both_families_are_meant()
    {
        var model = ModelOf(Policy("api", Api, Ingress(Allow(Cidr("0.0.0.0/0")))));

        var witness = Failure(model, Allowed(Web, Api));

        Assert.Equal(IpFamily.V6, witness.Flow.Family);
    }

    [Fact]
    public void A_family_left_out_of_the_cluster_is_not_meant()
    {
        var model = ModelOf(Policy("api", Api, Ingress(Allow(Cidr("0.0.0.0/0"))))) with { Cluster = Cluster.Undeclared with { HasV6 = false } };

        Assert.IsType<ProofOutcome.Holds>(Prove(model, Allowed(Web, Api)));
    }

    [Fact]
    public void An_undeclared_namespace_may_have_any_labels_and_a_declared_one_has_its_own()
    {
        var prod = PodsInNamespaces(new LabelPredicate.Equal("env", "prod"));
        var model = ModelOf(Policy("closed", prod, Ingress()));
        var declared = model with { Namespaces = [Namespace("shop", "env=test")] };

        Assert.Equal("prod", Failure(model, Allowed(Web, Api)).Destination?.NamespaceLabels["env"]);
        Assert.IsType<ProofOutcome.Holds>(Prove(declared, Allowed(Web, Api)));
    }

    [Fact]
    public void Endpoints_of_one_namespace_see_the_same_namespace_labels()
    {
        var prod = PodsInNamespaces(new LabelPredicate.Equal("env", "prod"));
        var model = ModelOf(Policy("prod", prod, Ingress(Allow(prod))));

        Assert.IsType<ProofOutcome.Holds>(Prove(model, Allowed(Pods("shop"), Pods("shop"))));
        Assert.IsType<ProofOutcome.Fails>(Prove(model, Allowed(Pods("shop"), Pods("data"))));
    }

    [Fact]
    public void Same_namespace_is_decided_for_namespaces_nobody_named()
    {
        var model = ModelOf(Policy("own", Any, Ingress(Allow(PodsInSame()))));

        var witness = Failure(model, Allowed(PodsAnywhere(), PodsAnywhere()));

        Assert.NotEqual(witness.Source?.Namespace, witness.Destination?.Namespace);
        Assert.IsType<ProofOutcome.Fails>(Prove(model, Denied(PodsAnywhere(), PodsAnywhere())));
        Assert.IsType<ProofOutcome.Holds>(Prove(model, Allowed(Pods("x"), Pods("x"))));
        Assert.IsType<ProofOutcome.Holds>(Prove(model, Denied(Pods("x"), Pods("y"))));
    }

    [Fact]
    public void An_arbitrary_receiver_may_give_any_name_to_any_port()
    {
        var model = ModelOf(Policy("api", Api, Ingress(Allow(Web, Named("http", Protocol.Tcp)))));

        Assert.IsType<ProofOutcome.Fails>(Prove(model, Allowed(Web, Api, Tcp(8080))));
        Assert.IsType<ProofOutcome.Fails>(Prove(model, Denied(Web, Api, Tcp(8080))));
        Assert.IsType<ProofOutcome.Holds>(Prove(model, Allowed(Web, Api, Named("http", Protocol.Tcp))));
        Assert.IsType<ProofOutcome.Holds>(Prove(model, Denied(Web, Api, Udp(8080))));
    }

    [Fact]
    public void An_endpoint_may_have_any_address_that_is_declared_to_be_nothing_else()
    {
        var model = ModelOf(Policy("api", Api, Ingress(Allow(Any), Deny(Cidr("10.20.0.0/16")))));
        var declared = model with { Cluster = Cluster.Undeclared with { PodRanges = Prefixes("10.244.0.0/16") } };

        Assert.Equal("10.20.0.1", Failure(model, Allowed(Web, Api)).Flow.Source.ToString());
        Assert.IsType<ProofOutcome.Holds>(Prove(declared, Allowed(Web, Api)));
    }

    [Fact]
    public void A_group_that_can_hold_nothing_fails_the_test()
    {
        var nobody = Both(Web, Api);

        Assert.Equal("the left side can hold nothing", Assert.IsType<ProofOutcome.Empty>(Prove(ModelOf(), Denied(nobody, Api))).Text);
        Assert.Equal("the right side can hold nothing", Assert.IsType<ProofOutcome.Empty>(Prove(ModelOf(), Denied(Api, nobody))).Text);
    }

    [Fact]
    public void Ports_that_cannot_be_between_the_sides_fail_the_test()
    {
        var outcome = Prove(ModelOf(), Allowed(Cidr("10.0.0.0/8"), Web, Icmp(IpFamily.V6)));

        Assert.Equal("no connection between the two sides can be on these ports", Assert.IsType<ProofOutcome.Empty>(outcome).Text);
    }

    [Theory]
    [InlineData(IpFamily.V4, 3)]
    [InlineData(IpFamily.V6, 1)]
    public void Icmp_errors_about_nothing_known_are_packets_that_a_line_means(IpFamily family, byte type)
    {
        var model = ModelOf(Policy("api", Api, Ingress(Allow(Web, Icmp(family, type)))));

        Assert.IsType<ProofOutcome.Holds>(Prove(model, Allowed(Web, Api, Icmp(family, type))));
        Assert.Equal(type, Failure(model, Denied(Web, Api, Icmp(family))).Flow.Traffic.IcmpType);
    }

    [Fact]
    public void The_nodes_right_counts_where_the_line_names_the_node_and_only_there()
    {
        var model = ModelOf(Policy("closed", Api, Ingress()));

        Assert.IsType<ProofOutcome.Holds>(Prove(model, Allowed(Host, Api)));
        Assert.IsType<ProofOutcome.Fails>(Prove(model, Denied(Nodes, Api)));
        Assert.IsType<ProofOutcome.Fails>(Prove(model, Allowed(Nodes, Api)));
        Assert.IsType<ProofOutcome.Holds>(Prove(model, Denied(Any, Api)));
    }

    [Fact]
    public void A_denial_is_proved_through_every_service_too()
    {
        var checkout = Service("checkout", "10.96.0.10", Backends(Api), Port(80, 8080));
        var model = ModelOf(Policy("web", Web, Egress(Allow(ServiceSet("checkout"))))) with { Services = [checkout] };

        var witness = Failure(model, Denied(Web, Api));

        Assert.Equal("10.96.0.10", witness.Flow.Destination.ToString());
        Assert.Equal("checkout", witness.Judgement.Translation?.Service.Name);
    }

    [Fact]
    public void A_line_to_a_service_is_about_its_ports_and_all_its_possible_backends()
    {
        var checkout = Service("checkout", "10.96.0.10", Backends(Api), Port(80, 8080));
        var open = ModelOf(Policy("api", Api, Ingress(Allow(Web, Tcp(8080))))) with { Services = [checkout] };
        var partly = ModelOf(
            Policy("api", Api, Ingress(Allow(Web, Tcp(8080)))),
            Policy("old", PodsAnywhere("tier=old"), Ingress(Deny(Any)))) with
        {
            Services = [checkout],
        };

        Assert.IsType<ProofOutcome.Holds>(Prove(open, ToService("checkout", RuleAction.Allow, Tcp(80))));
        Assert.IsType<ProofOutcome.Holds>(Prove(open, ToService("checkout", RuleAction.Allow)));
        Assert.Equal("old", Failure(partly, ToService("checkout", RuleAction.Allow, Tcp(80))).Destination?.Labels["tier"]);
    }

    [Fact]
    public void A_port_that_the_service_lacks_is_rejected_and_so_not_allowed()
    {
        var model = ModelOf() with { Services = [Service("checkout", "10.96.0.10", Backends(Api), Port(80, 8080))] };

        var witness = Failure(model, ToService("checkout", RuleAction.Allow, Tcp(443)));

        Assert.Equal((Verdict.Reject, JudgementReason.ServicePort), (witness.Judgement.Verdict, witness.Judgement.Egress.Reason));
        Assert.IsType<ProofOutcome.Holds>(Prove(model, ToService("checkout", RuleAction.Deny, Tcp(443))));
    }

    [Fact]
    public void A_service_that_nobody_can_serve_is_rejected_and_so_not_allowed()
    {
        var model = ModelOf() with { Services = [Service("checkout", "10.96.0.10", Backends(Both(Web, Api)), Port(80, 8080))] };

        var witness = Failure(model, ToService("checkout", RuleAction.Allow, Tcp(80)));

        Assert.Equal(JudgementReason.ServiceBackends, witness.Judgement.Egress.Reason);
        Assert.IsType<ProofOutcome.Holds>(Prove(model, ToService("checkout", RuleAction.Deny, Tcp(80))));
    }

    [Fact]
    public void Neighbour_discovery_is_not_meant_by_a_denial()
    {
        Assert.IsType<ProofOutcome.Holds>(Prove(ModelOf(Policy("closed", Api, Ingress())), Denied(Any, Api)));
    }

    [Theory]
    [InlineData("/v1/a", true)]
    [InlineData("/v2", true)]
    [InlineData("/v3", false)]
    public void A_request_passes_by_any_of_the_rules_that_allow_the_connection(string path, bool passes)
    {
        var model = ModelOf(Policy("api", Api, Ingress(Http(Allow(Web, Tcp(80)), "/v1/**"), Http(Allow(Pods("shop"), Tcp(80)), "/v2"))));

        Assert.Equal(passes, Prove(model, Allowed(Web, Api, Tcp(80)) with { Request = Get(path) }) is ProofOutcome.Holds);
        Assert.Equal(!passes, Prove(model, Denied(Web, Api, Tcp(80)) with { Request = Get(path) }) is ProofOutcome.Holds);
    }

    [Fact]
    public void What_a_plain_rule_opens_for_some_is_shown_as_what_lets_the_request()
    {
        var model = ModelOf(Policy("api", Api, Ingress(Http(Allow(Web, Tcp(80)), "/v1/**").At(3), Allow(Pods("shop", "tier=old"), Tcp(80)).At(4))));

        var witness = Failure(model, Denied(Web, Api, Tcp(80)) with { Request = Get("/v3") });

        Assert.Equal("old", witness.Source?.Labels["tier"]);
        Assert.Null(witness.Judgement.Ingress.Inspection);
        Assert.IsType<ProofOutcome.Fails>(Prove(model, Allowed(Web, Api, Tcp(80)) with { Request = Get("/v3") }));
    }

    [Fact]
    public void A_request_must_pass_at_both_ends_and_a_limit_is_taken_as_not_spent()
    {
        var model = ModelOf(
            Policy("web", Web, Egress(Http(Allow(Api, Tcp(80)), "/a", "/b"))),
            Policy("api", Api, Ingress(Http(Allow(Web, Tcp(80)).Limited(burst: 1), "/b", "/c"))));

        Assert.Equal(
            [false, true, false],
            new[] { "/a", "/b", "/c" }.Select(path => Prove(model, Allowed(Web, Api, Tcp(80)) with { Request = Get(path) }) is ProofOutcome.Holds));
    }

    [Fact]
    public void A_large_model_is_proved_quickly()
    {
        var policies = Enumerable.Range(0, 300).Select(index => Policy(
            $"p{index}", Pods("shop", $"app=a{index}"), Ingress(
                Allow(Pods("shop", $"app=a{index * 7 % 300}"), Tcp((ushort)(1000 + index))), Deny(Cidr($"10.{index % 250}.0.0/16")))));
        var model = ModelOf([.. policies]);
        var clock = System.Diagnostics.Stopwatch.StartNew();

        Assert.IsType<ProofOutcome.Fails>(Prove(model, Denied(PodsAnywhere(), PodsAnywhere())));
        Assert.IsType<ProofOutcome.Holds>(Prove(model, Denied(Pods("shop", "app=a1"), Pods("shop", "app=a2"))));

        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 20);
    }

    private static Rule Http(Rule rule, params string[] paths) => rule with { Http = [.. paths.Select(Get)] };

    private static HttpMatch Get(string path) => new("GET", path, [], Place(1));

    private static TestLine Allowed(AddressSet from, AddressSet to, params PortMatch[] on) =>
        Line(new TestSide.Set(from), new TestSide.Set(to), RuleAction.Allow, on);

    private static TestLine Denied(AddressSet from, AddressSet to, params PortMatch[] on) =>
        Line(new TestSide.Set(from), new TestSide.Set(to), RuleAction.Deny, on);

    private static TestLine ToService(string name, RuleAction expected, params PortMatch[] on) =>
        Line(new TestSide.Set(Web), new TestSide.Service(name), expected, on);

    private static TestLine Line(TestSide from, TestSide to, RuleAction expected, params PortMatch[] on) =>
        new(from, to, [.. on], expected, Place(100, "line"));

    private static ProofOutcome Prove(NetworkModel model, TestLine line) =>
        Assert.Single(TestProver.Prove(model with { Tests = [new TestCase("t", [line], Place(99))] })).Outcome;

    private static Witness Failure(NetworkModel model, TestLine line) => Assert.IsType<ProofOutcome.Fails>(Prove(model, line)).Witness;
}
