using CsCheck;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Compilation;
using Netpol.Compiler.Terms;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Tests.Unit.Compiler;

namespace Netpol.Tests.Unit.Verdicts;

/// <summary>The tables give the verdicts of the reference evaluator, made at once and class by class. A failure prints its seed.</summary>
public sealed class TablesPropertyTests
{
    private const int Worlds = 1_200;
    private const int FlowsOfWorld = 120;

    [Fact]
    public void Tables_keep_the_verdict_of_the_evaluator()
    {
        var (compared, ruled) = (0, 0);
        Gen.Int[0, int.MaxValue].Sample(seed => Check(seed, ref compared, ref ruled), iter: Worlds, threads: 1);

        Assert.True(compared > Worlds * FlowsOfWorld / 10, $"{compared} verdicts compared");
        Assert.True(ruled > Worlds * FlowsOfWorld / 30, $"{ruled} verdicts by rules");
    }

    private static void Check(int seed, ref int compared, ref int ruled)
    {
        var world = new RandomWorld(seed);
        var (model, universe) = (world.Model(), world.Universe());
        var output = NetpolCompiler.Compile(model, []).Output ?? throw new InvalidOperationException("the model does not compile");
        if (output.Layout.Verdicts.Terms is not { } terms)
        {
            Assert.StartsWith("the rule at random.netpol:", output.Layout.Verdicts.Reason, StringComparison.Ordinal);
            return;
        }

        terms = VerdictTermsFile.Read(VerdictTermsFile.Write(terms));
        var evaluator = new Evaluator(model);
        var tables = new WorldTables(output.Program, terms, evaluator, universe, isWhole: seed % 2 == 0);
        for (var n = 0; n < FlowsOfWorld; n++)
        {
            var flow = world.Flow(universe, model);
            var spent = world.Spent(model);
            foreach (var judgement in evaluator.JudgeAll(universe, flow, bucket => spent.Contains(bucket.Rule.Origin)))
            {
                foreach (var (direction, expected) in new[] { (Direction.Egress, judgement.Egress), (Direction.Ingress, judgement.Ingress) })
                {
                    var judged = universe.EndpointAt(direction == Direction.Egress ? flow.Source : judgement.Translation?.Backend ?? flow.Destination);
                    if (judged is not null && WorldTables.IsHere(judged) && IsOfPolicy(expected.Reason, output.Program.HasTiers))
                    {
                        var (verdict, rule, isLogged) = tables.Judge(
                            flow, judgement.Translation, direction, id => spent.Contains(output.Program.Rules[id - 1].Origin));
                        var origin = rule == 0 ? null : output.Program.Rules[rule - 1].Origin;
                        Assert.True(
                            (expected.Verdict, expected.Rule?.Origin, expected.IsLogged) == (verdict, origin, isLogged),
                            $"{direction} of {flow}: evaluator {expected}, tables {verdict} {origin} {isLogged}\n{TermPrinter.Print(output.Program, terms)}");
                        compared++;
                        ruled += expected.Reason == JudgementReason.Rule ? 1 : 0;
                    }
                }
            }
        }
    }

    // Without tiers, who is not isolated is not looked up, nor is the node.
    private static bool IsOfPolicy(JudgementReason reason, bool hasTiers) =>
        reason is JudgementReason.Rule or JudgementReason.DefaultDeny
        || (hasTiers && reason is JudgementReason.NotIsolated or JudgementReason.Limit or JudgementReason.Host);
}
