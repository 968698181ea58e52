using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Reading;

/// <summary>
/// Services as peers, replaced by the pods they select: a connection to a service is judged by the pod behind it. Only those of the import are known.
/// </summary>
internal static class ServicePeers
{
    public static (KubernetesObjects Objects, ImmutableArray<Diagnostic> Diagnostics) Resolve(KubernetesObjects objects)
    {
        var diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
        ImmutableArray<PolicyObject> policies =
        [
            .. objects.Policies.Select(policy => policy with { Ingress = Resolve(policy, policy.Ingress), Egress = Resolve(policy, policy.Egress) }),
        ];
        return (objects with { Policies = policies }, diagnostics.ToImmutable());

        RuleBlock? Resolve(PolicyObject policy, RuleBlock? block) => block is null
            ? null
            : block with { Rules = [.. block.Rules.Select(rule => rule with { Peers = [.. rule.Peers.Select(peer => Pods(policy, peer)).OfType<PolicyPeer>()] })] };

        PolicyPeer? Pods(PolicyObject policy, PolicyPeer peer)
        {
            if (peer is not PolicyPeer.ServicePods named)
            {
                return peer;
            }

            var service = objects.Services.FirstOrDefault(
                candidate => candidate.Metadata.Namespace == named.Namespace && candidate.Metadata.Name == named.Name);
            if (service is null)
            {
                diagnostics.Add(ImportDiagnostics.CannotBeSaid.At(
                    policy.Metadata.Source, named.Span, "toServices", $"service `{named.Namespace}/{named.Name}`, its address and its selector are not part of the import"));
                return null;
            }

            return new PolicyPeer.Pods(PodSet.In(named.Namespace, service.Selector), named.Span);
        }
    }
}
