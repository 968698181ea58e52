using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics.Proofs;

/// <summary>
/// What a test line means in a world of <see cref="RandomModels"/>, spelled out: every pair of ends, every packet, every
/// way through the service, each asked of the evaluator. It shares nothing with the prover but the evaluator.
/// </summary>
/// <param name="isOutside">The line speaks of everyone who is not on its left side.</param>
internal sealed class Enumeration(NetworkModel model, TestLine line, bool isOutside = false)
{
    private static readonly ImmutableArray<string> SourceAddresses =
        ["10.0.0.1", "10.0.0.200", "192.0.2.1", "203.0.113.1", "2001:db8::1", "2002::1"];

    private static readonly ImmutableArray<string> DestinationAddresses =
        ["10.0.0.2", "10.0.0.3", "10.0.0.201", "192.0.2.2", "203.0.113.2", "2001:db8::2", "2001:db8::3", "2002::2"];

    private static readonly ImmutableArray<(string Name, string Labels)> Namespaces =
        [("n", ""), ("m", ""), ("m", "env=prod"), ("o", ""), ("o", "env=prod"), ("q", ""), ("q", "env=prod")];

    private readonly Evaluator _evaluator = new(model);

    /// <summary>How many connections the line means, and how many of them are allowed.</summary>
    public (int Meant, int Allowed) Count()
    {
        var (meant, allowed) = (0, 0);
        foreach (var source in Ends(SourceAddresses, isSource: true))
        {
            foreach (var destination in Ends(DestinationAddresses, isSource: false))
            {
                if (source.Address.Family != destination.Address.Family || !CanBePair(source, destination)
                    || InSide(line.From, source, destination, null) == isOutside)
                {
                    continue;
                }

                foreach (var judgement in Judgements(source, destination))
                {
                    meant++;
                    allowed += judgement.Verdict == Verdict.Allow ? 1 : 0;
                }
            }
        }

        return (meant, allowed);
    }

    /// <summary>Someone of the left side has an address of a family in which the service has one too.</summary>
    public bool CanAsk(IpFamily family) => model.Services[0].Addresses.Any(frontend => frontend.Family == family)
        && Ends(SourceAddresses, isSource: true).Any(source => source.Address.Family == family
            && Ends(DestinationAddresses, isSource: false).Any(end => end.Address.Family == family && CanBePair(source, end) && InSide(line.From, source, end, null)));

    /// <summary>Someone of the left side can ask a service address of a family in which nobody can be a backend.</summary>
    public bool IsSomeFamilyUnserved() => model.Services[0].Addresses.Any(frontend =>
        Ends(SourceAddresses, isSource: true).Any(source => source.Address.Family == frontend.Family
            && Ends(DestinationAddresses, isSource: false).Any(end =>
                end.Address.Family == frontend.Family && CanBePair(source, end) && InSide(line.From, source, end, null)))
        && model.Services[0].Ports.Any(port => !Ends(DestinationAddresses, isSource: false).Any(end => IsBackend(end, frontend, port))));

    private bool IsBackend(End end, Address frontend, ServicePort port) => new[] { "", $"http=80/{port.Protocol}" }.Any(ports =>
    {
        var backend = end.Named(ports);
        var client = Address.Parse(frontend.Family == IpFamily.V4 ? "203.0.113.9" : "2002::9");
        return _evaluator.JudgeAll(UniverseOf(backend, backend with { Endpoint = null, Node = null }), new(client, frontend, Traffic.To(port.Protocol, port.Port)))
            .Any(judgement => judgement.Translation?.Backend == end.Address);
    });

    private IEnumerable<Judgement> Judgements(End source, End destination)
    {
        foreach (var ports in destination.Endpoint is null ? [""] : new[] { "", "http=80/tcp", "http=81/tcp", "http=80/udp" })
        {
            var receiver = destination.Named(ports);
            var universe = UniverseOf(source, receiver);
            foreach (var traffic in Packets(source.Address.Family))
            {
                var flow = new Flow(source.Address, receiver.Address, traffic, IsFromNodeSocket: source.Node == "");
                if (line.To is not TestSide.Service && Means(traffic, receiver) && InSide(line.To, receiver, source, null))
                {
                    yield return _evaluator.Judge(universe, flow);
                }
            }

            foreach (var judgement in ThroughService(source, receiver, universe))
            {
                yield return judgement;
            }
        }
    }

    private IEnumerable<Judgement> ThroughService(End source, End destination, Universe universe)
    {
        foreach (var (service, port) in model.Services.SelectMany(service => service.Ports, (service, port) => (service, port)))
        {
            foreach (var frontend in service.Addresses.Where(address => address.Family == source.Address.Family))
            {
                var flow = new Flow(source.Address, frontend, Traffic.To(port.Protocol, port.Port), IsFromNodeSocket: source.Node == "");
                foreach (var judgement in _evaluator.JudgeAll(universe, flow).Where(one => one.Translation?.Backend == destination.Address))
                {
                    var translated = Traffic.To(port.Protocol, judgement.Translation?.BackendPort ?? 0);
                    if (line.To is TestSide.Service
                        ? line.Ports.IsEmpty || line.Ports.Any(match => MeansServicePort(match, port))
                        : Means(translated, destination) && InSide(line.To, destination, source, null))
                    {
                        yield return judgement;
                    }
                }
            }
        }
    }

    public static bool MeansServicePort(PortMatch match, ServicePort port) => match switch
    {
        PortMatch.Range range => range.Protocol == port.Protocol && port.Port >= range.First && port.Port <= range.Last,
        PortMatch.Named named => named.Name == port.Name && (named.Protocol is null || named.Protocol == port.Protocol),
        _ => false,
    };

    private bool Means(Traffic traffic, End destination) => line.Ports.IsEmpty || line.Ports.Any(match => match switch
    {
        PortMatch.Range range => (byte)range.Protocol == traffic.Protocol && traffic.Port >= range.First && traffic.Port <= range.Last,
        PortMatch.Icmp icmp => icmp.Family == destination.Address.Family
            && traffic.Protocol == (icmp.Family == IpFamily.V4 ? 1 : 58) && (icmp.Type is null || icmp.Type == traffic.IcmpType),
        PortMatch.Named named => destination.Endpoint is { } endpoint && endpoint.Ports.Any(port =>
            port.Name == named.Name && port.Port == traffic.Port && (byte)port.Protocol == traffic.Protocol
            && (named.Protocol is null || named.Protocol == port.Protocol)),
        _ => false,
    });

    private static IEnumerable<Traffic> Packets(IpFamily family) =>
    [
        Traffic.Tcp(80), Traffic.Tcp(81), Traffic.Tcp(9), Traffic.Udp(80), Traffic.Udp(9), Traffic.Sctp(80), Traffic.Other(47),
        Traffic.Icmp(family, 8), Traffic.Icmp(family, 128), Traffic.Icmp(family, 13), Traffic.Icmp(family, 3),
    ];

    private bool InSide(TestSide side, End end, End other, string? service) => side switch
    {
        TestSide.Set set => _evaluator.Members.Contains(set.Addresses, PartyOf(end), other.Endpoint, service),
        TestSide.Pod pod => end.Endpoint is { } endpoint && endpoint.Namespace == pod.Namespace
            && (endpoint.Labels.GetValueOrDefault("a") ?? "") == (pod.Labels.GetValueOrDefault("a") ?? ""),
        TestSide.Service => true,
        _ => false,
    };

    private Party PartyOf(End end) =>
        end.Endpoint is { } endpoint ? Party.Of(endpoint, end.Address)
        : end.Node is { } node ? new Party(end.Address, AddressKind.Node, null, node)
        : _evaluator.Members.Bare(end.Address);

    /// <summary>
    /// Two endpoints of one namespace see one namespace; a node is the host of an endpoint only, and speaks for itself
    /// as a source only where the line names it.
    /// </summary>
    private bool CanBePair(End source, End destination)
    {
        if (source.Endpoint is { } from && destination.Endpoint is { } to && from.Namespace == to.Namespace
            && from.NamespaceLabels.GetValueOrDefault("env") != to.NamespaceLabels.GetValueOrDefault("env"))
        {
            return false;
        }

        return (source.Node != "" || (destination.Endpoint is not null && line.From is TestSide.Set set && NamesNode(set.Addresses)))
            && (destination.Node != "" || source.Endpoint is not null);
    }

    private static bool NamesNode(AddressSet set) => set switch
    {
        AddressSet.Host or AddressSet.Nodes => true,
        AddressSet.Union union => union.Parts.Any(NamesNode),
        AddressSet.Intersection intersection => intersection.Parts.Any(NamesNode),
        AddressSet.Difference difference => NamesNode(difference.Left) || NamesNode(difference.Right),
        _ => false,
    };

    private static Universe UniverseOf(End source, End destination) => new(
        [.. new[] { source, destination }.Select(end => end.Endpoint).OfType<Endpoint>()],
        [.. new[] { source, destination }.Where(end => end.Node is not null).Select(end => new Node(end.Node ?? "", [end.Address]))]);

    private IEnumerable<End> Ends(ImmutableArray<string> addresses, bool isSource)
    {
        foreach (var address in addresses.Select(Address.Parse))
        {
            if (CanBeEndpoint(address))
            {
                foreach (var (name, namespaceLabels) in Namespaces)
                {
                    foreach (var labels in new[] { "", "a=x", "a=y" }.Where(labels => !IsAssumedAway(Pod(name, labels, address.ToString(), namespaceLabels: namespaceLabels))))
                    {
                        yield return new(address, Pod(name, labels, address.ToString(), namespaceLabels: namespaceLabels), null);
                    }
                }
            }

            if (CanBeNode(address))
            {
                yield return new(address, null, "");
                yield return new(address, null, "another");
            }

            yield return new(address, null, null);
        }

        if (!isSource)
        {
            yield return new(Address.Parse("224.0.0.1"), null, null);
            yield return new(Address.Parse("ff02::1"), null, null);
            yield return new(Address.Parse("255.255.255.255"), null, null);
        }
    }

    private bool IsAssumedAway(Endpoint endpoint) => model.Assumptions.Any(assumption =>
        _evaluator.Members.Contains(assumption.Endpoints, Party.Of(endpoint, endpoint.Addresses[0]), endpoint));

    private bool CanBeEndpoint(Address address) => model.Cluster.PodRanges.IsEmpty || address.Family == IpFamily.V6
        || model.Cluster.PodRanges.Any(range => range.Contains(address));

    private bool CanBeNode(Address address) => model.Cluster.NodeRanges.IsEmpty || address.Family == IpFamily.V6
        || model.Cluster.NodeRanges.Any(range => range.Contains(address));

    /// <param name="Node">The empty name: the node of every endpoint.</param>
    private sealed record End(Address Address, Endpoint? Endpoint, string? Node)
    {
        public End Named(string ports) => ports.Length == 0 || Endpoint is null ? this : this with
        {
            Endpoint = new(
                Endpoint.Namespace, Endpoint.NamespaceLabels, Endpoint.Labels, Endpoint.Addresses, Pod("n", "", "", ports).Ports),
        };
    }
}
