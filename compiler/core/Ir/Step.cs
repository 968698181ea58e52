using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Compiler.Ir;

/// <summary>One thing to try, in order; the first clause that matches decides.</summary>
public abstract record Step
{
    private Step()
    {
    }

    /// <summary>One rule in one direction.</summary>
    /// <param name="Rule">Its id in <see cref="DecisionScope.Rules"/>, from 1.</param>
    public sealed record Clause(int Rule, RuleAction Action, Condition When, LogAnswer Log, Origin Origin) : Step;

    /// <summary>Steps that need one condition in common, so that it is tested once. Nothing in it matches where it does not hold.</summary>
    /// <param name="Origin">The policy whose selector the condition is; the first, where several share it.</param>
    public sealed record Guarded(Condition When, ImmutableArray<Step> Steps, Origin Origin) : Step;

    /// <summary>The clauses in a list of steps, in the order in which they are tried.</summary>
    public static IEnumerable<Clause> Clauses(ImmutableArray<Step> steps) => GuardedClauses(steps).Select(guarded => guarded.Clause);

    /// <summary>The same, each with the conditions that it stands below, from the outside in.</summary>
    public static IEnumerable<(Clause Clause, ImmutableArray<Condition> Guards)> GuardedClauses(ImmutableArray<Step> steps) =>
        GuardedClauses(steps, []);

    /// <summary>The clauses that say <c>log</c>, each with the guards it stood under.</summary>
    public static ImmutableArray<Step> Logged(ImmutableArray<Step> steps) =>
        [.. steps.SelectMany(step => step switch
        {
            Clause { Log: LogAnswer.Yes } => [step],
            Clause => [],
            Guarded guarded when Logged(guarded.Steps) is { IsEmpty: false } logged => ImmutableArray.Create<Step>(guarded with { Steps = logged }),
            Guarded => [],
            _ => throw new UnreachableException(),
        })];

    private static IEnumerable<(Clause Clause, ImmutableArray<Condition> Guards)> GuardedClauses(
        ImmutableArray<Step> steps, ImmutableArray<Condition> guards) =>
        steps.SelectMany(step => step switch
        {
            Clause clause => [(clause, guards)],
            Guarded guarded => GuardedClauses(guarded.Steps, guards.Add(guarded.When)),
            _ => throw new UnreachableException(),
        });
}
