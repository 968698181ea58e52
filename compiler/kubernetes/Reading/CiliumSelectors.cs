using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Reading;

/// <summary>
/// Reads Cilium's selectors, whose keys may say where a label comes from (<c>k8s:app</c>, <c>any:app</c>), and which hold the namespace and its
/// labels among the pod's.
/// </summary>
internal static class CiliumSelectors
{
    private const string NamespaceKey = "io.kubernetes.pod.namespace";
    private const string NamespaceLabelPrefix = "io.cilium.k8s.namespace.labels.";
    private const string PolicyPrefix = "io.cilium.k8s.policy.";

    /// <param name="ownNamespace">Of the policy, in which a selector looks that names no namespace; empty: in all.</param>
    /// <returns>Null where it was reported.</returns>
    public static PodSet? Read(FieldReader fields, string ownNamespace, ImportLog log)
    {
        var selector = Selectors.Read(fields, key => Names.LabelKeyMistake(WithoutSource(key)));
        var namespaces = ImmutableArray.CreateBuilder<LabelRequirement>();
        var pods = ImmutableArray.CreateBuilder<LabelRequirement>();
        var isAcross = ownNamespace.Length == 0;
        foreach (var requirement in selector.Requirements)
        {
            var key = WithoutSource(requirement.Key);
            if (SourceOf(requirement.Key) is not ("" or "k8s" or "any") || key.StartsWith(PolicyPrefix, StringComparison.Ordinal))
            {
                log.Report(ImportDiagnostics.CannotBeSaid, fields.Span, fields.Path, $"`{requirement.Key}` is no label of a pod or a namespace");
                return null;
            }

            if (key == NamespaceKey)
            {
                // Every pod has a namespace.
                isAcross = true;
                if (requirement.Operator == LabelOperator.DoesNotExist)
                {
                    log.Report(ImportDiagnostics.CannotBeSaid, fields.Span, fields.Path, "pods without a namespace");
                    return null;
                }

                if (requirement.Operator != LabelOperator.Exists)
                {
                    namespaces.Add(requirement with { Key = PodSet.NameLabel });
                }
            }
            else if (key.StartsWith(NamespaceLabelPrefix, StringComparison.Ordinal))
            {
                isAcross = true;
                namespaces.Add(requirement with { Key = key[NamespaceLabelPrefix.Length..] });
            }
            else
            {
                pods.Add(requirement with { Key = key });
            }
        }

        var selected = new LabelSelector(pods.ToImmutable());
        return isAcross ? PodSet.Across(new LabelSelector(namespaces.ToImmutable()), selected) : PodSet.In(ownNamespace, selected);
    }

    /// <summary>Nodes by their own labels.</summary>
    public static LabelSelector ReadNodes(FieldReader fields) => new(
    [
        .. Selectors.Read(fields, key => Names.LabelKeyMistake(WithoutSource(key))).Requirements
            .Select(requirement => requirement with { Key = WithoutSource(requirement.Key) }),
    ]);

    private static string SourceOf(string key)
    {
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? "" : key[..colon];
    }

    private static string WithoutSource(string key) => key[(key.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
