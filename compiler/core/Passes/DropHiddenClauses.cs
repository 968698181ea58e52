using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Passes;

/// <summary>
/// Drops a clause that an earlier one of the same action always decides before.
/// <code>
/// allow #1 when self in s0 and peer in s1               allow #1 when self in s0 and peer in s1
/// allow #2 when self in s0 and peer in s1 and tcp  =>
/// </code>
/// A clause with <c>log</c> stays unless the earlier one logs too: it decides nothing, but it may say that the
/// verdict is logged. In an ordered list the first match alone says so. Limited clauses all stay: the earlier one may be spent.
/// </summary>
public sealed class DropHiddenClauses : IPass
{
    public string Name => "drop-hidden-clauses";

    public DecisionProgram Run(DecisionProgram program) => program.Directions(direction => direction.Lists(list => list.Stage == RuleStage.Limited ? list.Steps : Drop(list)));

    private static ImmutableArray<Step> Drop(RuleList list)
    {
        var steps = list.Steps;
        var earlier = EarlierClauses.Of(steps.Select(step => Rewriting.Conjuncts(ClauseOf(step).When)));
        var kept = ImmutableArray.CreateBuilder<Step>();
        for (var index = 0; index < steps.Length; index++)
        {
            var clause = ClauseOf(steps[index]);
            var isLogged = clause.Log == LogAnswer.Yes && !list.IsOrdered;
            if (!earlier.Hide(index, isLogged))
            {
                kept.Add(clause);
                earlier.Add(index, isLogged);
            }
        }

        return kept.ToImmutable();
    }

    private static Step.Clause ClauseOf(Step step) =>
        step as Step.Clause ?? throw new UnreachableException("clauses are shared under guards by the last pass");
}
