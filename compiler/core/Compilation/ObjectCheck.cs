using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Bundle;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Certification;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Text;

namespace Netpol.Compiler.Compilation;

/// <summary>The last stage: what a finished object takes, and the rule to blame where that is too much.</summary>
public static class ObjectCheck
{
    /// <returns>The certificate, or null with the reason.</returns>
    public static (Certificate? Certificate, ImmutableArray<Diagnostic> Diagnostics) Run(
        DatapathOutput output, byte[] objectFile, ImmutableArray<SourceFile> sources) => Run(output, objectFile, sources, CertificateLimits.Kernel);

    /// <param name="limits">Of the kernel.</param>
    internal static (Certificate? Certificate, ImmutableArray<Diagnostic> Diagnostics) Run(
        DatapathOutput output, byte[] objectFile, ImmutableArray<SourceFile> sources, CertificateLimits limits) =>
        ObjectCertifier.TryCertify(objectFile, output.Manifest, output.Model.Scale, limits, out var certificate, out var problem)
            ? (certificate, [])
            : (null, [Diagnose(problem, output, sources)]);

    private static Diagnostic Diagnose(CertificateProblem problem, DatapathOutput output, ImmutableArray<SourceFile> sources)
    {
        var origin = Rule(problem.Positions, output);
        return problem switch
        {
            CertificateProblem.OverLimit over => TargetLimits.At(
                TargetDiagnostics.OverLimit, origin, sources, over.Program, over.Amount, over.What, over.Limit),
            CertificateProblem.Unknown unknown => TargetLimits.At(TargetDiagnostics.Uncertified, origin, sources, unknown.Program, unknown.Reason),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>The rule that most of it is of.</summary>
    private static Origin? Rule(ImmutableArray<SourcePosition> positions, DatapathOutput output)
    {
        var rules = output.Scope.Rules.DistinctBy(rule => (rule.Origin.File, rule.Origin.Line))
            .ToDictionary(rule => (rule.Origin.File, rule.Origin.Line), rule => rule.Origin);
        return positions.Select(position => rules.GetValueOrDefault((position.File, position.Line))).FirstOrDefault(origin => origin is not null);
    }
}
