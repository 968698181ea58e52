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
        // Conditions of kept clauses, spelled, with whether their verdicts are logged for sure. An earlier condition
        // hides a later one if its conjuncts are among the later one's: looked up by one conjunct, the self test.
        var kept = ImmutableArray.CreateBuilder<Step>();
        var earlier = new Dictionary<string, List<(HashSet<string> Conjuncts, bool IsLogged)>>(StringComparer.Ordinal);
        foreach (var step in steps)
        {
            if (step is not Step.Clause clause)
            {
                throw new UnreachableException("clauses are shared under guards by the last pass");
            }

            var conjuncts = Rewriting.Conjuncts(clause.When).Select(part => part.ToString()).ToHashSet(StringComparer.Ordinal);
            var isHidden = conjuncts.Append("").Any(one => earlier.TryGetValue(one, out var candidates)
                && candidates.Any(before => before.Conjuncts.IsSubsetOf(conjuncts) && (before.IsLogged || clause.Log != LogAnswer.Yes)));
            if (!isHidden)
            {
                kept.Add(clause);
                var key = clause.When is Condition.True ? "" : conjuncts.First();
                var conjunctsOrNone = clause.When is Condition.True ? [] : conjuncts;
                if (!earlier.TryGetValue(key, out var list))
                {
                    earlier.Add(key, list = []);
                }

                list.Add((conjunctsOrNone, clause.Log == LogAnswer.Yes));
            }
        }

        return kept.ToImmutable();
    }
}
