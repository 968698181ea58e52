using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Model;
using Netpol.Text;

namespace Netpol.Kubernetes.Export;

/// <summary>
/// Policies as objects: of the ordinary tier NetworkPolicies, one for each way to select, of the others ClusterNetworkPolicies, in as many parts
/// as their lengths ask for.
/// </summary>
internal sealed class PolicyExport(NetworkModel model, ObjectNames names, ExportLog log)
{
    private readonly RuleExport _rules = new(log);
    private readonly SelectedNamespaces _namespaces = new(model);

    public ImmutableArray<PolicyObject> Export() =>
    [
        .. model.Policies.Where(policy => !policy.Tier.IsOrdered).SelectMany(Ordinary),
        .. Ordered(TierKind.Admin),
        .. Ordered(TierKind.Baseline),
    ];

    private IEnumerable<PolicyObject> Ordinary(Policy policy)
    {
        foreach (var open in policy.Blocks.Where(block => block.IsOpen && !block.Rules.IsEmpty))
        {
            log.Refuse(open.Origin, "`open`", "NetworkPolicy", "a policy there isolates in every direction that it has rules for");
        }

        if (policy.Blocks.All(block => block.IsOpen))
        {
            yield break;
        }

        foreach (var subject in Subjects(policy))
        {
            if (_namespaces.Of(subject) is not { } own)
            {
                log.Refuse(
                    policy.Origin, $"`policy {policy.Name}`", "NetworkPolicy",
                    "it lives in one namespace; name the namespaces, or say `tier admin` or `tier baseline`");
                continue;
            }

            foreach (var name in own)
            {
                yield return new PolicyObject(
                    Metadata("NetworkPolicy", name, policy), PodSet.In(name, subject.Selector), Tier: null,
                    Isolated(policy, Direction.Ingress, name), Isolated(policy, Direction.Egress, name));
            }
        }
    }

    private RuleBlock? Isolated(Policy policy, Direction direction, string own) =>
        policy.Blocks.Any(block => block.Direction == direction && !block.IsOpen)
            ? new RuleBlock(_rules.OfNetworkPolicy(policy.RulesOf(direction), own))
            : null;

    private ImmutableArray<PolicyObject> Ordered(TierKind kind)
    {
        var parts = ImmutableArray.CreateBuilder<(PolicyObject Object, int Part)>();
        foreach (var policy in model.Policies.Where(policy => policy.Tier.Kind == kind).OrderBy(policy => policy.Tier.Order))
        {
            foreach (var subject in Subjects(policy))
            {
                var own = _namespaces.Of(subject) is [var only] ? only : null;
                var ingress = _rules.OfClusterPolicy(policy.RulesOf(Direction.Ingress), own, Direction.Ingress).Chunk(ClusterPolicyLimits.MostItems).ToList();
                var egress = _rules.OfClusterPolicy(policy.RulesOf(Direction.Egress), own, Direction.Egress).Chunk(ClusterPolicyLimits.MostItems).ToList();
                for (var part = 0; part < Math.Max(ingress.Count, egress.Count); part++)
                {
                    parts.Add((
                        new PolicyObject(
                            Metadata("ClusterNetworkPolicy", "", policy), PodSet.Across(subject.Namespaces, subject.Selector),
                            new PolicyTier(kind == TierKind.Baseline, 0, policy.Tier.Order), Block(ingress, part), Block(egress, part)),
                        part));
                }
            }
        }

        return PriorityNumbers.Give(parts.ToImmutable(), out var isRenumbered, out var isTooMany) is var numbered && isTooMany
            ? Refuse(kind)
            : Renumbered(kind, numbered, isRenumbered);
    }

    private ImmutableArray<PolicyObject> Refuse(TierKind kind)
    {
        log.Refuse(
            model.Policies.First(policy => policy.Tier.Kind == kind).Origin, $"`tier {kind.ToString().ToLowerInvariant()}`", "ClusterNetworkPolicy",
            $"it has more than {ClusterPolicyLimits.HighestPriority + 1} places");
        return [];
    }

    private ImmutableArray<PolicyObject> Renumbered(TierKind kind, ImmutableArray<PolicyObject> numbered, bool isRenumbered)
    {
        if (isRenumbered)
        {
            log.Report(
                ExportDiagnostics.Renumbered, model.Policies.First(policy => policy.Tier.Kind == kind).Origin, kind.ToString().ToLowerInvariant());
        }

        return numbered;
    }

    private static RuleBlock? Block(List<PolicyRule[]> chunks, int part) => part < chunks.Count ? new RuleBlock([.. chunks[part]]) : null;

    private IEnumerable<SetTerm.Pods> Subjects(Policy policy)
    {
        var (terms, problem) = SetTerms.Of(policy.For, ownNamespace: null, isSubject: true);
        problem ??= terms.OfType<SetTerm.Pods>().Select(term => LabelCheck.MistakeIn(PodSet.Across(term.Namespaces, term.Selector)))
            .FirstOrDefault(mistake => mistake is not null);
        if (problem is not null)
        {
            log.Refuse(policy.Origin, $"what `policy {policy.Name}` selects", policy.Tier.IsOrdered ? "ClusterNetworkPolicy" : "NetworkPolicy", problem);
            return [];
        }

        return terms.OfType<SetTerm.Pods>().DistinctBy(term => PodSet.Across(term.Namespaces, term.Selector).Key);
    }

    private ObjectMetadata Metadata(string kind, string @namespace, Policy policy) => new(
        kind, @namespace, names.Give(kind, @namespace, policy.Name), ImmutableSortedDictionary<string, string>.Empty,
        SourceFile.None, default)
    {
        Description = policy.Documentation,
    };
}
