using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>
/// Admin rules that take the node's right from it (probes) without naming it: by <c>any</c>, or by addresses that a node may have. An
/// earlier rule that lets the node pass, or keeps its right, makes them harmless.
/// </summary>
internal static class NodeAccess
{
    private enum Reach
    {
        /// <summary>The node is not in the set.</summary>
        No,

        /// <summary>It is, by <c>any</c> or a prefix.</summary>
        Unnamed,

        /// <summary>It is by its name.</summary>
        Named,
    }

    public static void WarnWhereShut(Declared<PolicySyntax> declared, Policy policy, Cluster cluster)
    {
        if (policy.Tier.Kind != TierKind.Admin)
        {
            return;
        }

        var isSafe = false;
        foreach (var rule in declared.Syntax.Blocks.Zip(policy.Blocks)
            .Where(pair => pair.Second.Direction == Direction.Ingress)
            .SelectMany(pair => pair.First.Rules.Zip(pair.Second.Rules)))
        {
            var (written, meant) = rule;
            if (isSafe)
            {
                return;
            }

            if (meant.Action is RuleAction.Allow or RuleAction.Pass)
            {
                isSafe = meant.Ports.IsEmpty && Reaches(meant.Peer, cluster) != Reach.No && NamesNode(meant.Peer);
            }
            else if (Reaches(meant.Peer, cluster) == Reach.Unnamed)
            {
                declared.File.Report(MeaningDiagnostics.NodeShutOut, written.Peer.Span, declared.File.Source.TextOf(written.Peer.Span));
            }
        }
    }

    private static Reach Reaches(AddressSet set, Cluster cluster) => set switch
    {
        AddressSet.Any => Reach.Unnamed,
        AddressSet.Host or AddressSet.Nodes => Reach.Named,
        AddressSet.Cidr cidr => MayHoldNode(cidr, cluster) ? Reach.Unnamed : Reach.No,
        AddressSet.Named named => Reaches(named.Set, cluster),
        AddressSet.Union union => union.Parts.Select(part => Reaches(part, cluster)).DefaultIfEmpty(Reach.No).Max(),
        AddressSet.Intersection intersection => Every([.. intersection.Parts.Select(part => Reaches(part, cluster))]),
        AddressSet.Difference difference => NamesNode(difference.Right) ? Reach.No : Reaches(difference.Left, cluster),
        _ => Reach.No,
    };

    private static Reach Every(ImmutableArray<Reach> parts) => parts.Contains(Reach.No) ? Reach.No : parts.Max();

    /// <summary>All of <c>host</c> is in it.</summary>
    private static bool NamesNode(AddressSet set) => set switch
    {
        AddressSet.Any or AddressSet.Host or AddressSet.Nodes => true,
        AddressSet.Named named => NamesNode(named.Set),
        AddressSet.Union union => union.Parts.Any(NamesNode),
        AddressSet.Intersection intersection => intersection.Parts.All(NamesNode),
        _ => false,
    };

    /// <summary>Where no range of the family is declared for nodes, any prefix that is no single address may hold one.</summary>
    private static bool MayHoldNode(AddressSet.Cidr cidr, Cluster cluster) => cidr.Include.Any(prefix =>
    {
        var nodes = cluster.NodeRanges.Where(range => range.Family == prefix.Family).ToList();
        return nodes.Count == 0
            ? prefix.Length < prefix.Network.Width
            : nodes.Exists(range => (range.Contains(prefix) || prefix.Contains(range))
                && !cidr.Except.Any(except => except.Contains(range) || except.Contains(prefix)));
    });
}
