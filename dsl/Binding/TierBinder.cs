using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>Tiers of policies, and what may not stand side by side in one.</summary>
internal static class TierBinder
{
    public static Tier Bind(FileScope file, TierSyntax? syntax)
    {
        if (syntax is null)
        {
            return Tier.Ordinary;
        }

        if (syntax.Order.Value > Tier.HighestOrder)
        {
            file.Report(BindingDiagnostics.TierOrderTooLarge, syntax.Order.Span, file.Source.TextOf(syntax.Order.Span), Tier.HighestOrder);
        }

        var kind = syntax.Name.Value switch
        {
            "admin" => TierKind.Admin,
            "baseline" => TierKind.Baseline,
            _ => throw new UnreachableException(),
        };
        return new Tier(kind, WithoutTrailingZeros(syntax.Order.Value));
    }

    /// <summary>Two policies that have one place and could select one endpoint in one direction: nobody could say which is asked first.</summary>
    public static void ReportTies(
        IEnumerable<(Declared<PolicySyntax> Declared, Policy Policy)> policies, ImmutableArray<NamespaceDeclaration> namespaces)
    {
        foreach (var place in policies.Where(pair => pair.Policy.Tier.IsOrdered).GroupBy(pair => pair.Policy.Tier))
        {
            var here = place.ToList();
            for (var second = 1; second < here.Count; second++)
            {
                var tied = here.Take(second).FirstOrDefault(first =>
                    SharedDirection(first.Policy, here[second].Policy) is not null
                    && EndpointOverlap.IsPossible([first.Policy.For, here[second].Policy.For], namespaces));
                if (tied.Policy is not null && here[second].Declared.Syntax.Tier is { } written && tied.Declared.Syntax.Tier is { } earlier)
                {
                    var direction = SharedDirection(tied.Policy, here[second].Policy) == Direction.Egress ? "egress" : "ingress";
                    var file = here[second].Declared.File;
                    file.Report(MeaningDiagnostics.TiedPolicies
                        .At(file.Source, written.Span, tied.Policy.Name, here[second].Policy.Name, place.Key, direction)
                        .With(tied.Declared.File.Source, earlier.Span, "the other is here"));
                }
            }
        }
    }

    // A decimal remembers how it was written; division by a one of full length drops the zeros.
    private static decimal WithoutTrailingZeros(decimal number) => number / 1.0000000000000000000000000000m;

    private static Direction? SharedDirection(Policy left, Policy right)
    {
        foreach (var direction in new[] { Direction.Egress, Direction.Ingress })
        {
            if (left.Blocks.Any(block => block.Direction == direction) && right.Blocks.Any(block => block.Direction == direction))
            {
                return direction;
            }
        }

        return null;
    }
}
