using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Export;

/// <summary>
/// Whole numbers for the places of a tier. Where all are whole already, and no policy is in parts, they stay; else each place gets one of its
/// own, in the same order.
/// </summary>
internal static class PriorityNumbers
{
    private const int WidestStep = 10;

    /// <param name="parts">Policies of one tier with their orders; later parts of a policy come after its earlier ones.</param>
    public static ImmutableArray<PolicyObject> Give(
        ImmutableArray<(PolicyObject Object, int Part)> parts, out bool isRenumbered, out bool isTooMany)
    {
        var places = parts.Select(part => (Order: part.Object.Tier?.Order ?? 0, part.Part)).Distinct().Order().ToList();
        isRenumbered = places.Any(place => place.Part > 0 || place.Order != decimal.Floor(place.Order));
        isTooMany = places.Count > ClusterPolicyLimits.HighestPriority + 1;
        if (isTooMany)
        {
            return [];
        }

        var step = places.Count <= 1 ? 1 : Math.Min(WidestStep, ClusterPolicyLimits.HighestPriority / (places.Count - 1));
        var isKept = !isRenumbered;
        return
        [
            .. from part in parts
               let tier = part.Object.Tier ?? throw new InvalidOperationException($"{part.Object.Metadata} is of no tier")
               let number = isKept ? (int)tier.Order : places.IndexOf((tier.Order, part.Part)) * step
               select part.Object with { Tier = tier with { Priority = number, Order = number } },
        ];
    }
}
