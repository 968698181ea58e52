using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>
/// The functions of one direction. A long list of rules is cut into functions of its own: the verifier proves each once, keeps at
/// most 8,192 untried branches of one, and a jump reaches 32,767 instructions.
/// </summary>
internal sealed class VerdictPlanner
{
    /// <summary>Instructions of one function, about.</summary>
    private const int PartCost = 4096;

    /// <summary>Who is answered as the node is not.</summary>
    public static readonly Condition NotFromHost = new Condition.Not(new Condition.FromHost());

    private readonly DirectionProgram _direction;
    private readonly string _name;
    private readonly int _partCost;
    private readonly ImmutableArray<FunctionPlan>.Builder _plans = ImmutableArray.CreateBuilder<FunctionPlan>();

    private VerdictPlanner(DirectionProgram direction, int partCost)
    {
        _direction = direction;
        _name = direction.Direction == Direction.Egress ? "egress" : "ingress";
        _partCost = partCost;
    }

    public static string NameOf(Direction direction) => direction == Direction.Egress ? "egress_verdict" : "ingress_verdict";

    /// <summary>What is called comes before who calls it; the verdict is last.</summary>
    public static ImmutableArray<FunctionPlan> Plan(DirectionProgram direction, int partCost = PartCost)
    {
        VerdictPlanner planner = new(direction, partCost);
        planner.Verdict();
        return planner._plans.ToImmutable();
    }

    private void Verdict()
    {
        if (_direction.HasTiers)
        {
            Tiers();
            return;
        }

        if (_direction.Isolated is Condition.False)
        {
            Add(NameOf(_direction.Direction), FunctionRole.Verdict, VerdictAnswer.DefaultDeny, [new PlanItem.Finish(VerdictAnswer.NotIsolated)]);
            return;
        }

        var deny = List(RuleStage.Deny);
        var allow = List(RuleStage.Allow);
        var items = ImmutableArray.CreateBuilder<PlanItem>();
        if (_direction.Isolated is not Condition.True)
        {
            items.Add(new PlanItem.Unless(_direction.Isolated, VerdictAnswer.NotIsolated));
        }

        deny(items);
        allow(items);
        items.Add(new PlanItem.Finish(VerdictAnswer.DefaultDeny));
        Add(NameOf(_direction.Direction), FunctionRole.Verdict, VerdictAnswer.DefaultDeny, items.ToImmutable());
    }

    private void Tiers()
    {
        var lists = new[] { RuleStage.Deny, RuleStage.Reject, RuleStage.Allow, RuleStage.Limited }.Select(List).ToList();
        var baseline = List(RuleStage.Baseline);
        var items = ImmutableArray.CreateBuilder<PlanItem>();
        Admin(items);
        if (_direction.Direction == Direction.Ingress)
        {
            items.Add(new PlanItem.Unless(NotFromHost, VerdictAnswer.Host));
        }

        lists.ForEach(list => list(items));
        items.Add(new PlanItem.Unless(new Condition.Not(_direction.Isolated), VerdictAnswer.DefaultDeny));
        baseline(items);
        items.Add(new PlanItem.Finish(VerdictAnswer.NotIsolated));
        Add(NameOf(_direction.Direction), FunctionRole.Verdict, VerdictAnswer.DefaultDeny, items.ToImmutable());
    }

    // A rule that passes is a guard over the rest of the tier. A list with such a rule is not cut: the guard would not reach.
    private void Admin(ImmutableArray<PlanItem>.Builder items)
    {
        var steps = _direction[RuleStage.Admin];
        if (!steps.Any(IsPass))
        {
            List(RuleStage.Admin)(items);
            return;
        }

        List<int> passes = [];
        foreach (var step in steps)
        {
            if (step is Step.Clause clause && IsPass(clause))
            {
                passes.Add(items.Count);
                items.Add(new PlanItem.Guard(new Condition.Not(clause.When), items.Count, clause.Origin));
            }
            else
            {
                Append(items, [step], clause => Decide(RuleStage.Admin, clause, null));
            }
        }

        foreach (var at in passes)
        {
            items[at] = items[at] is PlanItem.Guard guard ? guard with { End = items.Count } : throw new UnreachableException();
        }
    }

    public static bool IsPass(Step step) => step is Step.Clause { Action: RuleAction.Pass };

    /// <summary>The condition of a clause of a list, with what the list adds.</summary>
    public static Condition When(RuleStage stage, Step.Clause clause) =>
        stage == RuleStage.Limited ? Condition.All(new Condition.Unspent(clause.Rule), clause.When) : clause.When;

    private static PlanItem.Decide Decide(RuleStage stage, Step.Clause clause, string? logs) => new(
        When(stage, clause), VerdictAnswer.Of(stage, clause), clause.Log == LogAnswer.WhereAnotherMatches ? logs : null, clause.Origin);

    // Plans what the verdict will call, and returns what it does itself.
    private Action<ImmutableArray<PlanItem>.Builder> List(RuleStage stage)
    {
        var (steps, word) = (_direction[stage], stage.ToString().ToLowerInvariant());
        var logs = $"{_name}_{word}_logged";
        if (Step.Clauses(steps).Any(clause => clause.Log == LogAnswer.WhereAnotherMatches))
        {
            Logged(Step.Logged(steps), logs);
        }

        PlanItem OfStage(Step.Clause clause) => Decide(stage, clause, logs);
        var parts = StepParts.Cut(steps, _partCost);
        return parts.Length <= 1
            ? items => Append(items, steps, OfStage)
            : Asking(Parts(parts, $"{_name}_{word}", FunctionRole.Part, VerdictAnswer.DefaultDeny, OfStage));
    }

    private void Logged(ImmutableArray<Step> steps, string name)
    {
        static PlanItem Decide(Step.Clause clause) => new PlanItem.Decide(clause.When, 1, null, clause.Origin);
        var parts = StepParts.Cut(steps, _partCost);
        var items = ImmutableArray.CreateBuilder<PlanItem>();
        if (parts.Length <= 1)
        {
            Append(items, steps, Decide);
        }
        else
        {
            Asking(Parts(parts, name, FunctionRole.Logged, 0, Decide))(items);
        }

        items.Add(new PlanItem.Finish(0));
        Add(name, FunctionRole.Logged, 0, items.ToImmutable());
    }

    private ImmutableArray<string> Parts(
        ImmutableArray<ImmutableArray<Step>> parts, string name, FunctionRole role, ulong refusal, Func<Step.Clause, PlanItem> decide)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var (index, part) in parts.Index())
        {
            var items = ImmutableArray.CreateBuilder<PlanItem>();
            Append(items, part, decide);
            items.Add(new PlanItem.Finish(0));
            names.Add(string.Create(CultureInfo.InvariantCulture, $"{name}_{index + 1}"));
            Add(names[^1], role, refusal, items.ToImmutable());
        }

        return names.ToImmutable();
    }

    private static Action<ImmutableArray<PlanItem>.Builder> Asking(ImmutableArray<string> functions) =>
        items => items.AddRange(functions.Select(function => new PlanItem.Ask(function)));

    private static void Append(ImmutableArray<PlanItem>.Builder items, ImmutableArray<Step> steps, Func<Step.Clause, PlanItem> decide)
    {
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Clause clause:
                    items.Add(decide(clause));
                    break;
                case Step.Guarded guarded:
                    var at = items.Count;
                    items.Add(new PlanItem.Guard(guarded.When, at, guarded.Origin));
                    Append(items, guarded.Steps, decide);
                    items[at] = new PlanItem.Guard(guarded.When, items.Count, guarded.Origin);
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private void Add(string name, FunctionRole role, ulong refusal, ImmutableArray<PlanItem> items) =>
        _plans.Add(new FunctionPlan(name, role, refusal, items));
}
