using Netpol.Kubernetes.Objects;
using Netpol.Kubernetes.Reading;

namespace Netpol.Kubernetes.Export;

/// <summary>Names and labels that the API server refuses: an object that has them could not be made.</summary>
internal static class LabelCheck
{
    public static string? MistakeIn(PodSet set) =>
        (set.Namespace is { } name ? Names.LabelMistake(name) : null) ?? MistakeIn(set.Namespaces) ?? MistakeIn(set.Pods);

    public static string? MistakeIn(LabelSelector? selector) => selector is null ? null
        : (from requirement in selector.Requirements
           let mistake = Names.LabelKeyMistake(requirement.Key)
               ?? requirement.Values.Select(Names.LabelValueMistake).FirstOrDefault(found => found is not null)
           where mistake is not null
           select mistake).FirstOrDefault();
}
