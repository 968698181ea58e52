using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics;

public sealed class HttpTests
{
    private static readonly Universe Shop = Universe(Pod("shop", "app=web", "10.0.0.1"), Pod("shop", "app=api", "10.0.0.2"));

    [Theory]
    [InlineData("/v1/**", "/v1/", true)]
    [InlineData("/v1/**", "/v1/a/b", true)]
    [InlineData("/v1/**", "/v1", false)]
    [InlineData("/v1/*", "/v1/a", true)]
    [InlineData("/v1/*", "/v1/a/b", false)]
    [InlineData("/*/b", "/a/b", true)]
    [InlineData("/**/b", "/a/c/b", true)]
    [InlineData("/a*c", "/abc", true)]
    [InlineData("/a*c", "/ab/c", false)]
    [InlineData("/", "/", true)]
    [InlineData("/", "/a", false)]
    public void A_star_stays_between_slashes_and_two_do_not(string pattern, string path, bool matches)
    {
        Assert.Equal(matches, Get(path).Matches(new(null, pattern, [], Place(1))));
    }

    [Fact]
    public void Method_and_headers_must_be_those_that_are_named()
    {
        HttpMatch match = new("POST", "/**", [new("x-team", "shop")], Place(1));
        HttpRequest request = new("POST", "/a", new Dictionary<string, string> { ["x-team"] = "shop", ["other"] = "1" });

        Assert.True(request.Matches(match));
        Assert.False((request with { Method = "GET" }).Matches(match));
        Assert.False((request with { Headers = new Dictionary<string, string> { ["x-team"] = "other" } }).Matches(match));
        Assert.False(Get("/a").Matches(match));
    }

    [Fact]
    public void A_request_passes_if_one_of_the_rules_that_allow_the_connection_has_it()
    {
        var judgement = Judge(Policy("api", Any, Ingress(Http(Allow(Any, Tcp(80)), "/a"), Http(Allow(Any, Tcp(80)), "/b"))));

        Assert.Equal([true, true, false], new[] { "/a", "/b", "/c" }.Select(path => judgement.Lets(Get(path))));
        Assert.Equal(Verdict.Allow, judgement.Verdict);
    }

    [Fact]
    public void A_plain_allow_beside_it_opens_the_connection_to_everything()
    {
        var judgement = Judge(Policy("api", Any, Ingress(Http(Allow(Any, Tcp(80)), "/a"), Allow(Pods("shop"), Tcp(80)))));

        Assert.Null(judgement.Ingress.Inspection);
        Assert.True(judgement.Lets(Get("/c")));
    }

    [Fact]
    public void A_request_must_pass_at_both_ends()
    {
        var judgement = Judge(Policy("both", Any, Egress(Http(Allow(Any, Tcp(80)), "/a")), Ingress(Http(Allow(Any, Tcp(80)), "/**"))));

        Assert.Equal([true, false], new[] { "/a", "/b" }.Select(path => judgement.Lets(Get(path))));
    }

    [Fact]
    public void Nothing_passes_on_a_connection_that_is_denied()
    {
        Assert.False(Judge(Policy("api", Any, Ingress(Deny(Any), Http(Allow(Any, Tcp(80)), "/**")))).Lets(Get("/")));
    }

    private static Rule Http(Rule rule, string path) => rule with { Http = [new(null, path, [], Place(1))] };

    private static HttpRequest Get(string path) => new("GET", path, ImmutableDictionary<string, string>.Empty);

    private static Judgement Judge(Policy policy) => new Evaluator(ModelOf(policy)).Judge(Shop, Flow("10.0.0.1", "10.0.0.2", Traffic.Tcp(80)));
}
