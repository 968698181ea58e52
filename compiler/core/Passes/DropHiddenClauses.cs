using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Passes;

/// <summary>
/// Drops a clause that an earlier one of the same action always decides before.
/// <code>
/// allow #1 when self in s0 and peer in s1               allow #1 when self in s0 and peer in s1
/// allow #2 when self in s0 and peer in s1 and tcp  =>
/// </code>
/// A clause with <c>log</c> stays unless the earlier one logs too: it decides nothing, but it may say that the
/// verdict is logged.
/// </summary>
public sealed class DropHiddenClauses : IPass
{
    public string Name => "drop-hidden-clauses";

    public DecisionProgram Run(DecisionProgram program) => program.Directions(direction => direction.Lists(Drop));

    private static ImmutableArray<Step> Drop(ImmutableArray<Step> steps)
    {
        var earlier = EarlierClauses.Of(steps.Select(step => Rewriting.Conjuncts(ClauseOf(step).When)));
        var kept = ImmutableArray.CreateBuilder<Step>();
        for (var index = 0; index < steps.Length; index++)
        {
            var clause = ClauseOf(steps[index]);
            if (!earlier.Hide(index, clause.Log == LogAnswer.Yes))
            {
                kept.Add(clause);
                earlier.Add(index, clause.Log == LogAnswer.Yes);
            }
        }

        return kept.ToImmutable();
    }

    private static Step.Clause ClauseOf(Step step) =>
        step as Step.Clause ?? throw new UnreachableException("clauses are shared under guards by the last pass");
}
