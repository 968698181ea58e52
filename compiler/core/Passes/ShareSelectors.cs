using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Passes;

/// <summary>
/// Tests the selector of a policy once for all its clauses that stand together.
/// <code>
/// allow #1 when self in s0 and a        if self in s0
/// allow #2 when self in s0 and b   =>       allow #1 when a
/// allow #3 when self in s1 and c            allow #2 when b
///                                       if self in s1
///                                           allow #3 when c
/// </code>
/// The order of clauses stays, so the first that matches is the same. A clause that passes leaves its list, and so stands below no guard.
/// </summary>
public sealed class ShareSelectors : IPass
{
    public string Name => "share-selectors";

    public DecisionProgram Run(DecisionProgram program)
    {
        var policies = program.Policies.ToDictionary(policy => policy.Name, policy => policy.Origin, StringComparer.Ordinal);
        Origin PolicyOf(Step.Clause clause) => policies[program.Rules[clause.Rule - 1].Policy];
        return program.Directions(direction => direction.Lists(steps => Share(steps, PolicyOf)));
    }

    private static ImmutableArray<Step> Share(ImmutableArray<Step> steps, Func<Step.Clause, Origin> policyOf)
    {
        var shared = ImmutableArray.CreateBuilder<Step>();
        var together = ImmutableArray.CreateBuilder<Step>();
        (Condition.SelfIn Guard, Origin Origin)? open = null;
        foreach (var step in steps)
        {
            if (step is not Step.Clause clause)
            {
                throw new UnreachableException("no other pass makes guards");
            }

            var (guard, rest) = clause.Action == RuleAction.Pass ? ((Condition.SelfIn?)null, clause.When) : Split(clause.When);
            if (open is { } before && before.Guard != guard)
            {
                Close(before);
            }

            if (guard is null)
            {
                shared.Add(clause);
                continue;
            }

            open ??= (guard, policyOf(clause));
            together.Add(clause with { When = rest });
        }

        if (open is { } last)
        {
            Close(last);
        }

        return shared.ToImmutable();

        void Close((Condition.SelfIn Guard, Origin Origin) selector)
        {
            shared.Add(new Step.Guarded(selector.Guard, together.ToImmutable(), selector.Origin));
            together.Clear();
            open = null;
        }
    }

    /// <summary>The selector among the conjuncts, and the others.</summary>
    internal static (Condition.SelfIn? Guard, Condition Remainder) Split(Condition condition)
    {
        var conjuncts = Rewriting.Conjuncts(condition);
        return conjuncts.OfType<Condition.SelfIn>().FirstOrDefault() is { } guard
            ? (guard, conjuncts.Remove(guard) switch
            {
                [] => Condition.Always,
                [var only] => only,
                var several => new Condition.And(several),
            })
            : (null, condition);
    }
}
