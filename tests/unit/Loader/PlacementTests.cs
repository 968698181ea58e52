using System.Collections.Immutable;
using System.Net;
using Netpol.Bundle;
using Netpol.Loader;

namespace Netpol.Tests.Unit.Loader;

public sealed class PlacementTests
{
    private static readonly SetExpression.Any Any = new();
    private static readonly SetExpression.Cidr Office = new(["10.0.0.0/8", "2001:db8::/32"], ["10.1.0.0/16"]);

    [Theory]
    [InlineData("10.2.0.1", true)]
    [InlineData("10.1.0.1", false)]
    [InlineData("11.0.0.1", false)]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:db9::1", false)]
    public void A_cidr_holds_what_its_prefixes_hold_but_not_its_exceptions(string address, bool expected)
    {
        var subject = Endpoint(address: address);

        var holds = Placement.Holds(Office, subject);

        Assert.Equal(expected, holds);
    }

    [Theory]
    [InlineData("shop", null, true)]
    [InlineData("other", null, false)]
    [InlineData(null, null, true)]
    [InlineData(null, "prod", true)]
    [InlineData(null, "test", false)]
    public void Pods_are_held_by_namespace_and_its_labels(string? name, string? environment, bool expected)
    {
        var where = environment is null ? null : new LabelExpression.In("env", [environment]);

        var holds = Placement.Holds(new SetExpression.Pods(name, where, null), Endpoint());

        Assert.Equal(expected, holds);
    }

    [Fact]
    public void Label_conditions_mean_what_selectors_of_Kubernetes_mean()
    {
        (LabelExpression Condition, bool Expected)[] cases =
        [
            (new LabelExpression.In("app", ["web", "api"]), true),
            (new LabelExpression.In("tier", ["web"]), false),
            (new LabelExpression.Has("app"), true),
            (new LabelExpression.Has("tier"), false),
            // `!=` and `not in` hold where the key is absent.
            (new LabelExpression.Not(new LabelExpression.In("tier", ["web"])), true),
            (new LabelExpression.And([new LabelExpression.Has("app"), new LabelExpression.Has("tier")]), false),
            (new LabelExpression.Or([new LabelExpression.Has("app"), new LabelExpression.Has("tier")]), true),
        ];

        foreach (var (condition, expected) in cases)
        {
            Assert.Equal((condition, expected), (condition, Placement.Holds(new SetExpression.Pods(null, null, condition), Endpoint())));
        }
    }

    [Fact]
    public void Host_nodes_and_endpoints_are_told_apart()
    {
        var address = IPAddress.Parse("10.2.0.1");
        (SetExpression Set, bool Endpoint, bool Host, bool Node)[] cases =
        [
            (Any, true, true, true),
            (new SetExpression.World(), false, false, false),
            (new SetExpression.Host(), false, true, false),
            (new SetExpression.Nodes(), false, true, true),
            (new SetExpression.Pods(null, null, null), true, false, false),
            (Office, true, true, true),
            (new SetExpression.Union([new SetExpression.Host(), new SetExpression.Pods(null, null, null)]), true, true, false),
            (new SetExpression.Intersection([Office, new SetExpression.Nodes()]), false, true, true),
            (new SetExpression.Difference(Any, new SetExpression.Nodes()), true, false, false),
        ];

        foreach (var (set, endpoint, host, node) in cases)
        {
            Assert.Equal(
                (set, endpoint, host, node),
                (set,
                    Placement.Holds(set, Endpoint(address: "10.2.0.1")),
                    Placement.Holds(set, new Subject.Host(address)),
                    Placement.Holds(set, new Subject.Node(address))));
        }
    }

    [Fact]
    public void Labels_that_a_bundle_declares_for_a_namespace_are_all_it_has()
    {
        var declared = ImmutableSortedDictionary<string, string>.Empty.Add("env", "prod");
        var given = ImmutableSortedDictionary<string, string>.Empty.Add("team", "a");
        var manifest = Manifests.Of([]) with
        {
            Namespaces = ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>>.Empty.Add("shop", declared),
        };

        var shop = Placement.LabelsOf(manifest, "shop", given);
        var other = Placement.LabelsOf(manifest, "other", given);

        Assert.Equal([new("env", "prod"), new(Placement.NamespaceNameLabel, "shop")], shop);
        Assert.Equal([new(Placement.NamespaceNameLabel, "other"), new("team", "a")], other);
    }

    [Fact]
    public void Members_are_bits_in_words_of_64()
    {
        var manifest = Manifests.Of([new SetEntry(0, "any", Any), new SetEntry(1, "world", new SetExpression.World()), new SetEntry(65, "office", Office)]);

        var words = Placement.MembersOf(manifest, Endpoint(address: "10.2.0.1"));

        Assert.Equal([1UL, 2UL], words);
    }

    private static Subject.Endpoint Endpoint(string address = "10.2.0.1") => new(
        IPAddress.Parse(address),
        "shop",
        ImmutableSortedDictionary<string, string>.Empty.Add("env", "prod"),
        ImmutableSortedDictionary<string, string>.Empty.Add("app", "web"));
}
