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
        Condition.And and => Join(and, and.Parts, isAnd: true),
        Condition.Or or => Join(or, or.Parts, isAnd: false),
        _ => node,
    });

    // `and` and `or` are one rule read twice: true and false change places.
    private static Condition Join(Condition node, ImmutableArray<Condition> parts, bool isAnd)
    {
        var (neutral, absorbing) = isAnd ? (Condition.Always, Condition.Never) : (Condition.Never, Condition.Always);
        var different = new PartSet();
        foreach (var part in parts)
        {
            foreach (var inner in Parts(part, isAnd))
            {
                if (inner.GetType() == absorbing.GetType())
                {
                    return absorbing;
                }

                if (inner.GetType() != neutral.GetType())
                {
                    different.Add(inner);
                }
            }
        }

        var kept = different.ToImmutable();
        if (kept.Any(part => part is Condition.Not not && different.Contains(not.Inner)))
        {
            return absorbing;
        }

        // Absorption: a part of the other kind that holds one of ours adds nothing.
        kept = kept.RemoveAll(part => Parts(part, !isAnd) is { Length: > 1 } inner && inner.Any(different.Contains));
        return kept switch
        {
            [] => neutral,
            [var only] => only,
            _ when kept.AsSpan().SequenceEqual(parts.AsSpan()) => node,
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
