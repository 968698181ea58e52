using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>Conditions without constants in them: true, false, or something that is asked. The verifier takes no code that nothing leads to.</summary>
internal static class Folding
{
    public static Condition Fold(Condition condition) => condition switch
    {
        Condition.PortIn { First: 0, Last: ushort.MaxValue } or Condition.ServicePortIn { First: 0, Last: ushort.MaxValue } => Condition.Always,
        Condition.PortIn port when port.First > port.Last => Condition.Never,
        Condition.ServicePortIn port when port.First > port.Last => Condition.Never,
        Condition.Not not => Fold(not.Inner) switch
        {
            Condition.True => Condition.Never,
            Condition.False => Condition.Always,
            Condition.Not inner => inner.Inner,
            var inner => new Condition.Not(inner),
        },
        Condition.And and => Join(and.Parts, Condition.Always, Condition.Never, parts => new Condition.And(parts)),
        Condition.Or or => Join(or.Parts, Condition.Never, Condition.Always, parts => new Condition.Or(parts)),
        null => throw new UnreachableException(),
        _ => condition,
    };

    private static Condition Join(
        ImmutableArray<Condition> parts, Condition neutral, Condition absorbing, Func<ImmutableArray<Condition>, Condition> join)
    {
        ImmutableArray<Condition> folded = [.. parts.Select(Fold).Where(part => part != neutral)];
        return folded.Contains(absorbing) ? absorbing : folded.Length switch
        {
            0 => neutral,
            1 => folded[0],
            _ => join(folded),
        };
    }
}
