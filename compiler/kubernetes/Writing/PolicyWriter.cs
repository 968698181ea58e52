using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Kubernetes.Objects;
using Netpol.Syntax;

namespace Netpol.Kubernetes.Writing;

/// <summary>A NetworkPolicy to a policy: one rule for each of its rules, one block for each direction that it isolates.</summary>
internal sealed class PolicyWriter(GroupTable groups, PortLists ports)
{
    /// <summary>Counts what <see cref="Write"/> will use, so that names can be given before.</summary>
    public void Use(NetworkPolicyObject policy)
    {
        groups.Use(Selected(policy));
        foreach (var rule in policy.Rules)
        {
            var sets = rule.Peers.OfType<PolicyPeer.Selected>().Select(peer => PodSet.Of(peer, policy.Metadata.Namespace));
            foreach (var set in sets.DistinctBy(set => set.Key))
            {
                groups.Use(set);
            }

            ports.Use(rule.Ports, policy.Metadata.Name);
        }
    }

    public PolicySyntax Write(NetworkPolicyObject policy, string name)
    {
        var blocks = ImmutableArray.CreateBuilder<PolicyBlockSyntax>();
        if (policy.Ingress is { } ingress)
        {
            blocks.Add(Block(policy, DirectionSyntax.Ingress, PeerWordSyntax.From, ingress));
        }

        if (policy.Egress is { } egress)
        {
            blocks.Add(Block(policy, DirectionSyntax.Egress, PeerWordSyntax.To, egress));
        }

        return new PolicySyntax(name, groups.Write(Selected(policy)), blocks.ToImmutable())
        {
            Documentation = Origins.Of(policy.Metadata),
            HasBlankLineBefore = true,
        };
    }

    private static PodSet Selected(NetworkPolicyObject policy) => PodSet.In(policy.Metadata.Namespace, policy.PodSelector);

    private PolicyBlockSyntax Block(
        NetworkPolicyObject policy, DirectionSyntax direction, PeerWordSyntax word, ImmutableArray<PolicyRule> rules)
    {
        var written = rules.Select(rule => new RuleSyntax(
            ActionSyntax.Allow, word, Peers(rule.Peers, policy.Metadata.Namespace), ports.Write(rule.Ports), []));
        return new PolicyBlockSyntax(direction, [.. written]);
    }

    private SetSyntax Peers(ImmutableArray<PolicyPeer> peers, string ownNamespace)
    {
        if (peers.IsEmpty)
        {
            return new SetSyntax.Any();
        }

        var sets = peers.DistinctBy(peer => Key(peer, ownNamespace)).Select(peer => peer switch
        {
            PolicyPeer.Selected selected => groups.WritePeer(PodSet.Of(selected, ownNamespace), ownNamespace),
            PolicyPeer.Block block => new SetSyntax.Cidr([block.Cidr], [.. block.Except.Select(except => (Spelled<string>)except)]),
            _ => throw new UnreachableException(),
        }).ToImmutableArray();
        return sets is [var only] ? only : new SetSyntax.Union(sets);
    }

    private static string Key(PolicyPeer peer, string ownNamespace) => peer switch
    {
        PolicyPeer.Selected selected => PodSet.Of(selected, ownNamespace).Key,
        PolicyPeer.Block block => $"{block.Cidr} {string.Join(',', block.Except)}",
        _ => throw new UnreachableException(),
    };
}
