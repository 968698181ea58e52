using Netpol.Model;
using Netpol.Semantics;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics;

public sealed class OrdinaryTierTests
{
    private static readonly Endpoint Web = Pod("shop", "app=web", "10.0.0.1,fd00::1", "http=8080/tcp");
    private static readonly Endpoint Api = Pod("shop", "app=api", "10.0.0.2,fd00::2", "http=8080/tcp,dns=53/udp,dns=53/tcp");
    private static readonly Universe Shop = Universe(Web, Api);
    private static readonly Flow WebToApi = Flow("10.0.0.1", "10.0.0.2", Traffic.Tcp(8080));

    [Fact]
    public void Where_nothing_decides_the_answer_is_allow()
    {
        var judgement = Judge(ModelOf());

        Assert.Equal(Verdict.Allow, judgement.Verdict);
        Assert.Equal((JudgementReason.NotIsolated, JudgementReason.NotIsolated), (judgement.Egress.Reason, judgement.Ingress.Reason));
    }

    [Fact]
    public void A_policy_selects_in_a_direction_by_having_that_block_even_an_empty_one()
    {
        var judgement = Judge(ModelOf(Policy("closed", Pods("shop", "app=api"), Ingress())));

        Assert.Equal(Verdict.Deny, judgement.Verdict);
        Assert.Equal(JudgementReason.DefaultDeny, judgement.Ingress.Reason);
        Assert.Equal(JudgementReason.NotIsolated, judgement.Egress.Reason);
    }

    [Fact]
    public void A_policy_with_an_egress_block_alone_does_not_isolate_ingress()
    {
        var judgement = Judge(ModelOf(Policy("out", Pods("shop", "app=api"), Egress())));

        Assert.Equal(Verdict.Allow, judgement.Verdict);
    }

    [Fact]
    public void A_policy_that_does_not_select_the_endpoint_decides_nothing()
    {
        var judgement = Judge(ModelOf(Policy("other", Pods("shop", "app=db"), Ingress(Deny(Any)))));

        Assert.Equal(JudgementReason.NotIsolated, judgement.Ingress.Reason);
    }

    [Fact]
    public void A_default_deny_has_no_rule_and_names_the_policies_that_select_the_endpoint()
    {
        var judgement = Judge(ModelOf(
            Policy("first", Pods("shop"), Ingress(Allow(Pods("data")))),
            Policy("elsewhere", Pods("data"), Ingress()),
            Policy("second", Any, Ingress())));

        Assert.Null(judgement.Ingress.Rule);
        Assert.Equal("policies `first`, `second` select the endpoint for ingress and no rule of theirs matches", judgement.Ingress.Text);
    }

    [Fact]
    public void Every_policy_of_every_file_that_selects_the_endpoint_counts()
    {
        var judgement = Judge(ModelOf(
            Policy("first", Pods("shop"), Ingress()),
            Policy("second", Pods("shop", "app=api"), Ingress(Allow(Pods("shop", "app=web")).At(1, "b.netpol")))));

        Assert.Equal(Verdict.Allow, judgement.Verdict);
        Assert.Equal("b.netpol:1:9", judgement.Ingress.Rule?.Origin.ToString());
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public void A_matching_deny_beats_allow_in_whatever_order_they_stand(int allowLine, int denyLine)
    {
        var judgement = Judge(ModelOf(Policy("api", Pods("shop", "app=api"), Ingress(
            Allow(Any).At(allowLine), Deny(Cidr("10.0.0.1")).At(denyLine)))));

        Assert.Equal((Verdict.Deny, denyLine), (judgement.Verdict, judgement.Ingress.Rule?.Origin.Line));
    }

    [Fact]
    public void The_deciding_rule_is_the_first_of_the_winning_action_by_file_line_and_column()
    {
        var judgement = Judge(ModelOf(
            Policy("late", Pods("shop"), Ingress(Allow(Any).At(1, "b.netpol"), Allow(Any).At(9), Allow(Any).At(30))),
            Policy("early", Pods("shop"), Ingress(Allow(Any).At(7), Allow(Any).At(10)))));

        Assert.Equal("a.netpol:7:9", judgement.Ingress.Rule?.Origin.ToString());
    }

    [Fact]
    public void A_verdict_is_logged_if_any_matching_rule_of_the_winning_action_says_so()
    {
        var policy = Policy("api", Pods("shop", "app=api"), Ingress(Allow(Any).At(1), Allow(Pods("shop")).At(2).Logged()));

        var judgement = Judge(ModelOf(policy));

        Assert.Equal((1, true), (judgement.Ingress.Rule?.Origin.Line, judgement.Ingress.IsLogged));
    }

    [Fact]
    public void A_log_of_the_losing_action_or_of_a_rule_that_does_not_match_counts_for_nothing()
    {
        var policy = Policy("api", Pods("shop", "app=api"), Ingress(
            Deny(Pods("shop")), Allow(Any).Logged(), Deny(Pods("data")).Logged()));

        var judgement = Judge(ModelOf(policy));

        Assert.False(judgement.Ingress.IsLogged);
    }

    [Fact]
    public void An_egress_verdict_other_than_allow_is_the_answer_and_both_are_shown()
    {
        var judgement = Judge(ModelOf(
            Policy("web", Pods("shop", "app=web"), Egress(Deny(Any))),
            Policy("api", Pods("shop", "app=api"), Ingress(Allow(Any)))));

        Assert.Equal((Verdict.Deny, Verdict.Deny, Verdict.Allow), (judgement.Verdict, judgement.Egress.Verdict, judgement.Ingress.Verdict));
        Assert.Equal(JudgementReason.Rule, judgement.Ingress.Reason);
    }

    [Fact]
    public void A_rule_is_explained_by_its_policy_and_its_words()
    {
        var rule = Allow(Any) with { Origin = Place(3, "allow from any") };

        var judgement = Judge(ModelOf(Policy("api", Pods("shop", "app=api"), Ingress(rule))));

        Assert.Equal("policy `api`: allow from any", judgement.Ingress.Text);
    }

    [Fact]
    public void A_rule_without_on_matches_every_ip_protocol()
    {
        var model = ModelOf(Policy("api", Pods("shop", "app=api"), Ingress(Allow(Any))));

        Traffic[] all = [Traffic.Tcp(1), Traffic.Udp(1), Traffic.Sctp(1), Traffic.Icmp(IpFamily.V4, 8), Traffic.Other(47)];

        Assert.All(all, traffic => Assert.Equal(Verdict.Allow, Judge(model, WebToApi with { Traffic = traffic }).Verdict));
    }

    [Theory]
    [InlineData(7999, Verdict.Deny)]
    [InlineData(8000, Verdict.Allow)]
    [InlineData(8099, Verdict.Allow)]
    [InlineData(8100, Verdict.Deny)]
    public void A_range_holds_both_its_ends(ushort port, Verdict expected)
    {
        var model = OnlyOn(Tcp(8000, 8099));

        Assert.Equal(expected, Judge(model, WebToApi with { Traffic = Traffic.Tcp(port) }).Verdict);
        Assert.Equal(Verdict.Deny, Judge(model, WebToApi with { Traffic = Traffic.Udp(port) }).Verdict);
    }

    [Fact]
    public void Icmp_is_that_of_ipv4_and_icmpv6_that_of_ipv6()
    {
        var v4 = Flow("10.0.0.1", "10.0.0.2", Traffic.Icmp(IpFamily.V4, 8));
        var v6 = Flow("fd00::1", "fd00::2", Traffic.Icmp(IpFamily.V6, 128));

        Assert.Equal(
            (Verdict.Allow, Verdict.Deny),
            (Judge(OnlyOn(Icmp(IpFamily.V4)), v4).Verdict, Judge(OnlyOn(Icmp(IpFamily.V4)), v6).Verdict));
        Assert.Equal(
            (Verdict.Deny, Verdict.Allow),
            (Judge(OnlyOn(Icmp(IpFamily.V6)), v4).Verdict, Judge(OnlyOn(Icmp(IpFamily.V6)), v6).Verdict));
    }

    [Theory]
    [InlineData(13, 4, Verdict.Allow)]
    [InlineData(13, 5, Verdict.Deny)]
    [InlineData(8, 4, Verdict.Deny)]
    public void Icmp_is_narrowed_by_type_and_code(byte type, byte code, Verdict expected)
    {
        var judgement = Judge(OnlyOn(Icmp(IpFamily.V4, 13, 4)), WebToApi with { Traffic = Traffic.Icmp(IpFamily.V4, type, code) });

        Assert.Equal(expected, judgement.Verdict);
    }

    [Fact]
    public void A_named_port_is_the_one_that_the_receiver_calls_so_with_the_protocol_it_gave()
    {
        var model = OnlyOn(Named("http"));

        Assert.Equal(Verdict.Allow, Judge(model, WebToApi).Verdict);
        Assert.Equal(Verdict.Deny, Judge(model, WebToApi with { Traffic = Traffic.Udp(8080) }).Verdict);
        Assert.Equal(Verdict.Deny, Judge(model, WebToApi with { Traffic = Traffic.Tcp(80) }).Verdict);
    }

    [Fact]
    public void A_named_port_with_a_protocol_demands_it_too()
    {
        var model = OnlyOn(Named("dns", Protocol.Udp));

        Assert.Equal(Verdict.Allow, Judge(model, WebToApi with { Traffic = Traffic.Udp(53) }).Verdict);
        Assert.Equal(Verdict.Deny, Judge(model, WebToApi with { Traffic = Traffic.Tcp(53) }).Verdict);
    }

    [Fact]
    public void A_name_may_stand_for_several_ports()
    {
        var model = OnlyOn(Named("dns"));

        Assert.Equal(Verdict.Allow, Judge(model, WebToApi with { Traffic = Traffic.Udp(53) }).Verdict);
        Assert.Equal(Verdict.Allow, Judge(model, WebToApi with { Traffic = Traffic.Tcp(53) }).Verdict);
    }

    [Fact]
    public void Of_egress_rules_the_receiver_is_the_peer_and_one_that_is_no_endpoint_has_no_names()
    {
        var model = ModelOf(Policy("web", Pods("shop", "app=web"), Egress(Allow(Any, Named("dns")))));

        Assert.Equal(Verdict.Allow, Judge(model, WebToApi with { Traffic = Traffic.Udp(53) }).Verdict);
        Assert.Equal(Verdict.Deny, Judge(model, Flow("10.0.0.2", "10.0.0.1", Traffic.Tcp(8080)) with { Source = Address.Parse("10.0.0.1"), Destination = Address.Parse("192.0.2.1") }).Verdict);
        Assert.Equal(Verdict.Deny, Judge(model, WebToApi).Verdict);
    }

    private static NetworkModel OnlyOn(PortMatch on) => ModelOf(Policy("api", Pods("shop", "app=api"), Ingress(Allow(Any, on))));

    private static Judgement Judge(NetworkModel model, Flow? flow = null) => new Evaluator(model).Judge(Shop, flow ?? WebToApi);
}
