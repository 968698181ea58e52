using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Backends;

/// <summary>Cuts a list of steps into lists of bounded cost, in order; a guard that is cut stands in both parts.</summary>
internal static class StepParts
{
    public static ImmutableArray<ImmutableArray<Step>> Cut(ImmutableArray<Step> steps, int maxCost)
    {
        var parts = ImmutableArray.CreateBuilder<ImmutableArray<Step>>();
        var current = ImmutableArray.CreateBuilder<Step>();
        var cost = 0;
        foreach (var piece in steps.SelectMany(step => Pieces(step, maxCost)))
        {
            var more = InstructionCost.Of(piece);
            if (cost > 0 && cost + more > maxCost)
            {
                parts.Add(current.ToImmutable());
                current.Clear();
                cost = 0;
            }

            current.Add(piece);
            cost += more;
        }

        if (cost > 0)
        {
            parts.Add(current.ToImmutable());
        }

        return parts.ToImmutable();
    }

    private static IEnumerable<Step> Pieces(Step step, int maxCost) => step switch
    {
        Step.Clause => [step],
        Step.Guarded guarded => Cut(guarded.Steps, maxCost).Select(part => (Step)(guarded with { Steps = part })),
        _ => throw new UnreachableException(),
    };
}
