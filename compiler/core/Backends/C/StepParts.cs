using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Backends.C;

/// <summary>Cuts a list of steps into lists of a bounded number of clauses, in order; a guard that is cut stands in both parts.</summary>
internal static class StepParts
{
    public static ImmutableArray<ImmutableArray<Step>> Cut(ImmutableArray<Step> steps, int size)
    {
        var parts = ImmutableArray.CreateBuilder<ImmutableArray<Step>>();
        var current = ImmutableArray.CreateBuilder<Step>();
        var count = 0;
        foreach (var piece in steps.SelectMany(step => Pieces(step, size)))
        {
            var clauses = Step.Clauses([piece]).Count();
            if (count > 0 && count + clauses > size)
            {
                parts.Add(current.ToImmutable());
                current.Clear();
                count = 0;
            }

            current.Add(piece);
            count += clauses;
        }

        if (count > 0)
        {
            parts.Add(current.ToImmutable());
        }

        return parts.ToImmutable();
    }

    private static IEnumerable<Step> Pieces(Step step, int size) => step switch
    {
        Step.Clause => [step],
        Step.Guarded guarded => Cut(guarded.Steps, size).Select(part => (Step)(guarded with { Steps = part })),
        _ => throw new UnreachableException(),
    };
}
