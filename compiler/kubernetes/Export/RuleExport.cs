using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Kubernetes.Export;

/// <summary>Rules as the rules of NetworkPolicy and ClusterNetworkPolicy. What can't be said is reported, and the rule is left out.</summary>
internal sealed class RuleExport(ExportLog log)
{
    private const string NetworkPolicy = "NetworkPolicy";
    private const string ClusterNetworkPolicy = "ClusterNetworkPolicy";

    public ImmutableArray<PolicyRule> OfNetworkPolicy(IEnumerable<Rule> rules, string ownNamespace)
    {
        var exported = ImmutableArray.CreateBuilder<PolicyRule>();
        foreach (var rule in rules)
        {
            if (rule.Action != RuleAction.Allow)
            {
                log.Refuse(rule.Origin, $"`{Word(rule.Action)}`", NetworkPolicy, "its rules allow only; `tier admin` and `tier baseline` have other actions");
            }
            else if (Ports(rule, isCluster: false) is { } ports
                && Peers(rule, ownNamespace, NetworkPolicy, PeerExport.OfNetworkPolicy) is { } peers)
            {
                exported.Add(new PolicyRule(ActionSyntax.Allow, rule.Documentation, peers, ports, default));
            }
        }

        return exported.ToImmutable();
    }

    /// <param name="ownNamespace">Null where the policy selects pods of several namespaces.</param>
    public ImmutableArray<PolicyRule> OfClusterPolicy(IEnumerable<Rule> rules, string? ownNamespace, Direction direction)
    {
        var exported = ImmutableArray.CreateBuilder<PolicyRule>();
        foreach (var rule in rules)
        {
            if (Ports(rule, isCluster: true) is not { } ports
                || Peers(rule, ownNamespace, ClusterNetworkPolicy, direction == Direction.Ingress ? PeerExport.OfIngress : PeerExport.OfEgress) is not { } peers)
            {
                continue;
            }

            if (ports.OfType<PolicyPort.Named>().FirstOrDefault() is { } named && peers.Any(peer => peer is not PolicyPeer.Pods))
            {
                log.Refuse(rule.Origin, $"`port {named.Name}`", ClusterNetworkPolicy, "a named port may not stand in a rule to addresses or nodes, which have none");
                continue;
            }

            if (rule.Action == RuleAction.Reject)
            {
                log.Report(ExportDiagnostics.RejectBecomesDeny, rule.Origin);
            }

            exported.AddRange(Split(rule, peers, ports));
        }

        return exported.ToImmutable();
    }

    /// <summary>Rules beside each other that do the same, where one would be too long.</summary>
    private static IEnumerable<PolicyRule> Split(Rule rule, ImmutableArray<PolicyPeer> peers, ImmutableArray<PolicyPort> ports) =>
        from somePeers in peers.Chunk(ClusterPolicyLimits.MostItems)
        from somePorts in ports.IsEmpty ? [[]] : ports.Chunk(ClusterPolicyLimits.MostItems)
        select new PolicyRule(
            rule.Action switch { RuleAction.Allow => ActionSyntax.Allow, RuleAction.Pass => ActionSyntax.Pass, _ => ActionSyntax.Deny },
            rule.Documentation, [.. somePeers], [.. somePorts], default);

    /// <returns>Null: the rule matches nothing, or was reported.</returns>
    private ImmutableArray<PolicyPeer>? Peers(
        Rule rule, string? ownNamespace, string kind, Func<ImmutableArray<SetTerm>, (ImmutableArray<PolicyPeer>, string?)> express)
    {
        var (terms, problem) = SetTerms.Of(rule.Peer, ownNamespace);
        if (problem is null && terms.IsEmpty)
        {
            return null;
        }

        var (peers, missing) = problem is null ? express(terms) : ([], null);
        problem ??= missing ?? peers.OfType<PolicyPeer.Pods>().Select(peer => LabelCheck.MistakeIn(peer.Set)).FirstOrDefault(mistake => mistake is not null);
        if (problem is null)
        {
            return [.. peers.DistinctBy(peer => peer.Key)];
        }

        log.Refuse(rule.Origin, "the rule's peer", kind, problem);
        return null;
    }

    /// <returns>None: every protocol. Null: reported.</returns>
    private ImmutableArray<PolicyPort>? Ports(Rule rule, bool isCluster)
    {
        if (rule.Limit is not null)
        {
            log.Refuse(rule.Origin, "`limit`", isCluster ? ClusterNetworkPolicy : NetworkPolicy, "it counts no connections");
            return null;
        }

        if (rule.IsLogged)
        {
            log.Report(ExportDiagnostics.LeftOut, rule.Origin, "`log`");
        }

        var ports = ImmutableArray.CreateBuilder<PolicyPort>();
        foreach (var port in rule.Ports)
        {
            var (exported, problem) = PortExport.Of(port, isCluster);
            if (problem is not null)
            {
                log.Refuse(rule.Origin, "what stands after `on`", isCluster ? ClusterNetworkPolicy : NetworkPolicy, problem);
                return null;
            }

            if (isCluster && exported is [PolicyPort.All whole])
            {
                log.Report(ExportDiagnostics.NoPortZero, rule.Origin, whole.Protocol);
                exported = [new PolicyPort.Numbers(whole.Protocol, 1, ushort.MaxValue, default)];
            }

            ports.AddRange(exported);
        }

        return [.. ports.Distinct()];
    }

    private static string Word(RuleAction action) => action.ToString().ToLowerInvariant();
}
