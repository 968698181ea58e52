using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Reading;

/// <summary>
/// Policies of one tier with one priority, in whose order "the implementation can apply any": split by their names into
/// priorities of their own, <c>10</c> into <c>10</c>, <c>10.1</c>, <c>10.2</c>. Said where the choice could be felt.
/// </summary>
internal static class PriorityTies
{
    private const int LastPriority = 1000;

    public static (KubernetesObjects Objects, ImmutableArray<Diagnostic> Diagnostics) Split(KubernetesObjects objects)
    {
        var diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
        var orders = new Dictionary<ObjectMetadata, decimal>(ReferenceEqualityComparer.Instance);
        foreach (var tier in objects.Policies.Where(policy => policy.Tier is not null).GroupBy(policy => policy.Tier?.IsBaseline))
        {
            var groups = tier.GroupBy(policy => policy.Tier?.Priority ?? 0).ToDictionary(group => group.Key, group => InOrder(group));
            foreach (var (priority, policies) in groups)
            {
                foreach (var (policy, order) in policies.Zip(Orders(priority, policies.Length, groups)))
                {
                    orders[policy.Metadata] = order;
                }

                diagnostics.AddRange(Conflicts(policies, priority));
            }
        }

        var split = objects.Policies.Select(policy => policy.Tier is { } tier ? policy with { Tier = tier with { Order = orders[policy.Metadata] } } : policy);
        return (objects with { Policies = [.. split] }, diagnostics.ToImmutable());
    }

    // A BaselineAdminNetworkPolicy has no priority: it comes last.
    private static ImmutableArray<PolicyObject> InOrder(IEnumerable<PolicyObject> policies) =>
    [
        .. policies.OrderBy(policy => policy.Metadata.Kind == "BaselineAdminNetworkPolicy")
            .ThenBy(policy => policy.Metadata.Name, StringComparer.Ordinal).ThenBy(policy => policy.Metadata.Kind, StringComparer.Ordinal),
    ];

    /// <summary>Above the priority and below the next; the last one has no next, so its ties lie below it and above those of 999.</summary>
    private static IEnumerable<decimal> Orders(int priority, int count, Dictionary<int, ImmutableArray<PolicyObject>> groups)
    {
        var step = Step(count);
        if (priority < LastPriority)
        {
            return Enumerable.Range(0, count).Select(index => priority + (index * step));
        }

        var below = groups.TryGetValue(priority - 1, out var before) ? Step(before.Length) : 1m;
        return Enumerable.Range(0, count).Select(index => priority - ((count - 1 - index) * step * below));
    }

    /// <summary>The largest of 1, 0.1, 0.01, … of which that many make at most one.</summary>
    private static decimal Step(int count)
    {
        var step = 1m;
        while (count * step > 1m)
        {
            step /= 10m;
        }

        return step;
    }

    private static IEnumerable<Diagnostic> Conflicts(ImmutableArray<PolicyObject> policies, int priority) =>
        from index in Enumerable.Range(1, policies.Length - 1)
        let later = policies[index]
        let earlier = policies.Take(index).FirstOrDefault(candidate => Conflict(candidate, later))
        where earlier is not null
        select ImportDiagnostics.TiedPriority.At(later.Metadata.Source, later.Metadata.Span, earlier.Metadata, later.Metadata, priority)
            .With(earlier.Metadata.Source, earlier.Metadata.Span, "the first is here");

    private static bool Conflict(PolicyObject one, PolicyObject other) =>
        !one.Subject.IsDisjointFrom(other.Subject) && (Differ(one.Ingress, other.Ingress) || Differ(one.Egress, other.Egress));

    // Where all rules do the same, their order is not felt.
    private static bool Differ(RuleBlock? one, RuleBlock? other) =>
        one is not null && other is not null && one.Rules.Concat(other.Rules).DistinctBy(rule => rule.Action).Count() > 1;
}
