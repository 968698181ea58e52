using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Compiler.Ir;

/// <summary>One thing to try, in order; the first clause that matches decides.</summary>
public abstract record Step
{
    private Step()
    {
    }

    /// <summary>One rule in one direction.</summary>
    /// <param name="Rule">Its id in <see cref="DecisionProgram.Rules"/>, from 1.</param>
    public sealed record Clause(int Rule, Condition When, LogAnswer Log, Origin Origin) : Step;

    /// <summary>Steps that need one condition in common, so that it is tested once. Nothing in it matches where it does not hold.</summary>
    /// <param name="Origin">The policy whose selector the condition is; the first, where several share it.</param>
    public sealed record Guarded(Condition When, ImmutableArray<Step> Steps, Origin Origin) : Step;

    /// <summary>The clauses in a list of steps, in the order in which they are tried.</summary>
    public static IEnumerable<Clause> Clauses(ImmutableArray<Step> steps) =>
        steps.SelectMany(step => step switch
        {
            Clause clause => [clause],
            Guarded guarded => Clauses(guarded.Steps),
            _ => throw new System.Diagnostics.UnreachableException(),
        });
}
