using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Netpol.Bundle.Verdicts;
using Netpol.Model;

namespace Netpol.Compiler.Ir;

/// <summary>The dump of a program: what <c>--dump ir</c> shows, and what the snapshots hold.</summary>
public static class IrPrinter
{
    public static string Print(DecisionProgram program)
    {
        var text = new StringBuilder();
        Section(text, "sets", program.Sets.Select(set =>
            set.Name is null ? $"{set.Id} = {set.Spelling}" : $"{set.Id} {set.Name} = {set.Spelling}"));
        Section(text, "port names", program.PortNames.Select((name, index) => Invariant($"n{index} = {name}")));
        Section(text, "services", program.Services.Select(service =>
            Invariant($"{service.Id} {service.Service.Name}") + (service.Backends is { } set ? $" backends {set}" : "")));
        Section(text, "samples", program.Samples.Select(sample =>
            Invariant($"1 in {sample.OneIn}") + (sample.For is { } set ? $" for {set}" : "")));
        Print(text, program.Egress);
        Print(text, program.Ingress);
        return text.ToString();
    }

    /// <summary>One direction alone; what tests of passes compare.</summary>
    public static string Print(DirectionProgram direction)
    {
        var text = new StringBuilder();
        Print(text, direction);
        return text.ToString();
    }

    private static void Section(StringBuilder text, string title, IEnumerable<string> lines)
    {
        var isFirst = true;
        foreach (var line in lines)
        {
            if (isFirst)
            {
                text.Append(title).Append('\n');
                isFirst = false;
            }

            text.Append("    ").Append(line).Append('\n');
        }
    }

    private static void Print(StringBuilder text, DirectionProgram direction)
    {
        text.Append(direction.Direction == Direction.Egress ? "egress" : "ingress").Append('\n');
        if (direction.HasTiers)
        {
            PrintTiers(text, direction);
            return;
        }

        if (direction.Isolated is not Condition.True)
        {
            text.Append("    unless ").Append(direction.Isolated).Append(": allow, not isolated\n");
        }

        foreach (var list in direction.Lists)
        {
            Print(text, "", list.Steps, 1);
        }

        if (direction.Isolated is not Condition.False)
        {
            text.Append("    deny by default\n");
        }
    }

    private static void PrintTiers(StringBuilder text, DirectionProgram direction)
    {
        Print(text, "admin ", direction[RuleStage.Admin], 1);
        if (direction.Direction == Direction.Ingress)
        {
            text.Append("    if from host: allow, host\n");
        }

        Print(text, "", direction[RuleStage.Deny], 1);
        Print(text, "", direction[RuleStage.Reject], 1);
        Print(text, "", direction[RuleStage.Allow], 1);
        Print(text, "limited ", direction[RuleStage.Limited], 1);
        text.Append("    if ").Append(direction.Isolated).Append(": deny by default\n");
        Print(text, "baseline ", direction[RuleStage.Baseline], 1);
        text.Append("    allow, not isolated\n");
    }

    private static void Print(StringBuilder text, string tier, ImmutableArray<Step> steps, int depth)
    {
        foreach (var step in steps)
        {
            text.Append(' ', depth * 4);
            switch (step)
            {
                case Step.Clause clause:
                    text.Append(tier).Append(clause.Action.ToString().ToLowerInvariant()).Append(Invariant($" #{clause.Rule}")).Append(clause.Log switch
                    {
                        LogAnswer.No => "",
                        LogAnswer.Yes => " log",
                        LogAnswer.WhereAnotherMatches => " log?",
                        _ => throw new UnreachableException(),
                    });
                    text.Append(" when ").Append(clause.When).Append("   // ").Append(clause.Origin).Append('\n');
                    break;
                case Step.Guarded guarded:
                    text.Append("if ").Append(guarded.When).Append("   // ").Append(guarded.Origin).Append('\n');
                    Print(text, tier, guarded.Steps, depth + 1);
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
