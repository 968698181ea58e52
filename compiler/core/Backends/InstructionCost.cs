using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Backends;

/// <summary>
/// About how many BPF instructions the verdicts become, by what clang makes of each atom.
/// </summary>
public static class InstructionCost
{
    /// <summary>Load, shift or mask in a register (a 64-bit mask takes two slots), jump.</summary>
    private const int Atom = 4;

    /// <summary>The answer's constant (two slots) and the jump to the exit.</summary>
    private const int Answer = 4;

    /// <param name="largest">The policy with the most instructions; null without clauses.</param>
    public static int Of(DecisionProgram program, out Origin? largest)
    {
        var byPolicy = new Dictionary<Origin, int>();
        var total = 0;
        foreach (var direction in new[] { program.Egress, program.Ingress })
        {
            total += Of(direction.Isolated);
            foreach (var step in direction.Steps)
            {
                total += Of(step);
                if (step is Step.Guarded guarded)
                {
                    byPolicy[guarded.Origin] = byPolicy.GetValueOrDefault(guarded.Origin) + Of(step);
                }
                else if (step is Step.Clause clause)
                {
                    byPolicy[clause.Origin] = byPolicy.GetValueOrDefault(clause.Origin) + Of(step);
                }
            }
        }

        largest = byPolicy.Count == 0 ? null : byPolicy.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).First().Key;
        return total;
    }

    // A clause with `log` is written a second time, where others ask for it.
    internal static int Of(Step step) => step switch
    {
        Step.Clause clause => (clause.Log == LogAnswer.Yes ? 2 : 1) * (Of(clause.When) + Answer),
        Step.Guarded guarded => Of(guarded.When) + guarded.Steps.Sum(Of),
        _ => throw new UnreachableException(),
    };

    private static int Of(Condition condition) => condition switch
    {
        Condition.Not not => Of(not.Inner),
        Condition.And and => Sum(and.Parts),
        Condition.Or or => Sum(or.Parts),
        Condition.PortIn or Condition.ServicePortIn or Condition.SameNamespace => 2 * Atom,
        _ => Atom,
    };

    private static int Sum(ImmutableArray<Condition> parts) => parts.Sum(Of);
}
