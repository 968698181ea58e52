using System.Collections.Immutable;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Ir;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Tests.Kernel.Agreement;

/// <summary>What a verdict is asked of a flow, with the classes of a node as numbers of our own, and what the evaluator says.</summary>
/// <param name="Names">The port's names, as bits.</param>
internal sealed record Question(
    Direction Direction, ulong[] Self, ulong[] Peer, ulong[] Names, bool IsSameNamespace, int Service, Traffic Traffic, IpFamily Family,
    ushort ServicePort, bool IsFromHost, int Spent, ulong Expected)
{
    /// <summary>All that the evaluator's judgements of one flow ask; none where no verdict is asked.</summary>
    /// <param name="spent">Limited rules up to this id were spent when the flow was judged.</param>
    internal static IEnumerable<Question> Of(
        DecisionProgram program, Members members, Universe universe, Flow flow, ImmutableArray<Judgement> judgements, int spent)
    {
        foreach (var judgement in judgements)
        {
            foreach (var (direction, end) in new[] { (Direction.Egress, judgement.Egress), (Direction.Ingress, judgement.Ingress) })
            {
                if (end.Reason is JudgementReason.Rule or JudgementReason.NotIsolated or JudgementReason.DefaultDeny or JudgementReason.Limit
                    || (end.Reason == JudgementReason.Host && program.HasTiers))
                {
                    yield return Of(program, members, universe, flow, judgement.Translation, direction, end, spent);
                }
            }
        }
    }

    private static Question Of(
        DecisionProgram program, Members members, Universe universe, Flow flow, Translation? translation, Direction direction, DirectionJudgement end, int spent)
    {
        var source = members.At(universe, flow.Source, flow.IsFromNodeSocket);
        var destination = members.At(universe, translation?.Backend ?? flow.Destination, isNodeItself: true);
        var (self, peer) = direction == Direction.Egress ? (source, destination) : (destination, source);
        var traffic = translation is null ? flow.Traffic : Traffic.To(translation.ServicePort.Protocol, translation.BackendPort);
        var names = destination.Endpoint?.Ports.Where(port => (byte)port.Protocol == traffic.Protocol && port.Port == traffic.Port).Select(port => port.Name).ToHashSet() ?? [];
        return new(
            direction,
            Bits(program.Sets.Select(set => members.Contains(set.Expression, self, self.Endpoint))),
            Bits(program.Sets.Select(set => members.Contains(set.Expression, peer, self.Endpoint))),
            Bits(program.PortNames.Select(names.Contains)),
            peer.Endpoint is not null && peer.Endpoint.Namespace == self.Endpoint?.Namespace,
            direction == Direction.Egress && translation is not null
                ? program.Services.Single(binding => binding.Service.Name == translation.Service.Name).Id : 0,
            traffic, flow.Family, translation?.ServicePort.Port ?? 0,
            direction == Direction.Ingress && source.Node is not null && source.Node == self.Endpoint?.Node, spent,
            Answer(program, end, program.Policies.Any(policy => (direction == Direction.Egress ? policy.IsolatesEgress : policy.IsolatesIngress)
                && members.Contains(program[policy.For].Expression, self, self.Endpoint))));
    }

    // That a limit was spent is for the datapath to say: the functions know only what is left.
    private static ulong Answer(DecisionProgram program, DirectionJudgement end, bool isIsolated) => end.Reason switch
    {
        JudgementReason.NotIsolated => VerdictAnswer.NotIsolated,
        JudgementReason.DefaultDeny => VerdictAnswer.DefaultDeny,
        JudgementReason.Limit => isIsolated ? VerdictAnswer.DefaultDeny : VerdictAnswer.NotIsolated,
        JudgementReason.Host => VerdictAnswer.Host,
        _ => program.Rules.Single(rule => rule.Origin == end.Rule!.Origin) is var rule
            ? VerdictAnswer.Of(rule.Stage, new Step.Clause(rule.Id, rule.Action, Condition.Always, end.IsLogged ? LogAnswer.Yes : LogAnswer.No, rule.Origin))
            : 0,
    };

    private static ulong[] Bits(IEnumerable<bool> bits)
    {
        var words = new ulong[VerdictJudges.MaxWords];
        foreach (var (index, isSet) in bits.Index())
        {
            words[index / 64] |= isSet ? 1UL << (index % 64) : 0;
        }

        return words;
    }
}
