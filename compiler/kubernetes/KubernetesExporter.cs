using System.Collections.Immutable;
using Netpol.Kubernetes.Export;
using Netpol.Kubernetes.Objects;
using Netpol.Model;
using Netpol.Text;

namespace Netpol.Kubernetes;

/// <summary>What a build's files mean as Kubernetes YAML: NetworkPolicy, ClusterNetworkPolicy, Service, Namespace. Writes no files.</summary>
public static class KubernetesExporter
{
    /// <param name="model">Bound without errors.</param>
    /// <param name="sources">Where its parts come from, for the places of diagnostics.</param>
    public static ExportResult Export(NetworkModel model, ImmutableArray<SourceFile> sources)
    {
        var log = new ExportLog(sources);
        var names = new ObjectNames();
        LeftOut.Report(model, log);
        var policies = new PolicyExport(model, names, log).Export();
        var services = new ServiceExport(model, names, log).Export();
        ImmutableArray<ObjectMetadata> namespaces =
            [.. model.Namespaces.Select(declared => new ObjectMetadata("Namespace", "", declared.Name, declared.Labels, SourceFile.None, default))];
        return new ExportResult(
            ManifestWriter.Write(new KubernetesObjects(namespaces, policies, services, [], [])),
            new ExportCounts(
                policies.Count(policy => policy.Tier is null), policies.Count(policy => policy.Tier is not null), services.Length, namespaces.Length),
            log.Diagnostics);
    }
}
