using CsCheck;
using Netpol.Model;
using Netpol.Semantics;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics;

/// <summary>Laws that hold for every model and every flow of <see cref="RandomModels"/>.</summary>
public sealed class AlgebraTests
{
    private static readonly Gen<(Universe Universe, Flow Flow)> Scene = Gen.Select(
        Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 7], (from, to, packet) =>
        {
            var universe = new Universe(
                [
                    Pod("n", "a=x", "10.0.0.1,2001:db8::1", "http=80/tcp"), Pod("m", "a=y", "10.0.0.200,2001:db8::2", "http=80/udp"),
                    Pod("o", "", "203.0.113.2,2002::2", namespaceLabels: "env=prod"), Pod("n", "", "10.0.0.2,2001:db8::3"),
                ],
                [new Node("", [Address.Parse("192.0.2.1"), Address.Parse("2002::9")])]);
            var addresses = new[]
            {
                ("10.0.0.1", "2001:db8::1"), ("10.0.0.200", "2001:db8::2"), ("203.0.113.2", "2002::2"), ("10.0.0.2", "2001:db8::3"),
                ("192.0.2.1", "2002::9"), ("198.51.100.1", "2003::1"),
            };
            var family = packet % 2 == 0 ? IpFamily.V4 : IpFamily.V6;
            var traffic = new[] { Traffic.Tcp(80), Traffic.Udp(80), Traffic.Icmp(family, (byte)(family == IpFamily.V4 ? 8 : 128)), Traffic.Tcp(81) }[packet / 2];
            return (universe, family == IpFamily.V4
                ? Flow(addresses[from].Item1, addresses[to].Item1, traffic)
                : Flow(addresses[from].Item2, addresses[to].Item2, traffic));
        });

    [Fact]
    public void Adding_an_allow_to_a_block_never_narrows()
    {
        Gen.Select(RandomModels.Model, RandomModels.Peer, Scene).Where(all => !all.Item1.Policies.IsEmpty).Sample((model, peer, scene) =>
        {
            var wider = Changed(model, block => block with { Rules = block.Rules.Add(Allow(peer)) });

            return Verdicts(model, scene) != Verdict.Allow || Verdicts(wider, scene) == Verdict.Allow;
        });
    }

    [Fact]
    public void Adding_a_deny_to_a_block_never_widens()
    {
        Gen.Select(RandomModels.Model, RandomModels.Peer, Scene).Where(all => !all.Item1.Policies.IsEmpty).Sample((model, peer, scene) =>
        {
            var narrower = Changed(model, block => block with { Rules = block.Rules.Add(Deny(peer)) });

            return Verdicts(model, scene) == Verdict.Allow || Verdicts(narrower, scene) != Verdict.Allow;
        });
    }

    [Fact]
    public void Rules_and_policies_are_sets_without_order()
    {
        Gen.Select(RandomModels.Model, Scene).Sample((model, scene) =>
        {
            var reversed = Changed(model, block => block with { Rules = [.. block.Rules.Reverse()] });
            reversed = reversed with { Policies = [.. reversed.Policies.Reverse()] };

            var (before, after) = (Judge(model, scene), Judge(reversed, scene));
            return before.Egress with { Text = "" } == after.Egress with { Text = "" } && before.Ingress with { Text = "" } == after.Ingress with { Text = "" };
        });
    }

    [Fact]
    public void Union_intersection_and_difference_are_those_of_sets()
    {
        Gen.Select(RandomModels.Model, RandomModels.Peer, RandomModels.Peer, Scene).Sample((model, left, right, scene) =>
        {
            var members = new Members(model);
            var party = members.At(scene.Universe, scene.Flow.Source, isNodeItself: true);
            var judged = scene.Universe.EndpointAt(scene.Flow.Destination);
            var (inLeft, inRight) = (Holds(left), Holds(right));

            return Holds(Union(left, right)) == (inLeft || inRight)
                && Holds(Both(left, right)) == (inLeft && inRight)
                && Holds(Minus(left, right)) == (inLeft && !inRight)
                && Holds(Minus(Any, Union(left, right))) == Holds(Both(Minus(Any, left), Minus(Any, right)));

            bool Holds(AddressSet set) => members.Contains(set, party, judged);
        });
    }

    [Fact]
    public void A_policy_that_selects_neither_end_changes_nothing()
    {
        Gen.Select(RandomModels.Model, RandomModels.Peer, Scene).Sample((model, peer, scene) =>
        {
            var other = Policy("other", Pods("nowhere"), Ingress(Deny(peer)), Egress(Deny(peer)));
            var more = model with { Policies = model.Policies.Add(other) };

            return Judge(model, scene) == Judge(more, scene);
        });
    }

    private static NetworkModel Changed(NetworkModel model, Func<PolicyBlock, PolicyBlock> change) => model with
    {
        Policies = [.. model.Policies.Select(policy => policy with { Blocks = [.. policy.Blocks.Select(change)] })],
    };

    // With a service the verdict of one backend is compared with that of another: leave services out.
    private static Judgement Judge(NetworkModel model, (Universe Universe, Flow Flow) scene) =>
        new Evaluator(model with { Services = [] }).Judge(scene.Universe, scene.Flow);

    private static Verdict Verdicts(NetworkModel model, (Universe Universe, Flow Flow) scene) => Judge(model, scene).Verdict;
}
