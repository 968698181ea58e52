using Netpol.Model;
using Netpol.Semantics;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics;

public sealed class OrderOfDecisionTests
{
    private static readonly Endpoint Web = Pod("shop", "app=web", "10.0.0.1,fd00::1");
    private static readonly Endpoint Api = Pod("shop", "app=api", "10.0.0.2,fd00::2");
    private static readonly NetworkModel Closed = ModelOf(Policy("closed", Any, Ingress(), Egress()));

    [Fact]
    public void A_source_address_that_is_not_the_senders_own_is_denied_before_all_else()
    {
        var flow = Flow("10.0.0.9", "10.0.0.2", Traffic.Tcp(80)) with { Sender = Web };

        var judgement = Judge(NetworkModel.Empty, flow);

        Assert.Equal((Verdict.Deny, JudgementReason.Source), (judgement.Verdict, judgement.Egress.Reason));
    }

    [Theory]
    [InlineData("fe80::1", 135, JudgementReason.Neighbour)]
    [InlineData("fe80::1", 143, JudgementReason.Neighbour)]
    [InlineData("fe80::1", 128, JudgementReason.Source)]
    [InlineData("::", 135, JudgementReason.Neighbour)]
    [InlineData("::", 136, JudgementReason.NeighbourSpoofed)]
    [InlineData("::", 128, JudgementReason.Source)]
    [InlineData("fd00::1", 136, JudgementReason.Neighbour)]
    [InlineData("fd00::1", 143, JudgementReason.NeighbourSpoofed)]
    [InlineData("fd00::9", 135, JudgementReason.NeighbourSpoofed)]
    [InlineData("fe80::1", 134, JudgementReason.NeighbourSpoofed)]
    [InlineData("fe80::1", 137, JudgementReason.NeighbourSpoofed)]
    public void A_link_local_source_serves_discovery_only_and_routers_speak_for_themselves(string source, byte type, JudgementReason expected)
    {
        var flow = Flow(source, "ff02::1", Traffic.Icmp(IpFamily.V6, type)) with { Sender = Web };

        var judgement = Judge(Closed, flow);

        Assert.Equal(expected, judgement.Egress.Reason);
        Assert.Equal(expected == JudgementReason.Neighbour ? Verdict.Allow : Verdict.Deny, judgement.Verdict);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", 3)]
    [InlineData("10.0.0.1", "10.0.0.2", 11)]
    [InlineData("fd00::1", "fd00::2", 1)]
    [InlineData("fd00::1", "fd00::2", 4)]
    public void An_icmp_error_about_no_known_connection_is_judged_as_any_icmp(string source, string destination, byte type)
    {
        var family = Address.Parse(source).Family;
        var flow = Flow(source, destination, Traffic.Icmp(family, type));
        var open = ModelOf(Policy("in", Any, Ingress(Allow(Any, Icmp(family, type)))));
        var other = ModelOf(Policy("in", Any, Ingress(Allow(Any, Icmp(family, 99)))));

        Assert.Equal((Verdict.Allow, JudgementReason.NotIsolated), (Judge(NetworkModel.Empty, flow).Verdict, Judge(NetworkModel.Empty, flow).Ingress.Reason));
        Assert.Equal((Verdict.Allow, JudgementReason.Rule), (Judge(open, flow).Verdict, Judge(open, flow).Ingress.Reason));
        Assert.Equal((Verdict.Deny, JudgementReason.DefaultDeny), (Judge(other, flow).Verdict, Judge(other, flow).Ingress.Reason));
        Assert.Equal(JudgementReason.Source, Judge(open, flow with { Sender = Api }).Egress.Reason);
    }

    [Fact]
    public void Neighbour_discovery_passes_whatever_policy_says()
    {
        var judgement = Judge(Closed, Flow("fd00::1", "fd00::2", Traffic.Icmp(IpFamily.V6, 136)));

        Assert.Equal((Verdict.Allow, JudgementReason.Neighbour), (judgement.Verdict, judgement.Ingress.Reason));
    }

    [Fact]
    public void Both_ends_one_endpoint_is_allowed_whatever_policy_says()
    {
        var judgement = Judge(Closed, Flow("10.0.0.1", "10.0.0.1", Traffic.Tcp(80)));

        Assert.Equal((Verdict.Allow, JudgementReason.SameEndpoint), (judgement.Verdict, judgement.Egress.Reason));
    }

    [Fact]
    public void Both_families_are_judged_and_one_left_out_is_dropped()
    {
        var model = NetworkModel.Empty with { Cluster = Cluster.Undeclared with { HasV6 = false } };

        Assert.Equal(Verdict.Allow, Judge(model, Flow("10.0.0.1", "10.0.0.2", Traffic.Tcp(80))).Verdict);
        Assert.Equal(JudgementReason.Family, Judge(model, Flow("fd00::1", "fd00::2", Traffic.Tcp(80))).Egress.Reason);
        Assert.Equal(Verdict.Deny, Judge(model, Flow("fd00::1", "fd00::2", Traffic.Tcp(80))).Verdict);
    }

    [Fact]
    public void A_side_that_is_no_endpoint_has_no_verdict_of_its_own()
    {
        var judgement = Judge(Closed, Flow("192.0.2.1", "192.0.2.2", Traffic.Tcp(80)));

        Assert.Equal(Verdict.Allow, judgement.Verdict);
        Assert.Equal((JudgementReason.NotAnEndpoint, JudgementReason.NotAnEndpoint), (judgement.Egress.Reason, judgement.Ingress.Reason));
    }

    [Fact]
    public void Sockets_of_the_node_itself_reach_the_nodes_endpoints()
    {
        var judgement = JudgeFromNode("a", isFromNodeSocket: true, Closed);

        Assert.Equal((Verdict.Allow, JudgementReason.Host), (judgement.Verdict, judgement.Ingress.Reason));
    }

    [Fact]
    public void Sockets_of_another_node_have_no_such_right()
    {
        Assert.Equal(Verdict.Deny, JudgeFromNode("b", isFromNodeSocket: true, Closed).Verdict);
    }

    [Fact]
    public void Packets_that_a_node_forwards_are_judged_as_nodes_and_never_as_host()
    {
        var asHost = ModelOf(Policy("closed", Any, Ingress(Allow(Host))));
        var asNodes = ModelOf(Policy("closed", Any, Ingress(Allow(Nodes))));

        Assert.Equal(Verdict.Deny, JudgeFromNode("a", isFromNodeSocket: false, asHost).Verdict);
        Assert.Equal(Verdict.Allow, JudgeFromNode("a", isFromNodeSocket: false, asNodes).Verdict);
    }

    [Fact]
    public void Endpoint_to_node_follows_policy()
    {
        var universe = UniverseWithNode("a");
        var flow = Flow("10.0.0.2", "192.168.0.1", Traffic.Tcp(22));

        Assert.Equal(Verdict.Deny, new Evaluator(Closed).Judge(universe, flow).Verdict);
        Assert.Equal(Verdict.Allow, new Evaluator(ModelOf(Policy("out", Any, Egress(Allow(Host))))).Judge(universe, flow).Verdict);
    }

    [Fact]
    public void A_pod_not_yet_learned_is_not_the_outside()
    {
        var model = ModelOf(Policy("in", Any, Ingress(Allow(World)))) with
        {
            Cluster = Cluster.Undeclared with { PodRanges = Prefixes("10.0.0.0/24") },
        };

        Assert.Equal(Verdict.Deny, Judge(model, Flow("10.0.0.77", "10.0.0.2", Traffic.Tcp(80))).Verdict);
        Assert.Equal(Verdict.Allow, Judge(model, Flow("10.0.1.77", "10.0.0.2", Traffic.Tcp(80))).Verdict);
    }

    [Fact]
    public void Addresses_of_two_families_are_a_mistake_of_the_caller()
    {
        Assert.Throws<ArgumentException>(() => Judge(NetworkModel.Empty, Flow("10.0.0.1", "fd00::1", Traffic.Tcp(80))));
    }

    private static Judgement Judge(NetworkModel model, Flow flow) => new Evaluator(model).Judge(Universe(Web, Api), flow);

    private static Judgement JudgeFromNode(string node, bool isFromNodeSocket, NetworkModel model) => new Evaluator(model).Judge(
        UniverseWithNode(node), Flow("192.168.0.1", "10.0.0.2", Traffic.Tcp(80), isFromNodeSocket));

    private static Universe UniverseWithNode(string name) =>
        new([Pod("shop", "app=api", "10.0.0.2", node: "a")], [new Node(name, [Address.Parse("192.168.0.1")])]);
}
