using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>
/// The reference: what the language says becomes of a flow, step by step in the language's order of decision and without
/// a shortcut. Every other engine is judged against it. It may be used from several threads at once.
/// </summary>
public sealed class Evaluator
{
    private const byte NeighbourAdvertisement = 136;

    private readonly NetworkModel _model;
    private readonly ServiceTable _services;
    private readonly PolicyTiers _policies;

    public Evaluator(NetworkModel model)
    {
        _model = model;
        Members = new Members(model);
        _services = new ServiceTable(model, Members);
        _policies = new PolicyTiers(model, Members);
    }

    public Members Members { get; }

    /// <summary>
    /// The judgement of a flow. One to a service is judged for every backend that it could be given: the first that is
    /// not allowed is the answer, else the first.
    /// </summary>
    /// <param name="isSpent">As for <see cref="JudgeAll"/>.</param>
    public Judgement Judge(Universe universe, Flow flow, Func<Bucket, bool>? isSpent = null)
    {
        var judgements = JudgeAll(universe, flow, isSpent);
        return judgements.FirstOrDefault(judgement => judgement.Verdict != Verdict.Allow) ?? judgements[0];
    }

    /// <summary>One judgement for each backend that the flow could be given; one where no service translates it.</summary>
    /// <param name="isSpent">
    /// Has a bucket no token? Without, none is spent, as for a connection that runs already: no verdict on it charges anybody.
    /// </param>
    /// <exception cref="ArgumentException">The flow's addresses are of two families.</exception>
    public ImmutableArray<Judgement> JudgeAll(Universe universe, Flow flow, Func<Bucket, bool>? isSpent = null)
    {
        isSpent ??= NeverSpent;
        if (flow.Source.Family != flow.Destination.Family)
        {
            throw new ArgumentException($"{flow.Source} and {flow.Destination} are of two families", nameof(flow));
        }

        if (!(flow.Family == IpFamily.V4 ? _model.Cluster.HasV4 : _model.Cluster.HasV6))
        {
            var family = flow.Family == IpFamily.V4 ? "IPv4" : "IPv6";
            return [Ended(Verdict.Deny, JudgementReason.Family, $"the cluster's `families` leave out {family}")];
        }

        var sender = flow.Sender ?? universe.EndpointAt(flow.Source);
        if (flow.Traffic.IsDiscovery(flow.Family))
        {
            return [sender is null || IsHonest(sender, flow) ? Passed(JudgementReason.Neighbour, "neighbour and listener discovery pass")
                : Ended(Verdict.Deny, JudgementReason.NeighbourSpoofed, $"{flow.Traffic} from {flow.Source} is not for {sender} to say")];
        }

        if (sender is not null && !sender.Addresses.Contains(flow.Source))
        {
            return [Ended(Verdict.Deny, JudgementReason.Source, $"{flow.Source} is not an address of {sender}")];
        }

        var source = sender is not null
            ? Party.Of(sender, flow.Source)
            : Members.At(universe, flow.Source, flow.IsFromNodeSocket);
        return _services.EntryOf(universe, source, flow) is { } entry
            ? JudgeService(universe, source, entry, flow, isSpent)
            : [JudgeTranslated(universe, source, flow.Destination, flow.Traffic, null, isSpent)];
    }

    private ImmutableArray<Judgement> JudgeService(
        Universe universe, Party source, ServiceEntry entry, Flow flow, Func<Bucket, bool> isSpent)
    {
        var service = entry.Service;
        if (entry.Balancer is { From: { } from } && !Members.Contains(from, source))
        {
            return [Ended(Verdict.Deny, JudgementReason.ServiceSource, $"{source} is not among those whom service `{service.Name}` lets in by {flow.Destination}")];
        }

        if (entry.Port is not { } port)
        {
            return [Ended(Verdict.Reject, JudgementReason.ServicePort, $"service `{service.Name}` has no port {flow.Traffic}")];
        }

        var backends = _services.Backends(universe, entry, port, flow.Family);
        return backends.IsEmpty
            ? [Ended(Verdict.Reject, JudgementReason.ServiceBackends, $"service `{service.Name}` has no ready backend for {flow.Traffic}")]
            : [.. backends.Select(backend => JudgeTranslated(
                universe, AsSeen(universe, source, entry, backend), backend.Backend, Traffic.To(port.Protocol, backend.BackendPort), backend, isSpent))];
    }

    /// <summary>
    /// Whom the backend sees. A client from outside that enters on one node and goes to a backend of another is masqueraded, unless the service
    /// keeps to its node: it comes as a node, and not as one that speaks for itself.
    /// </summary>
    private Party AsSeen(Universe universe, Party source, ServiceEntry entry, Translation backend)
    {
        if (!entry.IsFromOutside || entry.Scope == TrafficScope.Local || (!entry.IsOutside && entry.Node is null)
            || (entry.Node is not null && universe.EndpointAt(backend.Backend)?.Node == entry.Node))
        {
            return source;
        }

        var addresses = universe.Nodes.Where(node => entry.Node is null || node.Name == entry.Node).SelectMany(node => node.Addresses)
            .Where(address => address.Family == source.Address.Family).Take(1).ToList();
        return addresses.Count == 0 ? source : Members.At(universe, addresses[0], isNodeItself: false);
    }

    /// <summary>Steps 6 to 8: on the addresses and ports after translation.</summary>
    private Judgement JudgeTranslated(
        Universe universe, Party source, Address address, Traffic traffic, Translation? translation, Func<Bucket, bool> isSpent)
    {
        // A node's own address is `host` to its endpoints whoever forwards: only what claims to come from it may lie.
        var destination = Members.At(universe, address, isNodeItself: true);
        if (source.Endpoint is not null && ReferenceEquals(source.Endpoint, destination.Endpoint))
        {
            return Passed(JudgementReason.SameEndpoint, "both ends are one endpoint") with { Translation = translation };
        }

        return new(
            source.Endpoint is { } sender
                ? _policies.Judge(Direction.Egress, Connection.From(sender, source, destination, traffic, translation), isSpent)
                : NoEndpoint(source),
            destination.Endpoint is { } receiver
                ? JudgeIngress(receiver, source, Connection.To(receiver, source, traffic), isSpent)
                : NoEndpoint(destination),
            translation);
    }

    private DirectionJudgement JudgeIngress(Endpoint self, Party source, in Connection connection, Func<Bucket, bool> isSpent)
    {
        // The right of probes: the endpoint's own node, by a socket of its own. The admin tier alone may take it away.
        var isOwnNode = source.Node is not null && source.Node == self.Node;
        return !isOwnNode
            ? _policies.Judge(Direction.Ingress, connection, isSpent)
            : _policies.JudgeAdmin(Direction.Ingress, connection)
                ?? new(Verdict.Allow, JudgementReason.Host, null, "the node reaches its own endpoints", false);
    }

    private static bool NeverSpent(Bucket bucket) => false;

    /// <summary>
    /// May the sender say this, from this address? Own are the addresses attached and, here alone, the link-local one
    /// and <c>::</c> (duplicate address detection). That the address claimed is the sender's own can't be seen in a flow.
    /// </summary>
    private static bool IsHonest(Endpoint sender, Flow flow)
    {
        var isOfLink = WellKnown.LinkLocalV6.Contains(flow.Source) || (flow.Source.Bits == 0 && flow.Traffic.IcmpType != NeighbourAdvertisement);
        return !flow.Traffic.IsRouterMessage(flow.Family)
            && (isOfLink || (sender.Addresses.Contains(flow.Source) && !flow.Traffic.IsListenerReport(flow.Family)));
    }

    private static Judgement Passed(JudgementReason reason, string text)
    {
        var passed = new DirectionJudgement(Verdict.Allow, reason, null, text, false);
        return new(passed, passed, null);
    }

    private static Judgement Ended(Verdict verdict, JudgementReason reason, string text) => new(
        new(verdict, reason, null, text, false),
        new(Verdict.Allow, JudgementReason.NotAsked, null, "not asked: the connection goes nowhere", false),
        null);

    private static DirectionJudgement NoEndpoint(Party party) => new(
        Verdict.Allow, JudgementReason.NotAnEndpoint, null, $"{party.Address} is no endpoint: no policy is asked", false);
}
