using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Model;

namespace Netpol.Kubernetes.Export;

/// <summary>Which namespaces a set of pods names. Of their other labels those count that the source declares.</summary>
internal sealed class SelectedNamespaces(NetworkModel model)
{
    /// <returns>Null where it does not name them all, or asks for labels that the source does not say.</returns>
    public ImmutableArray<string>? Of(SetTerm.Pods pods)
    {
        var requirements = pods.Namespaces.Requirements;
        if (requirements.FirstOrDefault(requirement => requirement is { Key: PodSet.NameLabel, Operator: LabelOperator.In }) is not { } named)
        {
            return null;
        }

        var asksForLabels = requirements.Any(requirement => requirement.Key != PodSet.NameLabel);
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var name in named.Values)
        {
            var declared = model.Namespaces.FirstOrDefault(candidate => candidate.Name == name);
            if (asksForLabels && declared is null)
            {
                return null;
            }

            if (pods.Namespaces.Matches((declared?.Labels ?? ImmutableSortedDictionary<string, string>.Empty).SetItem(PodSet.NameLabel, name)))
            {
                found.Add(name);
            }
        }

        return found.ToImmutable();
    }
}
