using Netpol.Model;
using Netpol.Semantics;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics;

public sealed class LimitTests
{
    private const long Second = 1_000_000_000;

    private static readonly Endpoint Web = Pod("shop", "app=web", "10.0.0.1,fd00::1");
    private static readonly Endpoint Api = Pod("shop", "app=api", "10.0.0.2,fd00::2");
    private static readonly Universe Shop = Universe(Web, Api);

    [Fact]
    public void A_burst_is_allowed_at_once_and_then_as_many_as_the_rate_says()
    {
        var world = new World(Policy("p", Any, Ingress(Allow(Any).Limited(burst: 3))));

        Assert.Equal("AAAD", world.Open(4, "10.0.0.1", at: 0));
        Assert.Equal("D", world.Open(1, "10.0.0.1", at: Second - 1));
        Assert.Equal("AD", world.Open(2, "10.0.0.1", at: Second));
        Assert.Equal("AAD", world.Open(3, "10.0.0.1", at: 3 * Second));
        Assert.Equal("AAAD", world.Open(4, "10.0.0.1", at: 100 * Second));
    }

    [Fact]
    public void A_spent_rule_does_not_match_and_what_else_matches_decides()
    {
        var limited = Allow(Any).Limited(1);

        Assert.Equal(JudgementReason.Limit, Spent(Policy("p", Any, Ingress(limited))).Ingress.Reason);
        Assert.Equal((Verdict.Deny, null), (Spent(Policy("p", Any, Ingress(limited))).Verdict, Spent(Policy("p", Any, Ingress(limited))).Ingress.Rule));
        Assert.Equal(Verdict.Reject, Spent(Policy("p", Any, Ingress(limited, Reject(Any)))).Verdict);
        Assert.Equal(Verdict.Allow, Spent(Policy("p", Any, Ingress(limited, Allow(Any)))).Verdict);
    }

    [Fact]
    public void A_spent_rule_of_an_open_block_lets_the_baseline_decide_and_else_denies()
    {
        var open = Policy("open", Any, Ingress(Allow(Any).Limited(1)).Open());

        Assert.Equal((Verdict.Deny, JudgementReason.Limit), (Spent(open).Verdict, Spent(open).Ingress.Reason));
        Assert.Equal(Verdict.Reject, Spent(open, Policy("base", Any, Ingress(Reject(Any))).Baseline(1)).Verdict);
        Assert.Equal(Verdict.Allow, Spent(open, Policy("base", Any, Ingress(Pass(Any))).Baseline(1)).Verdict);
    }

    [Fact]
    public void An_allow_without_a_limit_decides_before_one_with_and_charges_nobody()
    {
        var judgement = Judge(Policy("p", Any, Ingress(Allow(Any).Limited(1).At(1), Allow(Any).At(2))), _ => false);

        Assert.Equal((2, null), (judgement.Ingress.Rule?.Origin.Line, judgement.Ingress.Paid));
    }

    [Fact]
    public void Of_several_limited_rules_the_first_by_place_that_has_a_token_pays()
    {
        var policy = Policy("p", Any, Ingress(Allow(Any).Limited(1).At(9), Allow(Any).Limited(1).At(3), Allow(Any).Limited(1).At(7)));

        Assert.Equal(3, Judge(policy, _ => false).Ingress.Paid?.Rule.Origin.Line);
        Assert.Equal(7, Judge(policy, bucket => bucket.Rule.Origin.Line == 3).Ingress.Rule?.Origin.Line);
    }

    [Fact]
    public void Only_the_log_of_the_rule_that_pays_counts()
    {
        var policy = Policy("p", Any, Ingress(Allow(Any).Limited(1).At(1), Allow(Any).Limited(1).At(2).Logged()));

        Assert.False(Judge(policy, _ => false).Ingress.IsLogged);
        Assert.True(Judge(policy, bucket => bucket.Rule.Origin.Line == 1).Ingress.IsLogged);
    }

    [Fact]
    public void Without_per_source_all_sources_share_the_bucket_of_the_endpoint()
    {
        var world = new World(Policy("p", Any, Ingress(Allow(Any).Limited(2))));

        Assert.Equal("A", world.Open(1, "10.0.0.1", 0));
        Assert.Equal("A", world.Open(1, "192.0.2.1", 0));
        Assert.Equal("D", world.Open(1, "192.0.2.2", 0));
    }

    [Fact]
    public void Each_endpoint_that_a_rule_judges_has_its_own_bucket()
    {
        var world = new World(Policy("p", Any, Ingress(Allow(Any).Limited(1))));

        Assert.Equal("A", world.Open(1, "192.0.2.1", 0));
        Assert.Equal("A", world.Open(1, "192.0.2.1", 0, to: "10.0.0.1"));
    }

    [Fact]
    public void Per_source_an_endpoint_has_one_bucket_for_all_its_addresses()
    {
        var world = new World(Policy("p", Any, Ingress(Allow(Any).Limited(1, perSource: true))));

        Assert.Equal("A", world.Open(1, "10.0.0.1", 0));
        Assert.Equal("D", world.Open(1, "fd00::1", 0, to: "fd00::2"));
    }

    [Fact]
    public void Per_source_others_have_a_bucket_an_ipv4_address_or_an_ipv6_prefix_of_64_bits()
    {
        var world = new World(Policy("p", Any, Ingress(Allow(Any).Limited(1, perSource: true))));

        Assert.Equal("AD", world.Open(2, "192.0.2.1", 0));
        Assert.Equal("A", world.Open(1, "192.0.2.2", 0));
        Assert.Equal("A", world.Open(1, "2001:db8::1", 0, to: "fd00::2"));
        Assert.Equal("D", world.Open(1, "2001:db8::ffff:0:0:2", 0, to: "fd00::2"));
        Assert.Equal("A", world.Open(1, "2001:db8:0:1::1", 0, to: "fd00::2"));
    }

    [Fact]
    public void In_egress_the_source_is_the_endpoint_itself()
    {
        var bucket = Judge(Policy("p", Any, Egress(Allow(Any).Limited(1, perSource: true))), _ => false).Egress.Paid;

        Assert.Equal((Web, Web), (bucket?.Judged, bucket?.Source));
    }

    private static Judgement Spent(params Policy[] policies) => new Evaluator(ModelOf(policies)).Judge(Shop, Flow("10.0.0.1", "10.0.0.2", Traffic.Tcp(80)), _ => true);

    private static Judgement Judge(Policy policy, Func<Bucket, bool> isSpent) =>
        new Evaluator(ModelOf(policy)).Judge(Shop, Flow("10.0.0.1", "10.0.0.2", Traffic.Tcp(80)), isSpent);

    /// <summary>Opens connections one after the other, each of which pays.</summary>
    private sealed class World(Policy policy)
    {
        private readonly Evaluator _evaluator = new(ModelOf(policy));
        private readonly TokenBuckets _buckets = new();

        public string Open(int count, string from, long at, string to = "10.0.0.2") => string.Concat(Enumerable.Range(0, count).Select(_ =>
        {
            var judgement = _evaluator.Judge(Shop, Flow(from, to, Traffic.Tcp(80)), bucket => _buckets.IsSpent(bucket, at));
            if (judgement.Ingress.Paid is { } paid)
            {
                _buckets.Pay(paid, at);
            }

            return judgement.Verdict == Verdict.Allow ? "A" : "D";
        }));
    }
}
