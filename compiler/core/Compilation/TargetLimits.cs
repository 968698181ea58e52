using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Backends;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Layout;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Text;

namespace Netpol.Compiler.Compilation;

/// <summary>Bounds that a source must keep so that its program loads; computed, so that no kernel has to say no.</summary>
internal static class TargetLimits
{
    /// <summary>Bits of a membership in generated code: 64 words are 512 bytes of each address class.</summary>
    private const int MaxSets = 64 * 64;

    /// <summary>
    /// Instructions of both verdicts together. The verifier gives up at 1,000,000 processed ones
    /// (BPF_COMPLEXITY_LIMIT_INSNS). Measured with 60 to 3,000 rules it processes 1.4 for each of <see cref="InstructionCost"/>;
    /// twice that leaves 200,000 for the datapath around them, which takes 35,000.
    /// </summary>
    private const int MaxInstructions = 400_000;

    /// <summary>
    /// Instructions of one rule, which cannot be cut: a jump reaches 32,767, and the verifier keeps 8,192 untried branches
    /// (BPF_COMPLEXITY_LIMIT_JMP_SEQ), of which there is at most one in two instructions.
    /// </summary>
    private const int MaxRuleInstructions = 16_000;

    private const int MaxBackends = 64 * 1024;

    public static ImmutableArray<Diagnostic> Check(NetworkModel model, DecisionProgram program, VerdictPlan verdicts, ImmutableArray<SourceFile> sources)
    {
        var found = ImmutableArray.CreateBuilder<Diagnostic>();
        if (!verdicts.AreTables)
        {
            CheckCode(model, program, sources, found);
        }

        CheckServices(model, sources, found);
        return found.ToImmutable();
    }

    /// <summary>The bounds of what verdicts have no part in.</summary>
    public static ImmutableArray<Diagnostic> Check(NetworkModel model, ImmutableArray<SourceFile> sources)
    {
        var found = ImmutableArray.CreateBuilder<Diagnostic>();
        CheckServices(model, sources, found);
        return found.ToImmutable();
    }

    private static void CheckServices(NetworkModel model, ImmutableArray<SourceFile> sources, ImmutableArray<Diagnostic>.Builder found)
    {
        foreach (var service in model.Services)
        {
            if (BackendTable.Entries(service) is var entries && entries > MaxBackends)
            {
                found.Add(At(TargetDiagnostics.TooManyBackends, service.Origin, sources, service.Name, entries, MaxBackends));
            }
        }
    }

    private static void CheckCode(
        NetworkModel model, DecisionProgram program, ImmutableArray<SourceFile> sources, ImmutableArray<Diagnostic>.Builder found)
    {
        if (program.Sets.Length > MaxSets && model.Policies.FirstOrDefault() is { } first)
        {
            found.Add(At(TargetDiagnostics.TooManySets, first.Origin, sources, program.Sets.Length, MaxSets));
        }

        var cost = InstructionCost.Of(program, out var largest);
        if (cost > MaxInstructions && largest is not null)
        {
            found.Add(At(TargetDiagnostics.PolicyTooLarge, largest, sources, cost, MaxInstructions));
        }

        foreach (var direction in new[] { program.Egress, program.Ingress })
        {
            CheckAdmin(direction, sources, found);
        }

        foreach (var step in Step.Clauses([.. program.Egress.Steps, .. program.Ingress.Steps]))
        {
            if (InstructionCost.Of(step with { Log = LogAnswer.No }) is var ofRule && ofRule > MaxRuleInstructions)
            {
                found.Add(At(TargetDiagnostics.RuleTooLarge, step.Origin, sources, ofRule, MaxRuleInstructions));
            }
        }
    }

    // A rule that passes leaves the tier by a jump, so the tier is one function.
    private static void CheckAdmin(DirectionProgram direction, ImmutableArray<SourceFile> sources, ImmutableArray<Diagnostic>.Builder found)
    {
        var admin = direction[RuleStage.Admin];
        if (admin.Any(step => step is Step.Clause { Action: RuleAction.Pass })
            && admin.Sum(InstructionCost.Of) is var cost && cost > MaxRuleInstructions)
        {
            found.Add(At(TargetDiagnostics.PolicyTooLarge, Step.Clauses(admin).First().Origin, sources, cost, MaxRuleInstructions));
        }
    }

    internal static Diagnostic At(
        DiagnosticDescriptor descriptor, Origin? origin, ImmutableArray<SourceFile> sources, params object[] arguments)
    {
        var source = sources.FirstOrDefault(file => file.Path == origin?.File);
        return source is null || origin is null
            ? descriptor.Nowhere(arguments)
            : descriptor.At(source, new TextSpan(source.OffsetOf(origin.Line, origin.Column), origin.Text.Length), arguments);
    }
}
