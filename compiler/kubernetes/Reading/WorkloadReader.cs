using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Reading;

/// <summary>
/// Reads labels and ports of Pods and of what makes them. Their other fields say nothing about the network and are not
/// checked.
/// </summary>
internal sealed class WorkloadReader(ImportLog log)
{
    public WorkloadObject Read(FieldReader root, ObjectMetadata metadata)
    {
        var isOwned = root.Mapping("metadata")?.Has("ownerReferences") ?? false;
        if (metadata.Kind == "Pod")
        {
            return Of(metadata, metadata.Labels, null, root.Mapping("spec"), isOwned);
        }

        var spec = root.Mapping("spec");
        if (metadata.Kind == "CronJob")
        {
            spec = spec?.Mapping("jobTemplate")?.Mapping("spec");
        }

        var template = spec?.Mapping("template");
        if (spec is null || template is null)
        {
            log.Report(ImportDiagnostics.Missing, spec?.Span ?? root.Span, spec?.PathOf("template") ?? "spec");
            return Of(metadata, metadata.Labels, null, null, isOwned);
        }

        var labels = template.Mapping("metadata") is { } templateMetadata
            ? MetadataReader.ReadLabels(templateMetadata)
            : ImmutableSortedDictionary<string, string>.Empty;
        var selector = metadata.Kind switch
        {
            "Job" or "CronJob" => null,
            // The oldest of them selects by a plain map.
            "ReplicationController" => spec.Has("selector") ? Selectors.ReadMap(spec, "selector") : null,
            _ => spec.Mapping("selector") is { } fields ? Selectors.Read(fields) : null,
        };
        return Of(metadata, labels, selector, template.Mapping("spec"), isOwned);
    }

    private WorkloadObject Of(
        ObjectMetadata metadata, ImmutableSortedDictionary<string, string> labels, LabelSelector? selector, FieldReader? pod, bool isOwned)
    {
        var isOnHostNetwork = pod?.Boolean("hostNetwork") ?? false;
        if (isOnHostNetwork)
        {
            log.Report(ImportDiagnostics.HostNetwork, pod?.SpanOf("hostNetwork") ?? metadata.Span, metadata);
        }

        return new WorkloadObject(metadata, labels, selector, pod is null ? [] : ReadPorts(pod), isOnHostNetwork, isOwned);
    }

    /// <summary>Of all containers, and of init containers, which may run on as sidecars.</summary>
    private static ImmutableArray<ContainerPort> ReadPorts(FieldReader pod)
    {
        var ports = ImmutableArray.CreateBuilder<ContainerPort>();
        foreach (var list in new[] { "containers", "initContainers" })
        {
            foreach (var container in pod.Mappings(list))
            {
                foreach (var port in container.Mappings("ports"))
                {
                    if (port.Text("name") is { } name && port.Integer("containerPort") is { } number && Protocols.Read(port) is { } protocol)
                    {
                        ports.Add(new ContainerPort(name, protocol, (int)Math.Clamp(number, 0, ushort.MaxValue)));
                    }
                }
            }
        }

        return ports.ToImmutable();
    }
}
