using System.Collections.Immutable;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Passes;

/// <summary>The passes of a build, in order.</summary>
public static class PassList
{
    public static ImmutableArray<IPass> Default { get; } =
    [
        // First: the others look at conditions without constants and without nested `and`s and `or`s.
        new SimplifyConditions(),

        // Before DropHiddenClauses: two spellings of one range become one condition.
        new MergePortRanges(),

        // Before the two below: a clause that can never match neither hides another nor asks for the log.
        new DropImpossibleClauses(),
        new DropHiddenClauses(),

        // After all that drop clauses: the last clause with `log` may be gone.
        new SettleLogging(),

        // After all that drop clauses, too.
        new DropUnusedSets(),

        // Last: it takes the guard out of the conditions of its clauses, which the others compare as wholes.
        new ShareSelectors(),
    ];

    /// <summary>What the passes that look at nothing but conditions make of one: all before <see cref="DropHiddenClauses"/>.</summary>
    /// <returns>Null: nothing can meet it.</returns>
    internal static Condition? OfClause(Condition when) =>
        MergePortRanges.Merge(SimplifyConditions.Simplify(when)) is var simple && DropImpossibleClauses.IsImpossible(simple) ? null : simple;

    public static DecisionProgram Run(DecisionProgram program) =>
        Default.Aggregate(program, (current, pass) => pass.Run(current));
}
