using System.Diagnostics;
using Netpol.Kubernetes.Objects;
using Netpol.Syntax;

namespace Netpol.Kubernetes.Export;

internal sealed partial class ManifestWriter
{
    private void ClusterPolicy(PolicyObject policy, PolicyTier tier)
    {
        Head("policy.networking.k8s.io/v1alpha2", policy.Metadata);
        _yaml.Mapping("spec", () =>
        {
            _yaml.Field("tier", tier.IsBaseline ? "Baseline" : "Admin");
            _yaml.Field("priority", tier.Priority);
            _yaml.Mapping("subject", () => NamespacedPods(policy.Subject));
            Rules("ingress", policy.Ingress, rule => ClusterRule(rule, "from"));
            Rules("egress", policy.Egress, rule => ClusterRule(rule, "to"));
        });
    }

    private void ClusterRule(PolicyRule rule, string peers)
    {
        if (RuleName(rule) is { } name)
        {
            _yaml.Field("name", name);
        }

        _yaml.Field("action", rule.Action switch { ActionSyntax.Allow => "Accept", ActionSyntax.Pass => "Pass", _ => "Deny" });
        _yaml.List(peers, rule.Peers, ClusterPeer);
        if (!rule.Ports.IsEmpty)
        {
            _yaml.List("protocols", rule.Ports, ClusterPort);
        }
    }

    /// <summary>The first line, as far as a name may be long.</summary>
    private static string? RuleName(PolicyRule rule)
    {
        var line = rule.Name?.Split('\n')[0].Trim() ?? "";
        return line.Length == 0 ? null : line.Length > ClusterPolicyLimits.LongestRuleName ? line[..ClusterPolicyLimits.LongestRuleName].TrimEnd() : line;
    }

    private void ClusterPeer(PolicyPeer peer)
    {
        switch (peer)
        {
            case PolicyPeer.Pods { Set: var set }:
                NamespacedPods(set);
                break;
            case PolicyPeer.Block block:
                _yaml.Texts("networks", block.Cidrs);
                break;
            case PolicyPeer.Nodes nodes:
                Selector("nodes", nodes.Selector);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void ClusterPort(PolicyPort port)
    {
        switch (port)
        {
            case PolicyPort.Numbers numbers:
                _yaml.Mapping(numbers.Protocol, () => _yaml.Mapping("destinationPort", () =>
                {
                    if (numbers.First == numbers.Last)
                    {
                        _yaml.Field("number", numbers.First);
                        return;
                    }

                    _yaml.Mapping("range", () =>
                    {
                        _yaml.Field("start", numbers.First);
                        _yaml.Field("end", numbers.Last);
                    });
                }));
                break;
            case PolicyPort.Named named:
                _yaml.Field("destinationNamedPort", named.Name);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary><c>namespaces</c> where all pods of them are meant, else <c>pods</c>.</summary>
    private void NamespacedPods(PodSet set)
    {
        if (set.Pods.IsEmpty)
        {
            Selector("namespaces", NamespacesOf(set));
            return;
        }

        _yaml.Mapping("pods", () =>
        {
            Selector("namespaceSelector", NamespacesOf(set));
            Selector("podSelector", set.Pods);
        });
    }
}
