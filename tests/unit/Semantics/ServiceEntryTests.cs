using Netpol.Model;
using Netpol.Semantics;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics;

/// <summary>Node ports, load balancers' addresses, traffic policies and locality.</summary>
public sealed class ServiceEntryTests
{
    private static readonly ServicePort Http = Port(80, 8080, "http");
    private static readonly Service Plain = Build.Service("s", "10.96.0.10", Backends(Pods("shop", "app=api")), Http) with
    {
        NodePorts = [new(Http, 30080, Place(1))],
        LoadBalancers = [new([Address.Parse("203.0.113.7")], Cidr("198.51.100.0/24"), Place(1))],
    };

    private static readonly Universe World = new(
        [
            Pod("shop", "app=web", "10.0.1.1", node: "a"),
            Pod("shop", "app=api", "10.0.1.2", node: "a"),
            Pod("shop", "app=api", "10.0.2.2", node: "b"),
            Pod("shop", "app=api", "10.0.3.2", node: "c"),
        ],
        [
            new Node("a", [Address.Parse("192.168.0.1")]) { Zone = "x" },
            new Node("b", [Address.Parse("192.168.0.2")]) { Zone = "x" },
            new Node("c", [Address.Parse("192.168.0.3")]) { Zone = "y" },
        ]);

    [Theory]
    [InlineData("10.96.0.10", 80)]
    [InlineData("192.168.0.1", 30080)]
    [InlineData("192.168.0.3", 30080)]
    [InlineData("203.0.113.7", 80)]
    public void Every_way_in_leads_to_a_backend_and_its_port(string destination, ushort port)
    {
        var judgements = Judge(Plain, "198.51.100.9", destination, port);

        Assert.Equal(["10.0.1.2", "10.0.2.2", "10.0.3.2"], Chosen(judgements));
        Assert.All(judgements, judgement => Assert.Equal((ushort?)8080, judgement.Translation?.BackendPort));
    }

    [Fact]
    public void Another_port_of_a_node_is_the_nodes_own_and_another_of_a_load_balancer_is_rejected()
    {
        Assert.Null(Judge(Plain, "198.51.100.9", "192.168.0.1", 30081)[0].Translation);
        Assert.Equal(JudgementReason.ServicePort, Judge(Plain, "198.51.100.9", "203.0.113.7", 81)[0].Egress.Reason);
    }

    [Fact]
    public void A_load_balancer_lets_in_whom_it_names_and_drops_others()
    {
        var judgement = Judge(Plain, "192.0.2.1", "203.0.113.7", 80)[0];

        Assert.Equal((Verdict.Deny, JudgementReason.ServiceSource), (judgement.Verdict, judgement.Egress.Reason));
    }

    [Fact]
    public void Local_is_the_node_where_the_connection_enters()
    {
        var local = Plain with { Outside = TrafficScope.Local, Inside = TrafficScope.Local };

        Assert.Equal(["10.0.2.2"], Chosen(Judge(local, "198.51.100.9", "192.168.0.2", 30080)));
        Assert.Equal(["10.0.1.2"], Chosen(Judge(local, "10.0.1.1", "10.96.0.10", 80)));
        Assert.Equal(["10.0.1.2", "10.0.2.2", "10.0.3.2"], Chosen(Judge(local with { Inside = TrafficScope.Cluster }, "10.0.1.1", "10.96.0.10", 80)));
    }

    [Fact]
    public void A_node_without_a_backend_of_its_own_rejects_where_the_service_is_local()
    {
        var local = Plain with { Outside = TrafficScope.Local, Backends = Backends(("10.0.2.2", 1)) };

        Assert.Equal(JudgementReason.ServiceBackends, Judge(local, "198.51.100.9", "192.168.0.1", 30080)[0].Egress.Reason);
    }

    [Theory]
    [InlineData(TrafficScope.Cluster, "10.0.1.2", false)]
    [InlineData(TrafficScope.Cluster, "10.0.2.2", true)]
    [InlineData(TrafficScope.Local, "10.0.1.2", false)]
    public void A_client_is_seen_as_a_node_where_it_is_masqueraded(TrafficScope outside, string backend, bool isNode)
    {
        Policy[] policies = [Policy("api", Pods("shop", "app=api"), Ingress(Allow(Nodes).At(1), Allow(Cidr("198.51.100.0/24")).At(2)))];

        var judgement = Judge(Plain with { Outside = outside }, "198.51.100.9", "192.168.0.1", 30080, policies)
            .Single(judgement => judgement.Translation?.Backend.ToString() == backend);

        Assert.Equal(isNode ? 1 : 2, judgement.Ingress.Rule?.Origin.Line);
    }

    [Fact]
    public void A_connection_by_a_node_port_is_to_the_service_with_the_services_own_port()
    {
        Policy[] policies = [Policy("web", Pods("shop", "app=web"), Egress(Allow(ServiceSet("s"), Tcp(80))))];

        Assert.Equal(Verdict.Allow, Judge(Plain, "10.0.1.1", "192.168.0.3", 30080, policies)[0].Verdict);
        Assert.Equal(Verdict.Deny, Judge(Plain, "10.0.1.1", "10.0.3.2", 8080, policies)[0].Verdict);
    }

    [Fact]
    public void A_client_of_the_cluster_is_no_outside()
    {
        var local = Plain with { Outside = TrafficScope.Local, LoadBalancers = [Plain.LoadBalancers[0] with { From = null }] };

        Assert.Equal(["10.0.1.2", "10.0.2.2", "10.0.3.2"], Chosen(Judge(local, "10.0.1.1", "192.168.0.2", 30080)));
        Assert.Equal(["10.0.1.2", "10.0.2.2", "10.0.3.2"], Chosen(Judge(local, "10.0.1.1", "203.0.113.7", 80)));
    }

    [Theory]
    [InlineData("a", TrafficScope.Local, "10.0.1.2", "client")]
    [InlineData("b", TrafficScope.Local, "10.0.2.2", "client")]
    [InlineData("a", TrafficScope.Cluster, "10.0.1.2,10.0.2.2,10.0.3.2", "client node node")]
    public void A_load_balancers_client_enters_on_the_node_that_it_is_said_to(string node, TrafficScope outside, string backends, string seen)
    {
        Policy[] policies = [Policy("api", Pods("shop", "app=api"), Ingress(Allow(Nodes).At(1), Allow(Cidr("198.51.100.0/24")).At(2)))];
        var model = ModelOf(policies) with { Services = [Plain with { Outside = outside }] };

        var judgements = new Evaluator(model).JudgeAll(World, Flow("198.51.100.9", "203.0.113.7", Traffic.Tcp(80)) with { EntersOn = node });

        Assert.Equal(backends.Split(','), Chosen(judgements));
        Assert.Equal(seen, string.Join(' ', judgements.OrderBy(judgement => $"{judgement.Translation?.Backend}", StringComparer.Ordinal)
            .Select(judgement => judgement.Ingress.Rule?.Origin.Line == 1 ? "node" : "client")));
    }

    [Theory]
    [InlineData("10.0.1.2", Locality.Node, Locality.Zone)]
    [InlineData("10.0.1.2,10.0.2.2", Locality.Zone)]
    public void The_nearest_backends_are_preferred(string chosen, params Locality[] locality)
    {
        Assert.Equal(chosen.Split(','), Chosen(Judge(Plain with { Locality = [.. locality] }, "10.0.1.1", "10.96.0.10", 80)));
    }

    [Fact]
    public void Where_none_is_near_all_are_alike()
    {
        var far = Plain with { Locality = [Locality.Node], Backends = Backends(("10.0.2.2", 1), ("10.0.3.2", 1)) };

        Assert.Equal(["10.0.2.2", "10.0.3.2"], Chosen(Judge(far, "10.0.1.1", "10.96.0.10", 80)));
    }

    private static IEnumerable<string> Chosen(IEnumerable<Judgement> judgements) =>
        judgements.Select(judgement => $"{judgement.Translation?.Backend}").Order(StringComparer.Ordinal);

    private static System.Collections.Immutable.ImmutableArray<Judgement> Judge(
        Service service, string from, string to, ushort port, params Policy[] policies) =>
        new Evaluator(ModelOf(policies) with { Services = [service] }).JudgeAll(World, Flow(from, to, Traffic.Tcp(port)));
}
