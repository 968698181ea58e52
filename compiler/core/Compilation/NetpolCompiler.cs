using System.Collections.Immutable;
using System.Globalization;
using Netpol.Binding;
using Netpol.Compiler.Bundling;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Layout;
using Netpol.Compiler.Lowering;
using Netpol.Compiler.Passes;
using Netpol.Compiler.Terms;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Compiler.Compilation;

/// <summary>The stages in order. Pure: files come in as text, what comes out is text; the toolchain does the rest.</summary>
public static class NetpolCompiler
{
    /// <summary>Compiles files that are read and parsed.</summary>
    /// <param name="parsing">What was found while doing so; it is part of the result.</param>
    public static CompilationResult Compile(
        ImmutableArray<CompilationUnitSyntax> units, ImmutableArray<Diagnostic> parsing, VerdictChoice choice = VerdictChoice.Auto)
    {
        var (model, binding) = Binder.Bind(units);
        ImmutableArray<Diagnostic> found = [.. parsing, .. binding];
        if (found.Any(diagnostic => diagnostic.IsError))
        {
            return new CompilationResult(null, found);
        }

        var result = Compile(model, [.. units.Select(unit => unit.Source)], choice);
        return result with { Diagnostics = [.. found, .. result.Diagnostics] };
    }

    /// <summary>Compiles a model.</summary>
    /// <param name="sources">The files it was bound from, for the places of diagnostics.</param>
    public static CompilationResult Compile(NetworkModel model, ImmutableArray<SourceFile> sources, VerdictChoice choice = VerdictChoice.Auto)
    {
        var missing = EnforcedFeatures.Check(model, sources);
        if (!missing.IsEmpty)
        {
            return new CompilationResult(null, missing);
        }

        ImmutableArray<string> paths = [.. sources.Select(source => source.Path).Order(StringComparer.Ordinal)];
        var lowered = ModelLowering.Lower(model);
        var program = PassList.Run(lowered);
        var verdicts = Verdicts(model, program, choice, sources, out var wrong);
        if (wrong is not null)
        {
            return new CompilationResult(null, [wrong]);
        }

        var tooLarge = TargetLimits.Check(model, program, verdicts, sources);
        if (!tooLarge.IsEmpty)
        {
            return new CompilationResult(null, tooLarge);
        }

        var layout = LayoutPlanner.Plan(model, program, verdicts);
        var manifest = ManifestWriter.Describe(model, program, layout, paths);
        return new CompilationResult(new CompilationOutput(model, lowered, program, layout, manifest), []);
    }

    private static VerdictPlan FasterCode(VerdictWeighing weighed) => new(null, string.Create(
        CultureInfo.InvariantCulture, $"a first packet takes at most {weighed.Instructions} instructions so, and tables take as long as {VerdictWeighing.TablesTake}"));

    private static VerdictPlan Verdicts(
        NetworkModel model, DecisionProgram program, VerdictChoice choice, ImmutableArray<SourceFile> sources, out Diagnostic? wrong)
    {
        wrong = null;
        if (choice == VerdictChoice.Code)
        {
            return new VerdictPlan(null, "the build asked for it");
        }

        var (terms, reason) = TermExtraction.Extract(program);
        if (terms is null || TermProof.Refute(program, terms) is not { } refutation)
        {
            return choice == VerdictChoice.Fastest && terms is not null && VerdictWeighing.Of(terms) is { IsCodeFaster: true } weighed
                && FasterCode(weighed) is var code && TargetLimits.Check(model, program, code, sources).IsEmpty
                ? code
                : new VerdictPlan(terms, reason);
        }

        wrong = refutation.Packet is { } packet ? TargetLimits.At(TargetDiagnostics.WrongTerms, refutation.Rule, sources, packet) : null;
        return new VerdictPlan(null, $"the rule at {refutation.Rule} asks for more than a table is proved to say");
    }
}
