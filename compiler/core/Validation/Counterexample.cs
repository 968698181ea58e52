using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Validation;

/// <summary>
/// A packet that shows a mismatch from end to end: inputs that come to the place of the mismatch, the verdict of the decisions and
/// that of the code.
/// </summary>
/// <param name="Input">What the packet is.</param>
/// <param name="Expected">By the decisions.</param>
/// <param name="Actual">By the code, run as a whole; null where no packet was found that tells the two apart.</param>
internal sealed record Counterexample(Direction Direction, InputClass Input, ulong Expected, ulong? Actual)
{
    public static Counterexample Of(
        Mismatch mismatch, DecisionProgram program, ImmutableArray<EmittedFunction> functions, int memberWords, int portNameWords)
    {
        var direction = mismatch.Plan.Name.StartsWith("egress", StringComparison.Ordinal) ? program.Egress : program.Ingress;
        var verdict = VerdictPlanner.NameOf(direction.Direction);
        foreach (var input in Candidates(mismatch, direction))
        {
            var (expected, told) = Judge(direction, input);
            if (SegmentReplay.TryJudge(functions, verdict, told, memberWords, portNameWords) is var actual && actual != expected)
            {
                return new Counterexample(direction.Direction, told, expected, actual);
            }
        }

        return new Counterexample(direction.Direction, mismatch.Input, Judge(direction, mismatch.Input).Answer, null);
    }

    // The inputs of the mismatch, and those of them that come to it past the items before.
    private static IEnumerable<InputClass> Candidates(Mismatch mismatch, DirectionProgram direction)
    {
        var input = Known(mismatch.Input);
        if ((direction.HasTiers ? input : Where(direction.Isolated, true, input)) is { } selected)
        {
            var items = mismatch.Plan.Items;
            var reaching = selected;
            for (var index = 0; index < mismatch.Item; index++)
            {
                reaching = items[index] switch
                {
                    PlanItem.Guard guard => Where(guard.When, guard.End > mismatch.Item, reaching) ?? reaching,
                    PlanItem.Decide decide => Where(decide.When, false, reaching) ?? reaching,
                    _ => reaching,
                };
            }

            yield return reaching;
            yield return selected;
        }

        yield return input;
    }

    // What other functions answer is not the packet's.
    private static InputClass Known(InputClass input)
    {
        var known = InputClass.All;
        foreach (var what in input.Known.Where(what => what.Kind <= ObservableKind.NameWord))
        {
            known = what.IsBits
                ? known.WithBits(what, input.BitsOf(what).Known, input.BitsOf(what).Value)
                : known.WithRange(what, input.RangeOf(what, uint.MaxValue).First, input.RangeOf(what, uint.MaxValue).Last);
        }

        return known;
    }

    /// <summary>Inputs of a class for which a condition is so; null where there are none.</summary>
    private static InputClass? Where(Condition condition, bool isSo, InputClass input) =>
        ConditionTruth.Of(condition, input, out var split) is { } truth
            ? truth == isSo ? input : null
            : split.Select(part => Where(condition, isSo, part)).FirstOrDefault(found => found is not null);

    /// <summary>The verdict by the decisions, of some inputs of a class.</summary>
    internal static (ulong Answer, InputClass Input) Judge(DirectionProgram direction, InputClass input)
    {
        if (!direction.HasTiers && !Holds(direction.Isolated, ref input))
        {
            return (VerdictAnswer.NotIsolated, input);
        }

        foreach (var list in direction.Lists)
        {
            if (list.Stage == RuleStage.Baseline && Holds(direction.Isolated, ref input))
            {
                return (VerdictAnswer.DefaultDeny, input);
            }

            if (First(list.Stage, list.Steps, ref input) is { } clause && !(list.Stage == RuleStage.Admin && VerdictPlanner.IsPass(clause)))
            {
                var isLogged = clause.Log == LogAnswer.WhereAnotherMatches && AnyLogged(list.Steps, ref input);
                return (VerdictAnswer.Of(list.Stage, isLogged ? clause with { Log = LogAnswer.Yes } : clause), input);
            }

            if (list.Stage == RuleStage.Admin && direction is { HasTiers: true, Direction: Direction.Ingress } && Holds(new Condition.FromHost(), ref input))
            {
                return (VerdictAnswer.Host, input);
            }
        }

        return (VerdictAnswer.NotIsolated, input);
    }

    private static Step.Clause? First(RuleStage stage, ImmutableArray<Step> steps, ref InputClass input)
    {
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Clause clause when Holds(VerdictPlanner.When(stage, clause), ref input):
                    return clause;
                case Step.Guarded guarded when Holds(guarded.When, ref input) && First(stage, guarded.Steps, ref input) is { } found:
                    return found;
            }
        }

        return null;
    }

    private static bool AnyLogged(ImmutableArray<Step> steps, ref InputClass input)
    {
        foreach (var step in steps)
        {
            if (step switch
            {
                Step.Clause clause => clause.Log == LogAnswer.Yes && Holds(clause.When, ref input),
                Step.Guarded guarded => Holds(guarded.When, ref input) && AnyLogged(guarded.Steps, ref input),
                _ => throw new UnreachableException(),
            })
            {
                return true;
            }
        }

        return false;
    }

    // Where it depends, on the last part: bits that nobody asked for are zero.
    private static bool Holds(Condition condition, ref InputClass input)
    {
        while (true)
        {
            if (ConditionTruth.Of(condition, input, out var split) is { } truth)
            {
                return truth;
            }

            input = split[^1];
        }
    }
}
