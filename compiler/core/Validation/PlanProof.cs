using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Validation;

/// <summary>
/// Proves that plans say what the decisions say: both are written out as one list of rules in order, each with the conditions that it
/// stands below, and the lists are equal. Cutting a list and repeating a guard change nothing in it.
/// </summary>
internal sealed class PlanProof
{
    private readonly Dictionary<string, FunctionPlan> _plans;

    private PlanProof(ImmutableArray<FunctionPlan> plans) => _plans = plans.ToDictionary(plan => plan.Name, StringComparer.Ordinal);

    public static Mismatch? Of(DirectionProgram direction, ImmutableArray<FunctionPlan> plans) => new PlanProof(plans).Prove(direction);

    private Mismatch? Prove(DirectionProgram direction)
    {
        var verdict = _plans[VerdictPlanner.NameOf(direction.Direction)];
        List<Entry> planned = [];
        Collect(verdict, [], planned);
        List<Entry> meant = [];
        var lists = direction.Lists.Select(Meant).ToList();
        if (direction.HasTiers)
        {
            meant.AddRange(lists[(int)RuleStage.Admin]);
            if (direction.Direction == Direction.Ingress)
            {
                meant.Add(new Entry([], new Condition.Not(VerdictPlanner.NotFromHost), VerdictAnswer.Host, null));
            }

            meant.AddRange(lists[(int)RuleStage.Deny..(int)RuleStage.Baseline].SelectMany(list => list));
            meant.Add(new Entry([], new Condition.Not(new Condition.Not(direction.Isolated)), VerdictAnswer.DefaultDeny, null));
            meant.AddRange(lists[(int)RuleStage.Baseline]);
            meant.Add(new Entry([], Condition.Always, VerdictAnswer.NotIsolated, null));
        }
        else if (direction.Isolated is Condition.False)
        {
            meant.Add(new Entry([], Condition.Always, VerdictAnswer.NotIsolated, null));
        }
        else
        {
            if (direction.Isolated is not Condition.True)
            {
                meant.Add(new Entry([], new Condition.Not(direction.Isolated), VerdictAnswer.NotIsolated, null));
            }

            meant.AddRange(lists.SelectMany(list => list));
            meant.Add(new Entry([], Condition.Always, VerdictAnswer.DefaultDeny, null));
        }

        return Differs(verdict, meant, planned)
            ?? lists.Select(list => LoggedBy(list, planned)).FirstOrDefault(mismatch => mismatch is not null);
    }

    // Every function that says whether an answer is logged stands for all rules of the action that say `log`.
    private Mismatch? LoggedBy(List<Entry> meant, List<Entry> planned)
    {
        var logged = meant.Where(entry => entry.Log == LogAnswer.Yes)
            .Select(entry => new Entry(entry.Guards, entry.When, 1, null))
            .Append(new Entry([], Condition.Always, 0, null)).ToList();
        var asked = meant.Where(entry => entry.Log == LogAnswer.WhereAnotherMatches).Select(entry => entry.Answer).ToHashSet();
        foreach (var function in planned.Where(entry => entry.Logged is not null && asked.Contains(entry.Answer))
            .Select(entry => entry.Logged).OfType<string>().Distinct())
        {
            List<Entry> found = [];
            Collect(_plans[function], [], found);
            if (Differs(_plans[function], logged, found) is { } mismatch)
            {
                return mismatch;
            }
        }

        return null;
    }

    private static Mismatch? Differs(FunctionPlan plan, List<Entry> meant, List<Entry> planned)
    {
        var same = meant.Zip(planned).TakeWhile(pair => IsSame(pair.First, pair.Second)).Count();
        return same == meant.Count && same == planned.Count
            ? null
            : new Mismatch(
                plan, -1, InputClass.All, meant.ElementAtOrDefault(same)?.When.ToString() ?? "no more rules",
                planned.ElementAtOrDefault(same)?.When.ToString() ?? "no more rules");
    }

    private static bool IsSame(Entry left, Entry right) =>
        left.Answer == right.Answer
        && (left.Log == LogAnswer.WhereAnotherMatches) == (right.Logged is not null)
        && ConditionComparer.Instance.Equals(left.When, right.When)
        && left.Guards.AsSpan().SequenceEqual(right.Guards.AsSpan(), ConditionComparer.Instance);

    // Behind an admin rule that passes are those of its tier that it does not match.
    private static List<Entry> Meant(RuleList list)
    {
        List<Entry> entries = [];
        ImmutableArray<Condition> notPassed = [];
        foreach (var (clause, guards) in Step.GuardedClauses(list.Steps))
        {
            if (list.Stage == RuleStage.Admin && VerdictPlanner.IsPass(clause))
            {
                notPassed = notPassed.Add(new Condition.Not(Condition.All(guards.Add(clause.When))));
                continue;
            }

            entries.Add(new Entry(
                [.. notPassed, .. guards], VerdictPlanner.When(list.Stage, clause), VerdictAnswer.Of(list.Stage, clause), null, clause.Log));
        }

        return entries;
    }

    private void Collect(FunctionPlan plan, ImmutableArray<Condition> outer, List<Entry> entries)
    {
        List<(Condition When, int End)> open = [];
        for (var index = 0; index < plan.Items.Length; index++)
        {
            open.RemoveAll(guard => guard.End <= index);
            ImmutableArray<Condition> guards = [.. outer, .. open.Select(guard => guard.When)];
            switch (plan.Items[index])
            {
                case PlanItem.Unless unless:
                    entries.Add(new Entry(guards, new Condition.Not(unless.When), unless.Answer, null));
                    break;
                case PlanItem.Guard guard:
                    open.Add((guard.When, guard.End));
                    break;
                case PlanItem.Decide decide:
                    entries.Add(new Entry(guards, decide.When, decide.Answer, decide.Logged));
                    break;
                case PlanItem.Ask ask:
                    Collect(_plans[ask.Function], guards, entries);
                    break;
                // The end of what another function asks is its own way of saying nothing.
                case PlanItem.Finish finish when plan.Role == FunctionRole.Verdict || IsAsker(plan):
                    entries.Add(new Entry(guards, Condition.Always, finish.Answer, null));
                    break;
                case PlanItem.Finish { Answer: 0 }:
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    // A function of logged rules that stands for itself, and is not a part of another.
    private bool IsAsker(FunctionPlan plan) => plan.Role == FunctionRole.Logged
        && !_plans.Values.Any(other => other.Items.OfType<PlanItem.Ask>().Any(ask => ask.Function == plan.Name));

    /// <param name="Logged">Of a plan: the function that says whether the answer is logged.</param>
    /// <param name="Log">Of the decisions.</param>
    private sealed record Entry(
        ImmutableArray<Condition> Guards, Condition When, ulong Answer, string? Logged, LogAnswer Log = LogAnswer.No);
}
