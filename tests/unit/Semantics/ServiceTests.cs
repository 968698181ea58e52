using Netpol.Model;
using Netpol.Semantics;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics;

public sealed class ServiceTests
{
    private static readonly Endpoint Web = Pod("shop", "app=web", "10.0.0.1,fd00::1");
    private static readonly Endpoint Api = Pod("shop", "app=api", "10.0.0.2,fd00::2", "http=8080/tcp");
    private static readonly Endpoint Core = Pod("shop", "app=api", "10.0.0.3");
    private static readonly Flow ToCheckout = Flow("10.0.0.1", "10.96.0.10", Traffic.Tcp(80));

    private static readonly Service Checkout =
        Service("checkout", "10.96.0.10,fd00:96::10", Backends(Pods("shop", "app=api")), Port(80, 8080, "http"), PortTo(9000, "http", "grpc"));

    [Fact]
    public void Egress_is_judged_after_translation_on_the_backend_and_its_port()
    {
        var model = WithEgress(Allow(Pods("shop", "app=api"), Tcp(8080)));

        var judgement = Judge(model, ToCheckout);

        Assert.Equal((Verdict.Allow, "10.0.0.2"), (judgement.Verdict, judgement.Translation?.Backend.ToString()));
        Assert.Equal((ushort?)8080, judgement.Translation?.BackendPort);
    }

    [Fact]
    public void A_rule_on_the_service_address_matches_nothing_that_was_translated()
    {
        Assert.Equal(Verdict.Deny, Judge(WithEgress(Allow(Cidr("10.96.0.0/12"))), ToCheckout).Verdict);
    }

    [Fact]
    public void To_service_matches_what_the_service_translated_and_on_names_its_own_ports()
    {
        Assert.Equal(Verdict.Allow, Judge(WithEgress(Allow(ServiceSet("checkout"), Tcp(80))), ToCheckout).Verdict);
        Assert.Equal(Verdict.Deny, Judge(WithEgress(Allow(ServiceSet("checkout"), Tcp(8080))), ToCheckout).Verdict);
        Assert.Equal(Verdict.Allow, Judge(WithEgress(Allow(ServiceSet("checkout"), Named("http"))), ToCheckout).Verdict);
        Assert.Equal(Verdict.Deny, Judge(WithEgress(Allow(ServiceSet("checkout"), Named("grpc"))), ToCheckout).Verdict);
        Assert.Equal(Verdict.Deny, Judge(WithEgress(Allow(ServiceSet("other"), Tcp(80))), ToCheckout).Verdict);
    }

    [Fact]
    public void A_direct_connection_to_a_backend_is_not_to_the_service()
    {
        var judgement = Judge(WithEgress(Allow(ServiceSet("checkout"))), Flow("10.0.0.1", "10.0.0.2", Traffic.Tcp(8080)));

        Assert.Equal(Verdict.Deny, judgement.Verdict);
    }

    [Fact]
    public void In_a_union_on_names_the_services_ports_for_the_service_and_the_receivers_for_the_rest()
    {
        var model = WithEgress(Allow(Union(ServiceSet("checkout"), Pods("data")), Tcp(80)));
        var database = Pod("data", "", "10.0.0.9");
        var universe = Universe(Web, Api, database);

        Assert.Equal(Verdict.Allow, new Evaluator(model).Judge(universe, ToCheckout).Verdict);
        Assert.Equal(Verdict.Allow, new Evaluator(model).Judge(universe, Flow("10.0.0.1", "10.0.0.9", Traffic.Tcp(80))).Verdict);
        Assert.Equal(Verdict.Deny, new Evaluator(model).Judge(universe, Flow("10.0.0.1", "10.0.0.2", Traffic.Tcp(80))).Verdict);
    }

    [Theory]
    [InlineData(81)]
    [InlineData(8080)]
    public void A_port_that_the_service_lacks_is_rejected(ushort port)
    {
        var judgement = Judge(WithEgress(Allow(Any)), ToCheckout with { Traffic = Traffic.Tcp(port) });

        Assert.Equal((Verdict.Reject, JudgementReason.ServicePort), (judgement.Verdict, judgement.Egress.Reason));
        Assert.Equal($"service `checkout` has no port {port}/tcp", judgement.Egress.Text);
    }

    [Fact]
    public void What_has_no_ports_is_rejected_at_a_service_address_too()
    {
        var judgement = Judge(WithEgress(Allow(Any)), ToCheckout with { Traffic = Traffic.Icmp(IpFamily.V4, 8) });

        Assert.Equal((Verdict.Reject, JudgementReason.ServicePort), (judgement.Verdict, judgement.Egress.Reason));
    }

    [Fact]
    public void A_service_without_a_ready_backend_rejects()
    {
        var judgement = new Evaluator(WithEgress(Allow(Any))).Judge(Universe(Web), ToCheckout);

        Assert.Equal((Verdict.Reject, JudgementReason.ServiceBackends), (judgement.Verdict, judgement.Egress.Reason));
    }

    [Fact]
    public void A_backend_is_of_the_family_of_the_service_address()
    {
        var judgement = Judge(WithEgress(Allow(Any)), Flow("fd00::1", "fd00:96::10", Traffic.Tcp(80)));

        Assert.Equal("fd00::2", judgement.Translation?.Backend.ToString());
    }

    [Fact]
    public void An_endpoint_without_the_named_target_port_is_no_backend()
    {
        var model = WithEgress(Allow(Any));

        var judgements = new Evaluator(model).JudgeAll(Universe(Web, Api, Core), ToCheckout with { Traffic = Traffic.Tcp(9000) });

        Assert.Equal("10.0.0.2", Assert.Single(judgements).Translation?.Backend.ToString());
    }

    [Theory]
    [InlineData("10.0.0.1", "10.96.0.10", "10.0.0.7")]
    [InlineData("fd00::1", "fd00:96::10", "fd00::7")]
    public void An_endpoint_is_one_backend_with_its_first_address_of_the_family(string client, string service, string expected)
    {
        var many = Pod("shop", "app=api", "10.0.0.7,fd00::7,10.0.0.5,fd00::5", "http=8080/tcp,http=9090/tcp");

        var judgements = new Evaluator(WithEgress(Allow(Any))).JudgeAll(Universe(Web, many), Flow(client, service, Traffic.Tcp(9000)));

        Assert.Equal((expected, (ushort?)8080), (Assert.Single(judgements).Translation?.Backend.ToString(), judgements[0].Translation?.BackendPort));
    }

    [Fact]
    public void A_connection_is_judged_for_every_backend_that_it_could_be_given()
    {
        var model = WithEgress(Allow(Cidr("10.0.0.2")));
        var universe = Universe(Web, Api, Core);

        var verdicts = new Evaluator(model).JudgeAll(universe, ToCheckout).Select(judgement => judgement.Verdict);

        Assert.Equal([Verdict.Allow, Verdict.Deny], verdicts);
        Assert.Equal("10.0.0.3", new Evaluator(model).Judge(universe, ToCheckout).Translation?.Backend.ToString());
    }

    [Fact]
    public void A_backend_that_reaches_itself_through_the_service_is_allowed()
    {
        var model = ModelOf(Policy("closed", Any, Ingress(), Egress())) with { Services = [Checkout] };

        var judgement = Judge(model, ToCheckout with { Source = Address.Parse("10.0.0.2") });

        Assert.Equal((Verdict.Allow, JudgementReason.SameEndpoint), (judgement.Verdict, judgement.Egress.Reason));
    }

    [Fact]
    public void A_backend_of_weight_zero_gets_no_new_connections()
    {
        var model = NetworkModel.Empty with
        {
            Services = [Service("old", "10.96.0.11", Backends(("10.0.5.1", 0), ("10.0.5.2", 3)), Port(80, 80))],
        };

        var judgements = new Evaluator(model).JudgeAll(Universe(Web), Flow("10.0.0.1", "10.96.0.11", Traffic.Tcp(80)));

        Assert.Equal("10.0.5.2", Assert.Single(judgements).Translation?.Backend.ToString());
    }

    [Fact]
    public void Ingress_of_the_backend_sees_the_real_source_and_the_backends_port()
    {
        var model = ModelOf(Policy("api", Pods("shop", "app=api"), Ingress(Allow(Pods("shop", "app=web"), Tcp(8080))))) with { Services = [Checkout] };

        Assert.Equal(Verdict.Allow, Judge(model, ToCheckout).Verdict);
    }

    private static NetworkModel WithEgress(params Rule[] rules) =>
        ModelOf(Policy("web", Pods("shop", "app=web"), Egress(rules))) with { Services = [Checkout] };

    private static Judgement Judge(NetworkModel model, Flow flow) => new Evaluator(model).Judge(Universe(Web, Api), flow);
}
