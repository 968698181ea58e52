using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Reading;

/// <summary>
/// Port names that no imported pod gives to a port: in Kubernetes, as here, such a rule matches nothing, without a word.
/// Asked only where pods that could receive are part of the import.
/// </summary>
internal static class PortNameCheck
{
    public static ImmutableArray<Diagnostic> Run(KubernetesObjects objects) =>
    [
        .. from policy in objects.Policies
           from direction in new[] { (Block: policy.Ingress, IsIngress: true), (Block: policy.Egress, IsIngress: false) }
           from rule in direction.Block?.Rules ?? []
           from port in rule.Ports.OfType<PolicyPort.Named>()
           let receivers = objects.Workloads.Where(workload => !direction.IsIngress || policy.Subject.CouldHold(workload)).ToImmutableArray()
           where !receivers.IsEmpty && !receivers.Any(receiver => Has(receiver, port))
           select ImportDiagnostics.UnknownPortName.At(policy.Metadata.Source, port.Span, port.Protocol is { } protocol ? $"{protocol} port" : "port", port.Name),
    ];

    private static bool Has(WorkloadObject workload, PolicyPort.Named port) =>
        workload.Ports.Any(candidate => candidate.Name == port.Name && candidate.Protocol == (port.Protocol ?? candidate.Protocol));
}
