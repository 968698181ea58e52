using System.Text;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Writing;

/// <summary>What a person would call a set of pods: by the workload that has these labels, else by the labels' values.</summary>
internal static class GroupNaming
{
    private const int LongestName = 40;
    private const int MostValues = 3;

    /// <summary>The short name, and the one with the namespace for sets whose short names meet.</summary>
    public static (string Short, string Qualified) Of(PodSet set, KubernetesObjects objects)
    {
        var pods = WorkloadName(set, objects) ?? Of(set.Pods);
        var scope = set.Namespace ?? (set.Namespaces is { IsEmpty: false } selector ? Of(selector) : "any");
        var both = pods.Length == 0 ? $"{scope}-pods" : $"{scope}-{pods}";
        var isOneNamespace = set.Namespace is not null;
        return (Tidy(isOneNamespace && pods.Length > 0 ? pods : both), Tidy(both));
    }

    /// <summary>Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, so that it reads without quotes.</summary>
    public static string Tidy(string name)
    {
        var tidy = new StringBuilder();
        foreach (var letter in name)
        {
            tidy.Append(char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-');
        }

        if (tidy.Length == 0 || !(char.IsAsciiLetter(tidy[0]) || tidy[0] == '_'))
        {
            tidy.Insert(0, "pods-");
        }

        var text = tidy.ToString();
        return (text.Length > LongestName ? text[..LongestName] : text).TrimEnd('-', '.');
    }

    private static string? WorkloadName(PodSet set, KubernetesObjects objects) => set.Namespace is null ? null
        : objects.Workloads.FirstOrDefault(workload => workload.Metadata.Namespace == set.Namespace && !workload.IsOwned
            && (workload.Selector ?? LabelSelector.Of(workload.PodLabels)).Key == set.Pods.Key)?.Metadata.Name;

    private static string Of(LabelSelector selector) => string.Join('-', selector.Requirements.Select(Of));

    private static string Of(LabelRequirement requirement)
    {
        var slash = requirement.Key.LastIndexOf('/');
        var key = requirement.Key[(slash + 1)..];
        var values = requirement.Values.Length > MostValues
            ? $"{key}-of-{requirement.Values.Length}"
            : string.Join("-or-", requirement.Values.Select(value => value.Length == 0 ? $"empty-{key}" : value));
        return requirement.Operator switch
        {
            LabelOperator.In => values,
            LabelOperator.NotIn => $"not-{values}",
            LabelOperator.Exists => $"with-{key}",
            _ => $"without-{key}",
        };
    }
}
