using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Tests.Unit.Compiler;

/// <summary>Models written in place: rules get origins in the order in which they are made.</summary>
internal static class ModelBuilder
{
    public static AddressSet Pods(string app) =>
        new AddressSet.Pods(new NamespaceScope.One("shop"), new LabelPredicate.Equal("app", app));

    public static AddressSet Named(string app) => new AddressSet.Named(app, Pods(app));

    public static AddressSet Cidr(params string[] prefixes) => new AddressSet.Cidr([.. prefixes.Select(Prefix.Parse)], []);

    public static Rule Allow(int line, AddressSet peer, params ImmutableArray<PortMatch> ports) =>
        new(RuleAction.Allow, peer, ports, false, At(line, $"allow {line}"), null);

    public static Rule Deny(int line, AddressSet peer, params ImmutableArray<PortMatch> ports) =>
        new(RuleAction.Deny, peer, ports, false, At(line, $"deny {line}"), null);

    public static PortMatch Tcp(ushort first, ushort? last = null) => new PortMatch.Range(Protocol.Tcp, first, last ?? first);

    public static PortMatch Udp(ushort first, ushort? last = null) => new PortMatch.Range(Protocol.Udp, first, last ?? first);

    public static Policy Ingress(int line, string name, AddressSet selected, params ImmutableArray<Rule> rules) =>
        new(name, selected, [new PolicyBlock(Direction.Ingress, rules, At(line, "ingress"))], At(line, $"policy {name}"), null);

    public static Policy Egress(int line, string name, AddressSet selected, params ImmutableArray<Rule> rules) =>
        new(name, selected, [new PolicyBlock(Direction.Egress, rules, At(line, "egress"))], At(line, $"policy {name}"), null);

    public static NetworkModel Of(params ImmutableArray<Policy> policies) => NetworkModel.Empty with { Policies = policies };

    public static Origin At(int line, string text = "") => new("test.netpol", line, 1, text);
}
