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

    /// <summary>Rewrites the lists of a direction.</summary>
    public static DirectionProgram Lists(
        this DirectionProgram direction, Func<ImmutableArray<Step>, ImmutableArray<Step>> rewrite) =>
        direction.Lists(list => rewrite(list.Steps));

    /// <summary>Rewrites the steps of each list, by what list it is.</summary>
    public static DirectionProgram Lists(this DirectionProgram direction, Func<RuleList, ImmutableArray<Step>> rewrite) =>
        direction with { Lists = [.. direction.Lists.Select(list => list with { Steps = rewrite(list) })] };

    /// <summary>Rewrites every condition of a program.</summary>
    public static DecisionProgram Conditions(this DecisionProgram program, Func<Condition, Condition> rewrite) =>
        program.Directions(direction => (direction with { Isolated = rewrite(direction.Isolated) })
            .Lists(steps => Conditions(steps, rewrite)));

    /// <summary>Rewrites a condition from its leaves upwards.</summary>
    /// <returns>The same object where nothing was rewritten.</returns>
    public static Condition BottomUp(Condition condition, Func<Condition, Condition> rewrite) => rewrite(condition switch
    {
        Condition.Not not => BottomUp(not.Inner, rewrite) is var inner && ReferenceEquals(inner, not.Inner) ? not : new Condition.Not(inner),
        Condition.And and => BottomUp(and.Parts, rewrite) is var parts && parts == and.Parts ? and : new Condition.And(parts),
        Condition.Or or => BottomUp(or.Parts, rewrite) is var parts && parts == or.Parts ? or : new Condition.Or(parts),
        _ => condition,
    });

    private static ImmutableArray<Condition> BottomUp(ImmutableArray<Condition> parts, Func<Condition, Condition> rewrite)
    {
        ImmutableArray<Condition>.Builder? rewritten = null;
        for (var index = 0; index < parts.Length; index++)
        {
            var part = BottomUp(parts[index], rewrite);
            if (rewritten is null && !ReferenceEquals(part, parts[index]))
            {
                rewritten = parts.ToBuilder();
            }

            if (rewritten is not null)
            {
                rewritten[index] = part;
            }
        }

        return rewritten?.MoveToImmutable() ?? parts;
    }

    /// <summary>The parts of an <c>and</c>; anything else is its own only part.</summary>
    public static ImmutableArray<Condition> Conjuncts(Condition condition) =>
        condition is Condition.And and ? and.Parts : [condition];

    private static ImmutableArray<Step> Conditions(ImmutableArray<Step> steps, Func<Condition, Condition> rewrite) =>
        [.. steps.Select(step => step switch
        {
            Step.Clause clause => rewrite(clause.When) is var when && ReferenceEquals(when, clause.When) ? clause : clause with { When = when },
            Step.Guarded guarded => (Step)(guarded with { When = rewrite(guarded.When), Steps = Conditions(guarded.Steps, rewrite) }),
            _ => throw new UnreachableException(),
        })];
}
