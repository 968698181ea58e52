using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Kubernetes.Objects;
using Netpol.Kubernetes.Reading;
using Netpol.Model;
using Netpol.Text;

namespace Netpol.Kubernetes.Export;

/// <summary>Services whose backends are the pods of one namespace that have some labels, as v1 Services.</summary>
internal sealed class ServiceExport(NetworkModel model, ObjectNames names, ExportLog log)
{
    private readonly SelectedNamespaces _namespaces = new(model);

    public ImmutableArray<ServiceObject> Export() => [.. model.Services.Select(Export).OfType<ServiceObject>()];

    private ServiceObject? Export(Service service)
    {
        if (service.Backends is not BackendSource.Endpoints backends)
        {
            return Refuse(service, "its backends are addresses");
        }

        var (terms, problem) = SetTerms.Of(backends.Set, ownNamespace: null, isSubject: true);
        if (problem is not null)
        {
            return Refuse(service, problem);
        }

        if (terms is not [SetTerm.Pods pods] || _namespaces.Of(pods) is not [var own])
        {
            return Refuse(service, "its backends are not the pods of one namespace that have some labels");
        }

        if (pods.Selector.IsEmpty || pods.Selector.Requirements.Any(requirement => requirement is not { Operator: LabelOperator.In, Values.Length: 1 })
            || LabelCheck.MistakeIn(PodSet.In(own, pods.Selector)) is not null)
        {
            return Refuse(service, "its backends are not found by labels and their values alone");
        }

        if (service.Addresses.GroupBy(address => address.Family).Any(family => family.Count() > 1))
        {
            return Refuse(service, "it has several addresses of one family");
        }

        if (service.Ports.Length > 1 && service.Ports.Any(port => port.Name is null))
        {
            return Refuse(service, "several ports need names");
        }

        if (service.Ports.Select(MistakeIn).Append(MistakeInWays(service)).FirstOrDefault(found => found is not null) is { } mistake)
        {
            return Refuse(service, mistake);
        }

        ReportChoice(service);
        return ServiceWays.Add(service, new ServiceObject(
            new ObjectMetadata(
                "Service", own, names.Give("Service", own, service.Name), ImmutableSortedDictionary<string, string>.Empty, SourceFile.None, default)
            { Description = service.Documentation },
            [.. service.Addresses.Select(address => address.ToString())], pods.Selector, [.. service.Ports.Select(port => Port(service, port))]));
    }

    private static string? MistakeInWays(Service service) =>
        service.NodePorts.GroupBy(nodePort => nodePort.Port).Any(ports => ports.Count() > 1) ? "a port has several node ports"
        : !service.NodePorts.IsEmpty && service.NodePorts.Length < service.Ports.Length && service.LoadBalancers.All(balancer => balancer.From is null)
            ? "some of its ports have node ports and others have none"
        : ServiceWays.MistakeIn(service);

    /// <summary>What changes no verdict.</summary>
    private void ReportChoice(Service service)
    {
        if (service.Balance != BalanceAlgorithm.Random)
        {
            log.Report(ExportDiagnostics.LeftOut, service.Origin, $"`balance` of `service {service.Name}`");
        }

        if (service.Drain is not null)
        {
            log.Report(ExportDiagnostics.LeftOut, service.Origin, $"`drain` of `service {service.Name}`");
        }
    }

    private static string? MistakeIn(ServicePort port) =>
        (port.Name is { } name ? Names.LabelMistake(name) : null)
        ?? Names.PortNumberMistake(port.Port)
        ?? port.Target switch
        {
            TargetPort.Number number => Names.PortNumberMistake(number.Port),
            TargetPort.Named named => Names.PortNameMistake(named.Name),
            _ => throw new UnreachableException(),
        };

    private static ServicePortObject Port(Service service, ServicePort port) => new(
        port.Name, port.Protocol.ToString().ToLowerInvariant(), port.Port,
        port.Target is TargetPort.Number number ? number.Port : port.Port, (port.Target as TargetPort.Named)?.Name)
    {
        NodePort = service.NodePorts.FirstOrDefault(nodePort => nodePort.Port == port)?.Number,
    };

    private ServiceObject? Refuse(Service service, string reason)
    {
        log.Refuse(service.Origin, $"`service {service.Name}`", "a v1 Service", reason);
        return null;
    }
}
