using Netpol.Model;
using Netpol.Semantics;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics;

public sealed class TierTests
{
    private static readonly Endpoint Web = Pod("shop", "app=web", "10.0.0.1", node: "a");
    private static readonly Endpoint Api = Pod("shop", "app=api", "10.0.0.2", node: "a");
    private static readonly Universe Shop = new([Web, Api], [new Node("a", [Address.Parse("192.168.0.1")])]);

    [Theory]
    [InlineData(RuleAction.Allow, Verdict.Allow)]
    [InlineData(RuleAction.Deny, Verdict.Deny)]
    [InlineData(RuleAction.Reject, Verdict.Reject)]
    public void An_admin_rule_decides_before_the_ordinary_tier(RuleAction action, Verdict expected)
    {
        var judgement = Judge(
            Policy("guard", Any, Ingress(Allow(Any) with { Action = action })).Admin(10),
            Policy("ordinary", Any, Ingress(expected == Verdict.Allow ? Deny(Any) : Allow(Any))));

        Assert.Equal((expected, JudgementReason.Rule), (judgement.Verdict, judgement.Ingress.Reason));
        Assert.StartsWith("policy `guard`, tier admin 10: ", judgement.Ingress.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Pass_leaves_the_admin_tier_for_that_direction()
    {
        var judgement = Judge(
            Policy("first", Any, Ingress(Pass(Any), Deny(Any)), Egress(Allow(Any))).Admin(1),
            Policy("second", Any, Ingress(Deny(Any))).Admin(2),
            Policy("ordinary", Any, Ingress(Allow(Any))));

        Assert.StartsWith("policy `ordinary`: allow", judgement.Ingress.Text, StringComparison.Ordinal);
        Assert.StartsWith("policy `first`, tier admin 1: allow", judgement.Egress.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "2", Verdict.Deny)]
    [InlineData("1.5", "1.25", Verdict.Allow)]
    public void Admin_policies_are_asked_by_their_number_wherever_they_stand(string denying, string allowing, Verdict expected)
    {
        var judgement = Judge(
            Policy("allows", Any, Ingress(Allow(Any))).Admin(decimal.Parse(allowing)),
            Policy("denies", Any, Ingress(Deny(Any))).Admin(decimal.Parse(denying)));

        Assert.Equal(expected, judgement.Verdict);
    }

    [Fact]
    public void In_an_ordered_tier_the_first_match_decides_and_the_others_are_not_asked()
    {
        var judgement = Judge(Policy("p", Any, Ingress(Deny(Pods("data")), Allow(Pods("shop")), Deny(Any), Allow(Any).Logged())).Admin(1));

        Assert.Equal((Verdict.Allow, false), (judgement.Verdict, judgement.Ingress.IsLogged));
    }

    [Fact]
    public void Blocks_of_ordered_tiers_isolate_nobody()
    {
        var judgement = Judge(Policy("a", Any, Ingress()).Admin(1), Policy("b", Any, Ingress(Deny(Pods("data")))).Baseline(1));

        Assert.Equal((Verdict.Allow, JudgementReason.NotIsolated), (judgement.Verdict, judgement.Ingress.Reason));
        Assert.Equal("no rule decides and no policy isolates the endpoint for ingress", judgement.Ingress.Text);
    }

    [Theory]
    [InlineData(RuleAction.Allow, Verdict.Allow)]
    [InlineData(RuleAction.Deny, Verdict.Deny)]
    [InlineData(RuleAction.Reject, Verdict.Reject)]
    [InlineData(RuleAction.Pass, Verdict.Allow)]
    public void The_baseline_decides_where_no_ordinary_policy_does_and_pass_there_allows(RuleAction action, Verdict expected)
    {
        var judgement = Judge(Policy("base", Any, Ingress(Allow(Any) with { Action = action }, Deny(Any))).Baseline(1));

        Assert.Equal((expected, "base"), (judgement.Verdict, judgement.Ingress.Text.Split('`')[1]));
    }

    [Fact]
    public void An_endpoint_that_a_closed_block_selects_never_comes_to_the_baseline()
    {
        var judgement = Judge(
            Policy("ordinary", Any, Ingress(Allow(Pods("data")))),
            Policy("base", Any, Ingress(Allow(Any))).Baseline(1));

        Assert.Equal((Verdict.Deny, JudgementReason.DefaultDeny), (judgement.Verdict, judgement.Ingress.Reason));
    }

    [Fact]
    public void An_open_block_adds_rules_and_isolates_nobody()
    {
        var open = Policy("open", Any, Ingress(Deny(Pods("shop"), Tcp(22))).Open());

        Assert.Equal(Verdict.Deny, Judge(open, 22).Verdict);
        Assert.Equal((Verdict.Allow, JudgementReason.NotIsolated), (Judge(open, 80).Verdict, Judge(open, 80).Ingress.Reason));
    }

    [Fact]
    public void An_open_rule_that_decides_keeps_the_baseline_from_being_asked()
    {
        Policy[] policies =
        [
            Policy("open", Any, Ingress(Allow(Any, Tcp(80))).Open()),
            Policy("base", Any, Ingress(Deny(Any))).Baseline(1),
        ];

        Assert.Equal((Verdict.Allow, Verdict.Deny), (Judge(policies, 80).Verdict, Judge(policies, 81).Verdict));
    }

    [Fact]
    public void A_default_deny_names_only_the_policies_that_isolate()
    {
        var judgement = Judge(Policy("open", Any, Ingress().Open()), Policy("closed", Any, Ingress(), Ingress().Open()));

        Assert.Equal("policy `closed` selects the endpoint for ingress and no rule of it matches", judgement.Ingress.Text);
    }

    [Fact]
    public void Deny_beats_reject_and_reject_beats_allow()
    {
        Assert.Equal(Verdict.Reject, Judge(Policy("p", Any, Ingress(Allow(Any), Reject(Any)))).Verdict);
        Assert.Equal(Verdict.Deny, Judge(Policy("p", Any, Ingress(Allow(Any), Reject(Any), Deny(Any)))).Verdict);
    }

    [Theory]
    [InlineData(RuleAction.Deny, Verdict.Deny)]
    [InlineData(RuleAction.Reject, Verdict.Reject)]
    [InlineData(RuleAction.Allow, Verdict.Allow)]
    public void An_admin_rule_that_matches_the_node_takes_its_right_away(RuleAction action, Verdict expected)
    {
        var judgement = JudgeNode(Policy("guard", Any, Ingress(Deny(Nodes) with { Action = action })).Admin(1), Policy("closed", Any, Ingress()));

        Assert.Equal((expected, JudgementReason.Rule), (judgement.Verdict, judgement.Ingress.Reason));
    }

    [Fact]
    public void Pass_and_other_tiers_leave_the_node_its_right()
    {
        var judgement = JudgeNode(
            Policy("guard", Any, Ingress(Pass(Host), Deny(Any))).Admin(1),
            Policy("closed", Any, Ingress(Deny(Any))),
            Policy("base", Any, Ingress(Deny(Any))).Baseline(1));

        Assert.Equal((Verdict.Allow, JudgementReason.Host), (judgement.Verdict, judgement.Ingress.Reason));
    }

    private static Judgement Judge(params Policy[] policies) => Judge(policies, 80);

    private static Judgement Judge(Policy policy, ushort port) => Judge([policy], port);

    private static Judgement Judge(Policy[] policies, ushort port) =>
        new Evaluator(ModelOf(policies)).Judge(Shop, Flow("10.0.0.1", "10.0.0.2", Traffic.Tcp(port)));

    private static Judgement JudgeNode(params Policy[] policies) =>
        new Evaluator(ModelOf(policies)).Judge(Shop, Flow("192.168.0.1", "10.0.0.2", Traffic.Tcp(80), isFromNodeSocket: true));
}
