using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Text;

namespace Netpol.Compiler.Compilation;

/// <summary>What the language can say and no program enforces yet: it is refused by its name, where it stands.</summary>
internal static class EnforcedFeatures
{
    public static ImmutableArray<Diagnostic> Check(NetworkModel model, ImmutableArray<SourceFile> sources) =>
        [.. Missing(model).Select(missing => TargetLimits.At(TargetDiagnostics.NotEnforced, missing.Origin, sources, missing.Feature))];

    private static IEnumerable<(Origin Origin, string Feature)> Missing(NetworkModel model) =>
        model.Policies.SelectMany(Missing).Concat(model.Assumptions.Select(assumption => (assumption.Origin, "`assume`")));

    private static IEnumerable<(Origin Origin, string Feature)> Missing(Policy policy)
    {
        if (policy.Tier.IsOrdered)
        {
            yield return (policy.Origin, $"`{policy.Tier}`");
        }

        foreach (var block in policy.Blocks)
        {
            if (block.IsOpen)
            {
                yield return (block.Origin, "`open`");
            }

            foreach (var rule in block.Rules)
            {
                if (rule.Action == RuleAction.Reject)
                {
                    yield return (rule.Origin, "`reject`");
                }

                if (rule.Limit is not null)
                {
                    yield return (rule.Origin, "`limit`");
                }
            }
        }
    }
}
