namespace Netpol.Kubernetes.Reading;

/// <summary>
/// Where the kinds of policy.networking.k8s.io differ: ClusterNetworkPolicy (v1alpha2 and v1beta1, which only refuses more prefixes),
/// and AdminNetworkPolicy and BaselineAdminNetworkPolicy (v1alpha1) before it.
/// </summary>
/// <param name="AllowWord">The action that lets traffic through.</param>
/// <param name="MostItems">Rules in a direction, peers and ports in a rule.</param>
/// <param name="HasTier">The object says its tier; else its kind does.</param>
/// <param name="IsBaseline">Of a kind that has but one tier.</param>
/// <param name="HasProtocols">Ports are <c>protocols</c> of v1alpha2; else <c>ports</c> of v1alpha1.</param>
/// <param name="HasFirstForm">Peers may take the form of v0.1.0, which says <c>namespaces.namespaceSelector</c>.</param>
internal sealed record ClusterPolicyDialect(
    string AllowWord, int MostItems, bool HasTier, bool IsBaseline, bool HasPriority, bool HasPass, bool HasProtocols, bool HasFirstForm)
{
    private static readonly ClusterPolicyDialect Cluster = new(
        "Accept", MostItems: 25, HasTier: true, IsBaseline: false, HasPriority: true, HasPass: true, HasProtocols: true, HasFirstForm: false);

    private static readonly ClusterPolicyDialect Admin = new(
        "Allow", MostItems: 100, HasTier: false, IsBaseline: false, HasPriority: true, HasPass: true, HasProtocols: false, HasFirstForm: true);

    private static readonly ClusterPolicyDialect Baseline = Admin with { IsBaseline = true, HasPriority = false, HasPass = false };

    /// <summary>Null for kinds of other groups.</summary>
    public static ClusterPolicyDialect? Of(string kind) => kind switch
    {
        "ClusterNetworkPolicy" => Cluster,
        "AdminNetworkPolicy" => Admin,
        "BaselineAdminNetworkPolicy" => Baseline,
        _ => null,
    };
}
