using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Semantics.Analysis;
using Netpol.Semantics.Proofs;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics;

public sealed class DnsTests
{
    private static readonly AddressSet Web = Pods("shop", "app=web");

    [Theory]
    [InlineData("a.example", "a.example", true)]
    [InlineData("*.example", "a.example", true)]
    [InlineData("*.example", "example", false)]
    [InlineData("*.example", "a.b.example", false)]
    [InlineData("**.example", "a.b.example", true)]
    [InlineData("api-*.example", "api-7.example", true)]
    public void A_star_stays_within_a_label_and_two_do_not(string pattern, string name, bool matches) =>
        Assert.Equal(matches, ResolvedName.Matches(pattern, name));

    [Fact]
    public void An_address_is_let_out_to_where_an_answer_of_the_world_named_it()
    {
        var model = ModelOf(Policy("web", Web, Egress(Allow(Dns("*.example"), Tcp(443))))) with
        {
            Cluster = Cluster.Undeclared with { NodeRanges = [Prefix.Parse("192.0.2.0/24")] },
        };

        Assert.Equal(Verdict.Allow, Judge(model, "203.0.113.5", new ResolvedName("a.example", Address.Parse("203.0.113.5"))));
        Assert.Equal(Verdict.Deny, Judge(model, "203.0.113.5", new ResolvedName("a.test", Address.Parse("203.0.113.5"))));
        Assert.Equal(Verdict.Deny, Judge(model, "203.0.113.6", new ResolvedName("a.example", Address.Parse("203.0.113.5"))));
        Assert.Equal(Verdict.Deny, Judge(model, "192.0.2.7", new ResolvedName("a.example", Address.Parse("192.0.2.7"))));
    }

    [Fact]
    public void A_proof_of_allow_takes_it_as_empty_and_one_of_deny_as_any_address_of_the_world()
    {
        var model = ModelOf(Policy("web", Web, Egress(Allow(Dns("a.example"), Tcp(443)))));

        Assert.IsType<ProofOutcome.Fails>(Prove(model, RuleAction.Allow, Tcp(443)));
        var witness = Assert.IsType<ProofOutcome.Fails>(Prove(model, RuleAction.Deny, Tcp(443))).Witness;
        Assert.Equal("a.example", Assert.Single(witness.Source!.Resolved).Name);
        Assert.IsType<ProofOutcome.Holds>(Prove(model, RuleAction.Deny, Tcp(80)));
    }

    [Theory]
    [InlineData("a.example", "*.example", ChangeKind.Widened)]
    [InlineData("**.example", "*.example", ChangeKind.Narrowed)]
    [InlineData("*a.example", "a*.example", ChangeKind.Widened, ChangeKind.Narrowed)]
    public void A_difference_knows_which_names_are_among_others(string old, string @new, params ChangeKind[] expected)
    {
        NetworkModel Of(string pattern) => ModelOf(Policy("web", Web, Egress(Allow(Dns(pattern), Tcp(443)))));

        var regions = ModelComparison.Compare(Of(old), Of(@new)).Regions;

        Assert.Equal(expected.Order(), regions.Select(region => region.Change).Distinct().Order());
        Assert.All(regions, region => Assert.Contains(region.To.Terms, term => term.Answered.ContainsValue(true)));
    }

    [Fact]
    public void A_name_is_left_out_where_a_wider_pattern_does_not_matter()
    {
        var old = ModelOf(Policy("none", Web, Egress(Allow(Any))));
        var @new = ModelOf(Policy("some", Web, Egress(Allow(Dns("a.example")), Allow(Dns("*.example"), Named("http")), Allow(World, Tcp(8)))));

        var regions = ModelComparison.Compare(old, @new).Regions;

        bool Changes(params string[] names) => regions.Any(region => region.To.Contains(
            new(EndKind.Address, null, Address.Parse("203.0.113.5")) { Names = [.. names] }));
        Assert.False(Changes("a.example"));
        Assert.True(Changes("b.example"));
        Assert.True(Changes());
    }

    private static AddressSet.Dns Dns(params string[] patterns) => new([.. patterns]);

    private static ProofOutcome Prove(NetworkModel model, RuleAction expected, PortMatch on)
    {
        TestLine line = new(new TestSide.Set(Web), new TestSide.Set(World), [on], expected, Place(9));
        return Assert.Single(TestProver.Prove(model with { Tests = [new TestCase("t", [line], Place(9))] })).Outcome;
    }

    private static Verdict Judge(NetworkModel model, string destination, ResolvedName answer)
    {
        var web = new Endpoint("shop", ImmutableDictionary<string, string>.Empty, Labels("app=web"), [Address.Parse("10.0.0.1")], []) { Resolved = [answer] };
        return new Evaluator(model).Judge(new Universe([web], []), new Flow(Address.Parse("10.0.0.1"), Address.Parse(destination), Traffic.Tcp(443))).Verdict;
    }
}
