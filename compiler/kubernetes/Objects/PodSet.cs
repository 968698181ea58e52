namespace Netpol.Kubernetes.Objects;

/// <summary>A set of pods as Kubernetes selects them: some namespaces, and labels. Pods on the host's network are in none.</summary>
/// <param name="Namespace">The one namespace; null where <paramref name="Namespaces"/> says which.</param>
/// <param name="Namespaces">Null where there is one namespace; empty: all of them.</param>
internal sealed record PodSet(string? Namespace, LabelSelector? Namespaces, LabelSelector Pods)
{
    /// <summary>The label that the API server gives every namespace; its value is the namespace's name.</summary>
    public const string NameLabel = "kubernetes.io/metadata.name";

    /// <summary>Equal of sets that hold the same pods for the same reason.</summary>
    public string Key { get; } = $"{Namespace}\0{Namespaces?.Key}\0{(Namespaces is null ? 'n' : 's')}\0{Pods.Key}";

    public static PodSet In(string @namespace, LabelSelector pods) => new(@namespace, null, pods);

    /// <summary>Of the namespaces that a selector finds; one that asks for a name finds one at most.</summary>
    public static PodSet Across(LabelSelector namespaces, LabelSelector pods) => namespaces switch
    {
        { Requirements: [{ Key: NameLabel, Operator: LabelOperator.In, Values: [var name] }] } => In(name, pods),
        _ => new PodSet(null, namespaces, pods),
    };

    /// <summary>No pod can be in both; false where it cannot be told from the selectors alone.</summary>
    public bool IsDisjointFrom(PodSet other) =>
        NamespaceSelector.IsDisjointFrom(other.NamespaceSelector) || Pods.IsDisjointFrom(other.Pods);

    /// <summary>By its labels, and by its namespace where that is one; labels of namespaces are not asked.</summary>
    public bool CouldHold(WorkloadObject workload) =>
        (Namespace is null || workload.Metadata.Namespace == Namespace) && Pods.Matches(workload.PodLabels);

    private LabelSelector NamespaceSelector =>
        Namespaces ?? new LabelSelector([new LabelRequirement(NameLabel, LabelOperator.In, [Namespace ?? ""])]);
}
