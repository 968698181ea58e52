using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Passes;

/// <summary>
/// Drops clauses whose condition no connection can meet.
/// <code>
/// allow #3 when false                                   =>   (nothing)
/// deny #4 when self in s0 and tcp and udp               =>   (nothing)
/// allow #5 when service 1 and service 2                 =>   (nothing)
/// </code>
/// Only what the condition itself shows: whether a set can have members is for diagnostics to say.
/// </summary>
public sealed class DropImpossibleClauses : IPass
{
    public string Name => "drop-impossible-clauses";

    public DecisionProgram Run(DecisionProgram program) =>
        program.Directions(direction => direction.Lists(steps => steps.RemoveAll(IsImpossible)));

    private static bool IsImpossible(Step step) => step switch
    {
        Step.Clause clause => IsImpossible(clause.When),
        Step.Guarded guarded => IsImpossible(guarded.When) || guarded.Steps.All(IsImpossible),
        _ => throw new UnreachableException(),
    };

    private static bool IsImpossible(Condition condition) => condition switch
    {
        Condition.False => true,
        Condition.Or or => or.Parts.All(IsImpossible),
        Condition.And and => and.Parts.Any(IsImpossible) || Contradicts(and.Parts),
        _ => false,
    };

    private static bool Contradicts(ImmutableArray<Condition> parts) =>
        Several(parts.OfType<Condition.ProtocolIs>())
        || Several(parts.OfType<Condition.FamilyIs>())
        || Several(parts.OfType<Condition.ServiceIs>())
        || Several(parts.OfType<Condition.IcmpTypeIs>())
        || Several(parts.OfType<Condition.IcmpCodeIs>());

    private static bool Several<T>(IEnumerable<T> facts) => facts.Distinct().Skip(1).Any();
}
