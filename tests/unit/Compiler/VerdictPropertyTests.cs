using System.Collections.Immutable;
using CsCheck;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Lowering;
using Netpol.Compiler.Passes;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Tests.Unit.Compiler;

/// <summary>The decisions are those of the reference evaluator, after lowering and after each pass. A failure prints its seed.</summary>
public sealed class VerdictPropertyTests
{
    private const int Worlds = 400;
    private const int FlowsOfWorld = 60;

    [Fact]
    public void Lowering_and_every_pass_keep_the_verdict_of_the_evaluator()
    {
        var ruled = 0;
        Gen.Int[0, int.MaxValue].Sample(seed => Interlocked.Add(ref ruled, Check(seed)), iter: Worlds, threads: 1);

        // The comparison is worth little if hardly any verdict came from a rule.
        Assert.True(ruled > Worlds * FlowsOfWorld / 20, $"{ruled} verdicts by rules");
    }

    private static int Check(int seed)
    {
        var world = new RandomWorld(seed);
        var (model, universe) = (world.Model(), world.Universe());
        var evaluator = new Evaluator(model);
        var stages = new List<(string Name, DecisionProgram Program)> { ("lowering", ModelLowering.Lower(model)) };
        foreach (var pass in PassList.Default)
        {
            stages.Add((pass.Name, pass.Run(stages[^1].Program)));
        }

        var ruled = 0;
        for (var n = 0; n < FlowsOfWorld; n++)
        {
            var flow = world.Flow(universe, model);
            var spent = world.Spent(model);
            foreach (var judgement in evaluator.JudgeAll(universe, flow, bucket => spent.Contains(bucket.Rule.Origin)))
            {
                ruled += Compare(evaluator, universe, flow, judgement, Direction.Egress, judgement.Egress, stages, spent);
                ruled += Compare(evaluator, universe, flow, judgement, Direction.Ingress, judgement.Ingress, stages, spent);
            }
        }

        return ruled;
    }

    private static int Compare(
        Evaluator evaluator,
        Universe universe,
        Flow flow,
        Judgement judgement,
        Direction direction,
        DirectionJudgement expected,
        List<(string Name, DecisionProgram Program)> stages,
        IReadOnlySet<Origin> spent)
    {
        if (expected.Reason is not (JudgementReason.Rule or JudgementReason.NotIsolated or JudgementReason.DefaultDeny or JudgementReason.Limit)
            && !(expected.Reason == JudgementReason.Host && stages[0].Program.HasTiers))
        {
            return 0;
        }

        var translation = judgement.Translation;
        var members = evaluator.Members;
        var source = members.At(universe, flow.Source, flow.IsFromNodeSocket);
        var destination = members.At(universe, translation?.Backend ?? flow.Destination, isNodeItself: true);
        var (self, peer) = direction == Direction.Egress ? (source, destination) : (destination, source);
        var traffic = translation is null ? flow.Traffic : Traffic.To(translation.ServicePort.Protocol, translation.BackendPort);
        foreach (var (name, program) in stages)
        {
            var facts = new IrFacts(
                Sets(program, members, self, self.Endpoint),
                Sets(program, members, peer, self.Endpoint),
                peer.Endpoint is not null && peer.Endpoint.Namespace == self.Endpoint?.Namespace,
                direction == Direction.Egress && translation is not null
                    ? program.Services.Single(binding => binding.Service.Name == translation.Service.Name).Id : 0,
                traffic.Protocol, flow.Family, traffic.Port, translation?.ServicePort.Port ?? 0, traffic.IcmpType, traffic.IcmpCode,
                PortNames(destination.Endpoint, traffic))
            {
                IsFromHost = direction == Direction.Ingress && source.Node is not null && source.Node == self.Endpoint?.Node,
            };
            var decisions = direction == Direction.Egress ? program.Egress : program.Ingress;
            var (verdict, rule, isLogged) = new IrMachine(program).Judge(decisions, facts, id => spent.Contains(program.Rules[id - 1].Origin));
            var origin = rule == 0 ? null : program.Rules[rule - 1].Origin;
            Assert.True(
                (expected.Verdict, expected.Rule?.Origin, expected.IsLogged) == (verdict, origin, isLogged),
                $"after {name}, {direction} of {flow}: evaluator {expected}, decisions {verdict} {origin} {isLogged}\n{IrPrinter.Print(program)}");
        }

        return expected.Reason == JudgementReason.Rule ? 1 : 0;
    }

    private static ImmutableHashSet<string> Sets(DecisionProgram program, Members members, Party party, Endpoint? judged) =>
        [.. program.Sets.Where(set => members.Contains(set.Expression, party, judged)).Select(set => set.Spelling)];

    private static ImmutableHashSet<string> PortNames(Endpoint? receiver, Traffic traffic) => receiver is null ? [] :
        [.. receiver.Ports.Where(port => (byte)port.Protocol == traffic.Protocol && port.Port == traffic.Port).Select(port => port.Name)];
}
