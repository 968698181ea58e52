using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Backends.C;

/// <summary>
/// Writes the verdict function of one direction. Long lists are cut into global functions of their own: the verifier
/// proves each once, keeps at most 8,192 untried branches of one, and a jump reaches 32,767 instructions.
/// </summary>
internal sealed class VerdictWriter(CWriter writer, DecisionProgram program, CNames names, DirectionProgram direction)
{
    /// <summary>Instructions of one function, about; what is below is written in place.</summary>
    private const int PartCost = 4096;

    private readonly string _name = direction.Direction == Direction.Egress ? "egress" : "ingress";

    public void Write()
    {
        if (direction.HasTiers)
        {
            WriteTiers();
            return;
        }

        var deny = Prepare(RuleStage.Deny);
        var allow = Prepare(RuleStage.Allow);

        writer.Line();
        Begin(deny.Parts.Length + allow.Parts.Length > 0);
        if (direction.Isolated is Condition.False)
        {
            writer.Line("\treturn POLICY_NOT_ISOLATED;");
            writer.Line("}");
            return;
        }

        if (direction.Isolated is not Condition.True)
        {
            writer.Line($"\tif (!({Isolated()}))");
            writer.Line("\t\treturn POLICY_NOT_ISOLATED;");
        }

        Decide(deny);
        Decide(allow);
        writer.Line();
        writer.Here();
        writer.Line("\treturn POLICY_DEFAULT_DENY;");
        writer.Line("}");
    }

    private void WriteTiers()
    {
        var admin = Prepare(RuleStage.Admin, isCut: !direction[RuleStage.Admin].Any(IsPass));
        var lists = new[] { RuleStage.Deny, RuleStage.Reject, RuleStage.Allow, RuleStage.Limited }.Select(stage => Prepare(stage)).ToList();
        var baseline = Prepare(RuleStage.Baseline);

        writer.Line();
        Begin(lists.Append(admin).Append(baseline).Any(list => !list.Parts.IsEmpty));
        Decide(admin);
        if (admin.Steps.Any(IsPass))
        {
            writer.Line();
            writer.Here();
            writer.Line("passed:");
        }

        if (direction.Direction == Direction.Ingress)
        {
            writer.Line();
            writer.Here();
            writer.Line("\tif (in->from_host)");
            writer.Line("\t\treturn POLICY_HOST;");
        }

        lists.ForEach(Decide);
        if (direction.Isolated is not Condition.False)
        {
            writer.Line();
            writer.Here();
            writer.Line($"\tif ({Isolated()})");
            writer.Line("\t\treturn POLICY_DEFAULT_DENY;");
        }

        Decide(baseline);
        writer.Line();
        writer.Here();
        writer.Line("\treturn POLICY_NOT_ISOLATED;");
        writer.Line("}");
    }

    private static bool IsPass(Step step) => step is Step.Clause { Action: RuleAction.Pass };

    private void Begin(bool asksOthers)
    {
        writer.Line($"__noinline __u64 {_name}_verdict(struct policy_input *in)");
        writer.Line("{");
        Members();
        if (asksOthers)
        {
            writer.Line("\t__u64 verdict;");
        }

        writer.Line();
        writer.Line("\tif (!in || !in->self || !in->peer)");
        writer.Line("\t\treturn POLICY_DEFAULT_DENY;");
        FindMembers("POLICY_DEFAULT_DENY");
    }

    private void Decide(Prepared list)
    {
        if (list.Parts.IsEmpty)
        {
            Steps(list.Steps, list.Verdict, "\t");
            return;
        }

        writer.Line();
        writer.Here();
        foreach (var part in list.Parts)
        {
            writer.Line($"\tverdict = {part}(in);");
            writer.Line("\tif (verdict)");
            writer.Line("\t\treturn verdict;");
        }
    }

    // Writes the functions that the verdict will call, before it.
    private Prepared Prepare(RuleStage stage, bool isCut = true)
    {
        var (steps, action) = (direction[stage], stage.ToString().ToLowerInvariant());
        var logs = $"{_name}_{action}_logged";
        if (Step.Clauses(steps).Any(clause => clause.Log == LogAnswer.WhereAnotherMatches))
        {
            var logged = Step.Logged(steps);
            var loggedParts = Parts(logged, logs, _ => "1");
            Function($"Does a rule that would {action} too, and says `log`, match?", logs, loggedParts, logged, _ => "1");
        }

        string Verdict(Step.Clause clause) => $"{Macro(stage, clause)}({names.Rule(clause.Rule)}, {clause.Log switch
        {
            LogAnswer.No => "0",
            LogAnswer.Yes => "1",
            LogAnswer.WhereAnotherMatches => logs + "(in)",
            _ => throw new UnreachableException(),
        }})";
        return new Prepared(steps, stage == RuleStage.Admin ? clause => IsPass(clause) ? null : Verdict(clause) : Verdict, isCut ? Parts(steps, $"{_name}_{action}", Verdict) : []);
    }

    private static string Macro(RuleStage stage, Step.Clause clause) => (stage, clause.Action) switch
    {
        (RuleStage.Limited, _) => "POLICY_LIMITED",
        (_, RuleAction.Deny) => "POLICY_DENY",
        (_, RuleAction.Reject) => "POLICY_REJECT",
        _ => "POLICY_ALLOW",
    };

    private ImmutableArray<string> Parts(ImmutableArray<Step> steps, string name, Func<Step.Clause, string> verdict)
    {
        var parts = StepParts.Cut(steps, PartCost);
        if (parts.Length <= 1)
        {
            return [];
        }

        ImmutableArray<string> functions = [.. parts.Select((_, index) =>
            string.Create(CultureInfo.InvariantCulture, $"{name}_{index + 1}"))];
        foreach (var (part, function) in parts.Zip(functions))
        {
            Function("0: none of these decides.", function, [], part, verdict);
        }

        return functions;
    }

    private void Function(
        string comment, string name, ImmutableArray<string> parts, ImmutableArray<Step> steps, Func<Step.Clause, string> verdict)
    {
        writer.Line();
        writer.Line($"/* {comment} */");
        writer.Line($"__noinline __u64 {name}(struct policy_input *in)");
        writer.Line("{");
        if (parts.IsEmpty)
        {
            Members();
            writer.Line();
        }

        writer.Line("\tif (!in)");
        writer.Line("\t\treturn 0;");
        if (parts.IsEmpty)
        {
            FindMembers("0");
        }

        foreach (var part in parts)
        {
            writer.Line($"\tif ({part}(in))");
            writer.Line("\t\treturn 1;");
        }

        if (parts.IsEmpty)
        {
            Steps(steps, verdict, "\t");
        }

        writer.Line();
        writer.Here();
        writer.Line("\treturn 0;");
        writer.Line("}");
    }

    private void Members() => writer.Line("\tconst struct members *self, *peer;");

    private void FindMembers(string otherwise)
    {
        writer.Line("\tself = members_of(&in->self);");
        writer.Line("\tpeer = members_of(&in->peer);");
        writer.Line("\tif (!self || !peer)");
        writer.Line($"\t\treturn {otherwise};");
    }

    private void Steps(ImmutableArray<Step> steps, Func<Step.Clause, string?> verdict, string indent)
    {
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Clause clause:
                    if (indent.Length == 1)
                    {
                        writer.Line();
                    }

                    Clause(clause, verdict, indent);
                    break;
                case Step.Guarded guarded:
                    writer.Line();
                    writer.At(guarded.Origin);
                    writer.Line($"{indent}if ({CExpression.Of(guarded.When, names, indent + "    ")}) {{");
                    Steps(guarded.Steps, verdict, indent + "\t");
                    writer.Line($"{indent}}}");
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private void Clause(Step.Clause clause, Func<Step.Clause, string?> verdict, string indent)
    {
        if (program.Rules[clause.Rule - 1].Documentation is { } documentation)
        {
            writer.Line($"{indent}/* {CNames.InComment(documentation)} */");
        }

        writer.Line($"{indent}/* {CNames.InComment(clause.Origin.Text)} */");
        writer.At(clause.Origin);
        if (verdict(clause) is not { } answer)
        {
            writer.Line($"{indent}pass_if({CExpression.Of(clause.When, names, indent + "        ")}, passed);");
            return;
        }

        var when = program.Rules[clause.Rule - 1].Limit is null ? clause.When : Condition.All(new Condition.Unspent(clause.Rule), clause.When);
        writer.Line($"{indent}decide_if({CExpression.Of(when, names, indent + "          ")},");
        writer.Line($"{indent}          {answer});");
    }

    // Bits of one word are asked together.
    private string Isolated()
    {
        var alternatives = direction.Isolated is Condition.Or or ? or.Parts : [direction.Isolated];
        var selectors = alternatives.OfType<Condition.SelfIn>().ToList();
        if (selectors.Count != alternatives.Length)
        {
            return CExpression.Of(direction.Isolated, names, "\t      ");
        }

        var words = selectors.GroupBy(self => self.Set.Index / 64).Select(word =>
        {
            var bits = string.Join(" |\n\t\t", word.Select(self => $"bit({names.Set(self.Set)})").Chunk(4).Select(row => string.Join(" | ", row)));
            return string.Create(CultureInfo.InvariantCulture, $"self->word[{word.Key}] & ({bits})");
        }).ToList();
        return words.Count == 1 ? words[0] : string.Join(" ||\n\t      ", words.Select(word => $"({word})"));
    }

    private sealed record Prepared(ImmutableArray<Step> Steps, Func<Step.Clause, string?> Verdict, ImmutableArray<string> Parts);
}
