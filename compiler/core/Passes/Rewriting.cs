using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Passes;

/// <summary>The shapes of rewriting that passes have in common.</summary>
internal static class Rewriting
{
    /// <summary>Rewrites both directions.</summary>
    public static DecisionProgram Directions(this DecisionProgram program, Func<DirectionProgram, DirectionProgram> rewrite) =>
        program with { Egress = rewrite(program.Egress), Ingress = rewrite(program.Ingress) };

    /// <summary>Rewrites the two lists of a direction.</summary>
    public static DirectionProgram Lists(
        this DirectionProgram direction, Func<ImmutableArray<Step>, ImmutableArray<Step>> rewrite) =>
        direction with { Deny = rewrite(direction.Deny), Allow = rewrite(direction.Allow) };

    /// <summary>Rewrites every condition of a program.</summary>
    public static DecisionProgram Conditions(this DecisionProgram program, Func<Condition, Condition> rewrite) =>
        program.Directions(direction => (direction with { Isolated = rewrite(direction.Isolated) })
            .Lists(steps => Conditions(steps, rewrite)));

    /// <summary>Rewrites a condition from its leaves upwards.</summary>
    public static Condition BottomUp(Condition condition, Func<Condition, Condition> rewrite) => rewrite(condition switch
    {
        Condition.Not not => new Condition.Not(BottomUp(not.Inner, rewrite)),
        Condition.And and => new Condition.And([.. and.Parts.Select(part => BottomUp(part, rewrite))]),
        Condition.Or or => new Condition.Or([.. or.Parts.Select(part => BottomUp(part, rewrite))]),
        _ => condition,
    });

    /// <summary>The parts of an <c>and</c>; anything else is its own only part.</summary>
    public static ImmutableArray<Condition> Conjuncts(Condition condition) =>
        condition is Condition.And and ? and.Parts : [condition];

    private static ImmutableArray<Step> Conditions(ImmutableArray<Step> steps, Func<Condition, Condition> rewrite) =>
        [.. steps.Select(step => step switch
        {
            Step.Clause clause => clause with { When = rewrite(clause.When) },
            Step.Guarded guarded => (Step)(guarded with { When = rewrite(guarded.When), Steps = Conditions(guarded.Steps, rewrite) }),
            _ => throw new UnreachableException(),
        })];
}
