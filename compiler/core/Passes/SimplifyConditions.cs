using System.Collections.Immutable;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Passes;

/// <summary>
/// Takes out of conditions what says nothing.
/// <code>
/// (a and true) and (b and a)   =>   a and b
/// a or true                    =>   true
/// a and not a                  =>   false
/// not not a                    =>   a
/// a and (a or b)               =>   a
/// a or (a and b)               =>   a
/// </code>
/// </summary>
public sealed class SimplifyConditions : IPass
{
    public string Name => "simplify-conditions";

    public DecisionProgram Run(DecisionProgram program) => program.Conditions(Simplify);

    internal static Condition Simplify(Condition condition) => Rewriting.BottomUp(condition, node => node switch
    {
        Condition.Not { Inner: Condition.True } => Condition.Never,
        Condition.Not { Inner: Condition.False } => Condition.Always,
        Condition.Not { Inner: Condition.Not twice } => twice.Inner,
        Condition.And and => Join(and.Parts, isAnd: true),
        Condition.Or or => Join(or.Parts, isAnd: false),
        _ => node,
    });

    // `and` and `or` are one rule read twice: true and false change places.
    private static Condition Join(ImmutableArray<Condition> parts, bool isAnd)
    {
        var (neutral, absorbing) = isAnd ? (Condition.Always, Condition.Never) : (Condition.Never, Condition.Always);
        var kept = parts
            .SelectMany(part => Parts(part, isAnd))
            .Where(part => part.GetType() != neutral.GetType())
            .DistinctBy(part => part.ToString(), StringComparer.Ordinal)
            .ToImmutableArray();
        var spelled = kept.Select(part => part.ToString()).ToHashSet(StringComparer.Ordinal);
        if (kept.Any(part => part.GetType() == absorbing.GetType()
            || (part is Condition.Not not && spelled.Contains(not.Inner.ToString()))))
        {
            return absorbing;
        }

        // Absorption: a part of the other kind that holds one of ours adds nothing.
        kept = kept.RemoveAll(part => Parts(part, !isAnd) is { Length: > 1 } inner
            && inner.Any(one => spelled.Contains(one.ToString())));
        return kept switch
        {
            [] => neutral,
            [var only] => only,
            _ => isAnd ? new Condition.And(kept) : new Condition.Or(kept),
        };
    }

    private static ImmutableArray<Condition> Parts(Condition condition, bool ofAnd) => condition switch
    {
        Condition.And conjunction when ofAnd => conjunction.Parts,
        Condition.Or disjunction when !ofAnd => disjunction.Parts,
        _ => [condition],
    };
}
