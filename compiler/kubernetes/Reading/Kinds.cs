using System.Collections.Immutable;

namespace Netpol.Kubernetes.Reading;

/// <summary>What the importer does with a kind of object.</summary>
internal static class Kinds
{
    private const string ClusterPolicyGroup = "policy.networking.k8s.io";

    /// <summary>The versions that a kind may have, the usual one first; none: the kind is not imported.</summary>
    public static ImmutableArray<string> VersionsOf(string kind) => kind switch
    {
        "NetworkPolicy" => ["networking.k8s.io/v1"],
        "ClusterNetworkPolicy" => [$"{ClusterPolicyGroup}/v1alpha2", $"{ClusterPolicyGroup}/v1beta1"],
        "AdminNetworkPolicy" or "BaselineAdminNetworkPolicy" => [$"{ClusterPolicyGroup}/v1alpha1"],
        "CiliumNetworkPolicy" or "CiliumClusterwideNetworkPolicy" => ["cilium.io/v2"],
        "Namespace" or "Node" or "Pod" or "Service" or "ReplicationController" => ["v1"],
        "Deployment" or "StatefulSet" or "DaemonSet" or "ReplicaSet" => ["apps/v1"],
        "Job" or "CronJob" => ["batch/v1"],
        _ => [],
    };

    /// <summary>Groups of APIs that may have a kind of the same name as one of ours.</summary>
    public static bool IsOurs(string kind, string apiVersion) =>
        VersionsOf(kind) is [var expected, ..] && (GroupOf(apiVersion) == GroupOf(expected) || GroupOf(apiVersion) == "extensions");

    /// <summary>Kinds of other projects that decide what may connect: leaving one out would change the answer.</summary>
    public static bool IsForeignPolicy(string kind, string apiVersion) =>
        GroupOf(apiVersion) is ClusterPolicyGroup or "crd.projectcalico.org" or "projectcalico.org"
            ? kind.Contains("Policy", StringComparison.Ordinal) || kind.Contains("NetworkSet", StringComparison.Ordinal)
            : kind.EndsWith("NetworkPolicy", StringComparison.Ordinal) || kind.EndsWith("AuthorizationPolicy", StringComparison.Ordinal);

    public static bool IsInNamespace(string kind) => kind is not ("Namespace" or "Node" or "CiliumClusterwideNetworkPolicy") && ClusterPolicyDialect.Of(kind) is null;

    /// <summary>The part before the slash; empty for the core group.</summary>
    private static string GroupOf(string apiVersion)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? "" : apiVersion[..slash];
    }
}
