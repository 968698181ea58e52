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

    internal static bool IsImpossible(Condition condition) => condition switch
    {
        Condition.False => true,
        Condition.Or or => or.Parts.All(IsImpossible),
        Condition.And and => and.Parts.Any(IsImpossible) || Contradicts(and.Parts),
        _ => false,
    };

    // A connection has one of each of these: two that differ exclude each other.
    private static bool Contradicts(ImmutableArray<Condition> parts)
    {
        Condition? protocol = null, family = null, service = null, type = null, code = null;
        foreach (var part in parts)
        {
            if (part switch
            {
                Condition.ProtocolIs => Differs(part, ref protocol),
                Condition.FamilyIs => Differs(part, ref family),
                Condition.ServiceIs => Differs(part, ref service),
                Condition.IcmpTypeIs => Differs(part, ref type),
                Condition.IcmpCodeIs => Differs(part, ref code),
                _ => false,
            })
            {
                return true;
            }
        }

        return false;
    }

    private static bool Differs(Condition fact, ref Condition? known) => (known ??= fact) != fact;
}
