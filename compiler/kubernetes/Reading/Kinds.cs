namespace Netpol.Kubernetes.Reading;

/// <summary>What the importer does with a kind of object.</summary>
internal static class Kinds
{
    /// <summary>The version that a kind must have; null: the kind is not imported.</summary>
    public static string? VersionOf(string kind) => kind switch
    {
        "NetworkPolicy" => "networking.k8s.io/v1",
        "Namespace" or "Pod" or "Service" or "ReplicationController" => "v1",
        "Deployment" or "StatefulSet" or "DaemonSet" or "ReplicaSet" => "apps/v1",
        "Job" or "CronJob" => "batch/v1",
        _ => null,
    };

    /// <summary>Groups of APIs that may have a kind of the same name as one of ours.</summary>
    public static bool IsOurs(string kind, string apiVersion) =>
        VersionOf(kind) is { } expected && (GroupOf(apiVersion) == GroupOf(expected) || GroupOf(apiVersion) == "extensions");

    /// <summary>Kinds of other projects that decide what may connect: leaving one out would change the answer.</summary>
    public static bool IsForeignPolicy(string kind, string apiVersion) =>
        GroupOf(apiVersion) is "policy.networking.k8s.io" or "crd.projectcalico.org" or "projectcalico.org"
            ? kind.Contains("Policy", StringComparison.Ordinal) || kind.Contains("NetworkSet", StringComparison.Ordinal)
            : kind.EndsWith("NetworkPolicy", StringComparison.Ordinal) || kind.EndsWith("AuthorizationPolicy", StringComparison.Ordinal);

    public static bool IsInNamespace(string kind) => kind != "Namespace";

    /// <summary>The part before the slash; empty for the core group.</summary>
    private static string GroupOf(string apiVersion)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? "" : apiVersion[..slash];
    }
}
