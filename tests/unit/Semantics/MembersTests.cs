using Netpol.Model;
using Netpol.Semantics;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics;

public sealed class MembersTests
{
    private static readonly Cluster Declared = new(
        Prefixes("10.244.0.0/16"), Prefixes("192.168.0.0/24"), Prefixes("10.96.0.0/12"), true, true);

    private static readonly NetworkModel DeclaredModel = NetworkModel.Empty with
    {
        Cluster = Declared,
        Services = [Service("checkout", "198.51.100.1", Backends(("10.0.0.1", 1)), Port(80, 80))],
        Namespaces = [Namespace("data", "env=prod")],
    };

    [Theory]
    [InlineData("1.1.1.1", AddressKind.World)]
    [InlineData("2001:db8::1", AddressKind.World)]
    [InlineData("169.254.169.254", AddressKind.World)]
    [InlineData("10.244.3.4", AddressKind.UnknownPod)]
    [InlineData("192.168.0.9", AddressKind.Node)]
    [InlineData("10.100.0.1", AddressKind.Service)]
    [InlineData("198.51.100.1", AddressKind.Service)]
    [InlineData("127.0.0.1", AddressKind.Loopback)]
    [InlineData("::1", AddressKind.Loopback)]
    [InlineData("224.0.0.1", AddressKind.NotUnicast)]
    [InlineData("ff02::1", AddressKind.NotUnicast)]
    [InlineData("255.255.255.255", AddressKind.NotUnicast)]
    [InlineData("0.0.0.0", AddressKind.NotUnicast)]
    [InlineData("::", AddressKind.NotUnicast)]
    public void An_address_is_of_one_kind_and_world_holds_what_is_no_other(string address, AddressKind kind)
    {
        var members = new Members(DeclaredModel);

        var party = members.Bare(Address.Parse(address));

        Assert.Equal(kind, party.Kind);
        Assert.Equal(kind == AddressKind.World, members.Contains(World, party));
        Assert.Equal(kind == AddressKind.Node, members.Contains(Nodes, party));
    }

    [Fact]
    public void World_holds_neither_an_endpoint_nor_a_node_outside_the_declared_ranges()
    {
        var pod = Pod("shop", "", "203.0.113.5");
        var universe = new Universe([pod], [new Node("a", [Address.Parse("203.0.113.9")])]);
        var members = new Members(DeclaredModel);

        Assert.False(members.Contains(World, members.At(universe, Address.Parse("203.0.113.5"), true)));
        Assert.False(members.Contains(World, members.At(universe, Address.Parse("203.0.113.9"), true)));
        Assert.True(members.Contains(World, members.At(universe, Address.Parse("203.0.113.10"), true)));
    }

    [Theory]
    [InlineData("224.0.0.1", true)]
    [InlineData("255.255.255.255", true)]
    public void Multicast_and_broadcast_are_in_any_and_cidr_only(string address, bool expected)
    {
        var members = new Members(DeclaredModel);

        var party = members.Bare(Address.Parse(address));

        Assert.Equal(expected, members.Contains(Any, party));
        Assert.Equal(expected, members.Contains(Cidr("224.0.0.0/3"), party));
        Assert.False(members.Contains(Union(World, Nodes, Host, PodsAnywhere()), party));
    }

    [Theory]
    [InlineData("10.20.0.1", true)]
    [InlineData("10.20.5.1", false)]
    [InlineData("10.21.0.1", false)]
    [InlineData("2001:db8:20::1", true)]
    public void A_cidr_is_the_union_of_its_prefixes_less_that_of_its_exceptions(string address, bool expected)
    {
        var members = new Members(DeclaredModel);

        var office = Cidr("10.20.0.0/16,2001:db8:20::/48", "10.20.5.0/24");

        Assert.Equal(expected, members.Contains(office, members.Bare(Address.Parse(address))));
    }

    [Fact]
    public void A_cidr_holds_an_address_whether_or_not_an_endpoint_has_it()
    {
        var pod = Pod("shop", "", "10.20.0.1");
        var members = new Members(DeclaredModel);

        var party = Party.Of(pod, Address.Parse("10.20.0.1"));

        Assert.True(members.Contains(Cidr("10.20.0.0/16"), party));
        Assert.False(members.Contains(Both(Cidr("10.20.0.0/16"), World), party));
    }

    [Fact]
    public void Host_is_the_node_of_the_judged_endpoint_and_nodes_are_all_of_them()
    {
        var (here, there) = (Pod("shop", "", "10.0.0.1", node: "a"), Pod("shop", "", "10.0.0.2", node: "b"));
        var universe = new Universe([here, there], [new Node("a", [Address.Parse("192.0.2.1")])]);
        var members = new Members(NetworkModel.Empty);

        var node = members.At(universe, Address.Parse("192.0.2.1"), isNodeItself: true);
        var forwarder = members.At(universe, Address.Parse("192.0.2.1"), isNodeItself: false);

        Assert.True(members.Contains(Host, node, here));
        Assert.False(members.Contains(Host, node, there));
        Assert.False(members.Contains(Host, forwarder, here));
        Assert.True(members.Contains(Nodes, node, there));
        Assert.True(members.Contains(Nodes, forwarder, here));
    }

    [Fact]
    public void Pods_hold_endpoints_of_their_namespace_with_their_labels_and_nothing_else()
    {
        var members = new Members(NetworkModel.Empty);

        Assert.True(Holds(Pods("shop", "app=web"), Pod("shop", "app=web,tier=x", "10.0.0.1")));
        Assert.False(Holds(Pods("shop", "app=web"), Pod("shop", "app=api", "10.0.0.1")));
        Assert.False(Holds(Pods("shop", "app=web"), Pod("data", "app=web", "10.0.0.1")));
        Assert.False(members.Contains(PodsAnywhere(), members.Bare(Address.Parse("10.0.0.1"))));

        bool Holds(AddressSet set, Endpoint endpoint) => members.Contains(set, Party.Of(endpoint, endpoint.Addresses[0]));
    }

    [Fact]
    public void Same_namespace_is_that_of_the_judged_endpoint()
    {
        var members = new Members(NetworkModel.Empty);
        var pod = Pod("shop", "", "10.0.0.1");

        var party = Party.Of(pod, pod.Addresses[0]);

        Assert.True(members.Contains(PodsInSame(), party, Pod("shop", "", "10.0.0.2")));
        Assert.False(members.Contains(PodsInSame(), party, Pod("data", "", "10.0.0.2")));
    }

    [Fact]
    public void A_declared_namespace_has_the_declared_labels_and_no_others()
    {
        var members = new Members(DeclaredModel);
        var pod = Pod("data", "", "10.0.0.1", namespaceLabels: "env=test,team=a");

        var party = Party.Of(pod, pod.Addresses[0]);

        Assert.True(members.Contains(PodsInNamespaces(new LabelPredicate.Equal("env", "prod")), party));
        Assert.False(members.Contains(PodsInNamespaces(new LabelPredicate.Has("team")), party));
        Assert.True(members.Contains(PodsInNamespaces(new LabelPredicate.Equal(Endpoint.MetadataName, "data")), party));
    }

    [Fact]
    public void An_undeclared_namespace_has_the_labels_given_and_its_name()
    {
        var members = new Members(DeclaredModel);
        var pod = Pod("other", "", "10.0.0.1", namespaceLabels: "env=prod");

        var party = Party.Of(pod, pod.Addresses[0]);

        Assert.True(members.Contains(PodsInNamespaces(new LabelPredicate.Equal("env", "prod")), party));
        Assert.True(members.Contains(PodsInNamespaces(new LabelPredicate.Equal(Endpoint.MetadataName, "other")), party));
    }

    [Fact]
    public void Unequal_and_not_in_hold_where_the_key_is_absent()
    {
        var members = new Members(NetworkModel.Empty);
        var party = Party.Of(Pod("shop", "", "10.0.0.1"), Address.Parse("10.0.0.1"));

        Assert.True(members.Contains(PodsMatching(new LabelPredicate.NotEqual("app", "web")), party));
        Assert.True(members.Contains(PodsMatching(new LabelPredicate.NotIn("app", ["web", "api"])), party));
        Assert.False(members.Contains(PodsMatching(new LabelPredicate.Has("app")), party));
        Assert.False(members.Contains(PodsMatching(new LabelPredicate.In("app", ["web"])), party));
    }

    [Fact]
    public void Any_holds_everything_and_a_group_what_it_stands_for()
    {
        var members = new Members(DeclaredModel);
        var party = members.Bare(Address.Parse("10.20.0.1"));

        Assert.True(members.Contains(Any, party));
        Assert.True(members.Contains(new AddressSet.Named("office", Cidr("10.20.0.0/16")), party));
        Assert.False(members.Contains(Minus(Any, Cidr("10.20.0.0/16")), party));
    }
}
