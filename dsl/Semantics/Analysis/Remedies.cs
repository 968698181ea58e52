using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Analysis;

/// <summary>
/// Finds what would let a denied flow through. Of what denies it, one thing after the other is mended: a denying rule is narrowed, or stepped
/// before; where nothing allows it the closest rule is widened by one predicate, or a rule for just this connection is added.
/// </summary>
internal static class Remedies
{
    // Each step mends one rule, or adds the last one.
    private const int MostSteps = 1000;

    /// <summary>Null where no rule could allow it.</summary>
    public static Remedy? Find(NetworkModel model, Universe universe, Flow flow, Address receiver)
    {
        var edits = ImmutableArray.CreateBuilder<PolicyEdit>();
        var edited = model;
        for (var step = 0; step < MostSteps; step++)
        {
            var evaluator = new Evaluator(edited);
            var judgement = evaluator.JudgeAll(universe, flow).FirstOrDefault(judgement => (judgement.Translation?.Backend ?? flow.Destination) == receiver);
            if (judgement is null || judgement.Ingress.Reason == JudgementReason.NotAsked)
            {
                return null;
            }

            if (judgement.Verdict == Verdict.Allow)
            {
                return new(edits.ToImmutable(), edited, ModelComparison.Compare(model, edited));
            }

            var direction = judgement.Egress.Verdict != Verdict.Allow ? Direction.Egress : Direction.Ingress;
            var ends = FlowEnds.Of(evaluator.Members, universe, flow, judgement);
            if (Next(edited, direction, ends, direction == Direction.Egress ? judgement.Egress : judgement.Ingress) is not { } edit)
            {
                return null;
            }

            edits.Add(edit);
            edited = Apply(edited, edit);
        }

        return null;
    }

    public static NetworkModel Apply(NetworkModel model, PolicyEdit edit) => model with
    {
        Policies = [.. model.Policies.Select(policy => policy.Name == edit.Policy.Name ? Apply(policy, edit) : policy)],
    };

    private static PolicyEdit? Next(NetworkModel model, Direction direction, FlowEnds ends, DirectionJudgement judgement)
    {
        if (judgement.Rule is { } denying)
        {
            var policy = model.Policies.First(policy => policy.RulesOf(direction).Contains(denying));
            return policy.Tier.IsOrdered
                ? new(policy, direction, denying, Just(direction, ends, denying.Origin), IsInsertion: true)
                : new(policy, direction, denying, denying with { Peer = Without(denying.Peer, direction, ends) ?? new AddressSet.Union([]) }, IsInsertion: false);
        }

        var connection = ends.Connection(direction);
        return Widened(model, direction, ends) ?? Added(model, direction, ends, connection);
    }

    /// <summary>The closest rule of a policy that selects the endpoint, if one thing is all it lacks.</summary>
    private static PolicyEdit? Widened(NetworkModel model, Direction direction, FlowEnds ends)
    {
        foreach (var miss in new Explainer(model).Misses(direction, ends).Where(miss => miss.Failed.Length == 1 && miss.Rule.Limit is null))
        {
            var after = miss.Failed[0].Word switch
            {
                "on" when PortsOf(ends) is { IsEmpty: false } ports && !HoldsService(miss.Rule.Peer) => miss.Rule with { Ports = [.. miss.Rule.Ports, .. ports] },
                "from" or "to" when !HoldsService(miss.Rule.Peer) => miss.Rule with { Peer = Joined(miss.Rule.Peer, PeerOf(direction, ends)) },
                _ => null,
            };
            if (after is not null)
            {
                return new(miss.Policy, direction, miss.Rule, after, IsInsertion: false);
            }
        }

        return null;
    }

    private static PolicyEdit? Added(NetworkModel model, Direction direction, FlowEnds ends, in Connection connection)
    {
        var closed = new SelectedPolicies(model, new Members(model)).Of(connection.Self, TierKind.Ordinary, direction).Closed;
        return closed.IsEmpty ? null : new(closed[0], direction, null, Just(direction, ends, closed[0].Origin), IsInsertion: true);
    }

    /// <summary>A peer without the flow's; null where nothing is left. A service is left out as a whole.</summary>
    private static AddressSet? Without(AddressSet peer, Direction direction, FlowEnds ends) => peer switch
    {
        AddressSet.Named named when HoldsService(named) => Without(named.Set, direction, ends),
        AddressSet.Union union when HoldsService(union) => union.Parts.Select(part => Without(part, direction, ends)).OfType<AddressSet>().ToImmutableArray() switch
        {
            [] => null,
            [var only] => only,
            var parts => new AddressSet.Union(parts),
        },
        AddressSet.Service service => service.Name == ends.Translation?.Service.Name ? null : service,
        _ => new AddressSet.Difference(peer, PeerOf(direction, ends)),
    };

    private static Rule Just(Direction direction, FlowEnds ends, Origin origin) =>
        new(RuleAction.Allow, PeerOf(direction, ends), PortsOf(ends), false, origin, null);

    private static AddressSet Joined(AddressSet peer, AddressSet other) =>
        peer is AddressSet.Union union ? new AddressSet.Union([.. union.Parts, other]) : new AddressSet.Union([peer, other]);

    private static bool HoldsService(AddressSet set) => set switch
    {
        AddressSet.Service => true,
        AddressSet.Named named => HoldsService(named.Set),
        AddressSet.Union union => union.Parts.Any(HoldsService),
        _ => false,
    };

    /// <summary>As narrow as the language can say it: the labels of an endpoint, the address of anyone else.</summary>
    private static AddressSet PeerOf(Direction direction, FlowEnds ends)
    {
        var peer = ends.Peer(direction);
        if (peer.Endpoint is not { } endpoint)
        {
            return new AddressSet.Cidr([Prefix.Of(peer.Address)], []);
        }

        ImmutableArray<LabelPredicate> labels = [.. endpoint.Labels.OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => (LabelPredicate)new LabelPredicate.Equal(label.Key, label.Value))];
        return new AddressSet.Pods(
            new NamespaceScope.One(endpoint.Namespace),
            labels.Length switch { 0 => null, 1 => labels[0], _ => new LabelPredicate.And(labels) });
    }

    /// <summary>Empty, and so every protocol, where the language has no word for this one.</summary>
    private static ImmutableArray<PortMatch> PortsOf(FlowEnds ends) => (Protocol)ends.Traffic.Protocol switch
    {
        Protocol.Tcp or Protocol.Udp or Protocol.Sctp => [new PortMatch.Range((Protocol)ends.Traffic.Protocol, ends.Traffic.Port, ends.Traffic.Port)],
        Protocol.Icmp when ends.Destination.Address.Family == IpFamily.V4 => [new PortMatch.Icmp(IpFamily.V4, ends.Traffic.IcmpType, ends.Traffic.IcmpCode)],
        Protocol.IcmpV6 when ends.Destination.Address.Family == IpFamily.V6 => [new PortMatch.Icmp(IpFamily.V6, ends.Traffic.IcmpType, ends.Traffic.IcmpCode)],
        _ => [],
    };

    private static Policy Apply(Policy policy, PolicyEdit edit)
    {
        var isDone = false;
        return policy with { Blocks = [.. policy.Blocks.Select(Edited)] };

        PolicyBlock Edited(PolicyBlock block)
        {
            var place = edit.Before is null
                ? block.Direction == edit.Direction && !block.IsOpen ? 0 : -1
                : block.Rules.ToList().FindIndex(rule => ReferenceEquals(rule, edit.Before));
            if (isDone || place < 0 || block.Direction != edit.Direction)
            {
                return block;
            }

            isDone = true;
            return block with { Rules = edit.IsInsertion ? block.Rules.Insert(place, edit.After) : block.Rules.SetItem(place, edit.After) };
        }
    }
}
