namespace Netpol.Kubernetes.Export;

/// <summary>How much a ClusterNetworkPolicy of v1alpha2 holds (its CRD).</summary>
internal static class ClusterPolicyLimits
{
    /// <summary>Rules in a direction; peers, protocols in a rule; prefixes in a peer.</summary>
    public const int MostItems = 25;

    public const int HighestPriority = 1000;

    public const int LongestRuleName = 100;
}
