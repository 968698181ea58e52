using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Tests.Unit.Semantics;

/// <summary>Models and flows in few words, without the parser: what is tested here is meaning alone.</summary>
internal static class Build
{
    private static int _line;

    public static AddressSet Any { get; } = new AddressSet.Any();

    public static AddressSet World { get; } = new AddressSet.World();

    public static AddressSet Host { get; } = new AddressSet.Host();

    public static AddressSet Nodes { get; } = new AddressSet.Nodes();

    public static ImmutableArray<PortMatch> AllPorts => [];

    public static NetworkModel ModelOf(params Policy[] policies) => NetworkModel.Empty with { Policies = [.. policies] };

    public static Origin Place(int line, string text = "") => new("a.netpol", line, 1, text);

    public static Policy Policy(string name, AddressSet @for, params PolicyBlock[] blocks) =>
        new(name, @for, [.. blocks], Place(Interlocked.Increment(ref _line)), null);

    public static PolicyBlock Ingress(params Rule[] rules) => new(Direction.Ingress, [.. rules], Place(1));

    public static PolicyBlock Egress(params Rule[] rules) => new(Direction.Egress, [.. rules], Place(1));

    public static Rule Allow(AddressSet peer, params PortMatch[] on) => Rule(RuleAction.Allow, peer, on);

    public static Rule Deny(AddressSet peer, params PortMatch[] on) => Rule(RuleAction.Deny, peer, on);

    public static Rule Reject(AddressSet peer, params PortMatch[] on) => Rule(RuleAction.Reject, peer, on);

    public static Rule Pass(AddressSet peer, params PortMatch[] on) => Rule(RuleAction.Pass, peer, on);

    /// <summary>So many at once, and one more each second.</summary>
    public static Rule Limited(this Rule rule, int burst, bool perSource = false) => rule with { Limit = new(1, 1, burst, perSource) };

    public static PolicyBlock Open(this PolicyBlock block) => block with { IsOpen = true };

    public static Policy Admin(this Policy policy, decimal order) => policy with { Tier = new(TierKind.Admin, order) };

    public static Policy Baseline(this Policy policy, decimal order) => policy with { Tier = new(TierKind.Baseline, order) };

    public static Rule At(this Rule rule, int line, string file = "a.netpol") =>
        rule with { Origin = new(file, line, 9, rule.Origin.Text) };

    public static Rule Logged(this Rule rule) => rule with { IsLogged = true };

    public static AddressSet Pods(string @namespace, string labels = "") =>
        new AddressSet.Pods(new NamespaceScope.One(@namespace), Where(labels));

    public static AddressSet PodsAnywhere(string labels = "") => new AddressSet.Pods(new NamespaceScope.Any(), Where(labels));

    public static AddressSet PodsInSame(string labels = "") => new AddressSet.Pods(new NamespaceScope.Same(), Where(labels));

    public static AddressSet PodsMatching(LabelPredicate where) =>
        new AddressSet.Pods(new NamespaceScope.Any(), where);

    public static AddressSet PodsInNamespaces(LabelPredicate where) =>
        new AddressSet.Pods(new NamespaceScope.Matching(where), null);

    public static AddressSet Cidr(string include, string except = "") => new AddressSet.Cidr(Prefixes(include), Prefixes(except));

    public static AddressSet ServiceSet(string name) => new AddressSet.Service(name);

    public static AddressSet Union(params AddressSet[] parts) => new AddressSet.Union([.. parts]);

    public static AddressSet Both(params AddressSet[] parts) => new AddressSet.Intersection([.. parts]);

    public static AddressSet Minus(AddressSet left, AddressSet right) => new AddressSet.Difference(left, right);

    public static PortMatch Tcp(ushort first, ushort? last = null) => new PortMatch.Range(Protocol.Tcp, first, last ?? first);

    public static PortMatch Udp(ushort first, ushort? last = null) => new PortMatch.Range(Protocol.Udp, first, last ?? first);

    public static PortMatch Named(string name, Protocol? protocol = null) => new PortMatch.Named(name, protocol);

    public static PortMatch Icmp(IpFamily family, byte? type = null, byte? code = null) => new PortMatch.Icmp(family, type, code);

    /// <summary><c>Pod("shop", "app=web", "10.0.0.1", "http=8080/tcp")</c>, each list separated by commas.</summary>
    public static Endpoint Pod(
        string @namespace, string labels, string addresses, string ports = "", string namespaceLabels = "", string node = "") => new(
            @namespace, Labels(namespaceLabels), Labels(labels), [.. Split(addresses).Select(Address.Parse)],
            [.. Split(ports).Select(NamedPort)], node: node);

    public static Universe Universe(params Endpoint[] endpoints) => new([.. endpoints], []);

    public static Flow Flow(string source, string destination, Traffic traffic, bool isFromNodeSocket = false) =>
        new(Address.Parse(source), Address.Parse(destination), traffic, IsFromNodeSocket: isFromNodeSocket);

    public static Service Service(string name, string addresses, BackendSource backends, params ServicePort[] ports) =>
        new(name, [.. Split(addresses).Select(Address.Parse)], [.. ports], backends, Place(1), null);

    public static ServicePort Port(ushort port, ushort target, string? name = null, Protocol protocol = Protocol.Tcp) =>
        new(name, protocol, port, new TargetPort.Number(target), Place(1));

    public static ServicePort PortTo(ushort port, string target, string? name = null, Protocol protocol = Protocol.Tcp) =>
        new(name, protocol, port, new TargetPort.Named(target), Place(1));

    public static BackendSource Backends(AddressSet set) => new BackendSource.Endpoints(set);

    public static BackendSource Backends(params (string Address, int Weight)[] backends) =>
        new BackendSource.Literal([.. backends.Select(backend => new LiteralBackend(Address.Parse(backend.Address), backend.Weight))]);

    public static NamespaceDeclaration Namespace(string name, string labels) =>
        new(name, ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, Labels(labels)).SetItem(Endpoint.MetadataName, name), Place(1));

    public static ImmutableArray<Prefix> Prefixes(string list) => [.. Split(list).Select(Prefix.Parse)];

    public static Dictionary<string, string> Labels(string list) =>
        Split(list).Select(label => label.Split('=')).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    private static Rule Rule(RuleAction action, AddressSet peer, PortMatch[] on)
    {
        var line = Interlocked.Increment(ref _line);
        return new(action, peer, [.. on], false, Place(line, $"{action.ToString().ToLowerInvariant()} line {line}"), null);
    }

    private static LabelPredicate? Where(string labels)
    {
        var parts = Labels(labels).Select(label => (LabelPredicate)new LabelPredicate.Equal(label.Key, label.Value)).ToImmutableArray();
        return parts.Length switch
        {
            0 => null,
            1 => parts[0],
            _ => new LabelPredicate.And(parts),
        };
    }

    private static NamedPort NamedPort(string text)
    {
        var parts = text.Split('=', '/');
        return new(parts[0], Enum.Parse<Protocol>(parts[2], ignoreCase: true), ushort.Parse(parts[1]));
    }

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
