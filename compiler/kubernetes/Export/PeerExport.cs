using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Export;

/// <summary>The terms of a rule's peer as entries of <c>from</c> and <c>to</c>.</summary>
internal static class PeerExport
{
    /// <returns>No peers: everybody. A problem is what the kind of object has no peer for.</returns>
    public static (ImmutableArray<PolicyPeer> Peers, string? Problem) OfNetworkPolicy(ImmutableArray<SetTerm> terms)
    {
        if (terms.Any(term => term is SetTerm.Everything))
        {
            return ([], null);
        }

        return terms.FirstOrDefault(term => term is SetTerm.Nodes or SetTerm.Word) is { } foreign
            ? ([], $"it has no peer for `{Spelled(foreign)}`")
            : ([.. terms.SelectMany(term => term is SetTerm.Addresses addresses ? Blocks(addresses) : [Pods(term)])], null);
    }

    public static (ImmutableArray<PolicyPeer> Peers, string? Problem) OfIngress(ImmutableArray<SetTerm> terms) =>
        terms.FirstOrDefault(term => term is not SetTerm.Pods) is { } foreign
            ? ([], $"its ingress peers are pods alone, not `{Spelled(foreign)}`")
            : ([.. terms.Select(Pods)], null);

    public static (ImmutableArray<PolicyPeer> Peers, string? Problem) OfEgress(ImmutableArray<SetTerm> terms)
    {
        if (terms.FirstOrDefault(term => term is SetTerm.Word) is { } foreign)
        {
            return ([], $"it has no peer for `{Spelled(foreign)}`");
        }

        return (
        [
            .. terms.SelectMany<SetTerm, PolicyPeer>(term => term switch
            {
                SetTerm.Everything => [new PolicyPeer.Block(["0.0.0.0/0", "::/0"], [], default)],
                SetTerm.Nodes => [new PolicyPeer.Nodes(LabelSelector.Everything, default)],
                SetTerm.Addresses addresses => PrefixAlgebra.Of(addresses).Select(prefix => prefix.ToString()).Chunk(ClusterPolicyLimits.MostItems)
                    .Select(chunk => new PolicyPeer.Block([.. chunk], [], default)),
                _ => [Pods(term)],
            }),
        ], null);
    }

    private static PolicyPeer.Pods Pods(SetTerm term) => term is SetTerm.Pods pods
        ? new PolicyPeer.Pods(PodSet.Across(pods.Namespaces, pods.Selector), default)
        : throw new UnreachableException();

    /// <summary>One block a prefix, with the exceptions that lie in it.</summary>
    private static IEnumerable<PolicyPeer> Blocks(SetTerm.Addresses addresses) =>
        from prefix in addresses.Include
        where !addresses.Except.Any(except => except.Contains(prefix))
        select new PolicyPeer.Block([prefix.ToString()], [.. addresses.Except.Where(prefix.Contains).Select(except => except.ToString())], default);

    private static string Spelled(SetTerm term) => term switch
    {
        SetTerm.Everything => "any",
        SetTerm.Nodes => "nodes",
        SetTerm.Addresses => "cidr",
        SetTerm.Word word => word.Text,
        _ => throw new UnreachableException(),
    };
}
