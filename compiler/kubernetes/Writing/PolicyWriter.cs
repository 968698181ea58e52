using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Kubernetes.Objects;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Kubernetes.Writing;

/// <summary>A policy object to a policy: one rule for each of its rules, one block for each direction that it speaks of.</summary>
internal sealed class PolicyWriter(KubernetesObjects objects, GroupTable groups, PortLists ports)
{
    /// <summary>Counts what <see cref="Write"/> will use, so that names can be given before.</summary>
    public void Use(PolicyObject policy)
    {
        groups.Use(policy.Subject);
        foreach (var rule in policy.Rules)
        {
            foreach (var set in rule.Peers.OfType<PolicyPeer.Pods>().Select(peer => peer.Set).DistinctBy(set => set.Key))
            {
                groups.Use(set);
            }

            ports.Use(rule.Ports, policy.Metadata.Name);
        }
    }

    public PolicySyntax Write(PolicyObject policy, string name)
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

        return new PolicySyntax(name, groups.Write(policy.Subject), blocks.ToImmutable())
        {
            Tier = policy.Tier is { } tier ? new TierSyntax(tier.Name, tier.Order) : null,
            Documentation = Origins.DocumentationOf(policy.Metadata),
            HasBlankLineBefore = true,
        };
    }

    private PolicyBlockSyntax Block(PolicyObject policy, DirectionSyntax direction, PeerWordSyntax word, RuleBlock block)
    {
        var written = block.Rules.Select(rule => new RuleSyntax(
            rule.Action, word, Peers(rule.Peers, policy.Metadata.Namespace), ports.Write(rule.Ports),
            rule.Http.IsDefault ? [] : [new ClauseSyntax.Http(rule.Http)])
        {
            Documentation = rule.Name is { } name ? CommentText.Clean(name) : null,
        });
        return new PolicyBlockSyntax(direction, [.. written]) { Open = block.IsOpen ? default(TextSpan) : null };
    }

    private SetSyntax Peers(ImmutableArray<PolicyPeer> peers, string ownNamespace)
    {
        if (peers.IsEmpty)
        {
            return new SetSyntax.Any();
        }

        var sets = peers.DistinctBy(peer => peer.Key).Select(peer => Peer(peer, ownNamespace)).ToImmutableArray();
        return sets is [var only] ? only : new SetSyntax.Union(sets);
    }

    private SetSyntax Peer(PolicyPeer peer, string ownNamespace) => peer switch
    {
        PolicyPeer.Pods pods => groups.WritePeer(pods.Set, ownNamespace),
        PolicyPeer.Related related => Related(related),
        PolicyPeer.Block { IsOutside: true } block => new SetSyntax.Intersection([Cidr(block), new SetSyntax.World()]),
        PolicyPeer.Block block => Cidr(block),
        PolicyPeer.Entity entity => entity.Set,
        PolicyPeer.Nodes { Selector.IsEmpty: true } => new SetSyntax.Nodes(),
        PolicyPeer.Nodes nodes => new SetSyntax.Cidr(Spell([.. objects.NodesOf(nodes).SelectMany(node => node.Addresses).Distinct()]), []),
        PolicyPeer.Domains domains => new SetSyntax.Dns(Spell(domains.Patterns)),
        _ => throw new UnreachableException(),
    };

    private static SetSyntax.Cidr Cidr(PolicyPeer.Block block) => new(Spell(block.Cidrs), Spell(block.Except));

    private static SetSyntax Related(PolicyPeer.Related related)
    {
        var where = PodSetSyntax.Predicate(related.Selector);
        var same = new SetSyntax.Pods(new ScopeSyntax.Same(), where);
        return related.IsSameNamespace ? same : new SetSyntax.Difference([new SetSyntax.Pods(new ScopeSyntax.Any(), where), same]);
    }

    private static ImmutableArray<Spelled<string>> Spell(ImmutableArray<string> texts) => [.. texts.Select(text => (Spelled<string>)text)];
}
