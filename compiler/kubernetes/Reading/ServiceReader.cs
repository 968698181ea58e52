using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Text;

namespace Netpol.Kubernetes.Reading;

/// <summary>Reads a Service. What could not work at all leaves the service out, and is reported.</summary>
internal sealed class ServiceReader(ImportLog log)
{
    /// <returns>Null, with the reason reported, where the service is left out.</returns>
    public ServiceObject? Read(FieldReader? spec, FieldReader? status, ObjectMetadata metadata)
    {
        if (spec is null)
        {
            return LeaveOut(metadata, "it has no spec");
        }

        var addresses = ReadAddresses(spec, out var isHeadless);
        var selector = spec.Has("selector") ? Selectors.ReadMap(spec, "selector") : LabelSelector.Everything;
        var type = ReadType(spec);
        var ports = ReadPorts(spec, metadata, type);
        var service = new ServiceWayReader(log, spec, metadata).Read(new ServiceObject(metadata, addresses, selector, ports), status, type);
        spec.Ignore("externalName", "healthCheckNodePort", "ipFamilies", "ipFamilyPolicy");
        spec.Close();

        return type == "ExternalName" ? LeaveOut(metadata, "it is a name in DNS (ExternalName), no address")
            : isHeadless ? LeaveOut(metadata, "it is headless: DNS gives its pods' own addresses, and policy judges those")
            : addresses.IsEmpty ? LeaveOut(metadata, "it has no `clusterIP`: the cluster gives it one")
            : selector.IsEmpty ? LeaveOut(metadata, "it has no `selector`: its backends are EndpointSlices, which are not supported yet")
            : ports.IsEmpty ? LeaveOut(metadata, "it has no port")
            : service;
    }

    private string ReadType(FieldReader spec)
    {
        var type = spec.Text("type") ?? "ClusterIP";
        if (type is not ("ClusterIP" or "NodePort" or "LoadBalancer" or "ExternalName"))
        {
            log.Report(
                ImportDiagnostics.Invalid, spec.SpanOf("type"), spec.PathOf("type"),
                $"`{type}` is no type of service: ClusterIP, NodePort, LoadBalancer or ExternalName");
        }

        return type;
    }

    private ServiceObject? LeaveOut(ObjectMetadata metadata, string reason)
    {
        log.Report(ImportDiagnostics.ServiceLeftOut, metadata.Span, metadata.FullName, reason);
        return null;
    }

    private ImmutableArray<string> ReadAddresses(FieldReader spec, out bool isHeadless)
    {
        var written = spec.Texts("clusterIPs");
        var first = spec.Text("clusterIP");
        isHeadless = first == "None" || written.Any(address => address.Text == "None");
        if (isHeadless)
        {
            return [];
        }

        if (!string.IsNullOrEmpty(first) && written.IsEmpty)
        {
            written = [(first, spec.SpanOf("clusterIP"))];
        }

        return
        [
            .. written.Select(address => Blocks.ReadAddress(address.Text, address.Span, spec.PathOf("clusterIPs"), log)).OfType<string>().Distinct(),
        ];
    }

    private ImmutableArray<ServicePortObject> ReadPorts(FieldReader spec, ObjectMetadata metadata, string type)
    {
        var hasNodePorts = type == "NodePort" || (type == "LoadBalancer" && spec.Boolean("allocateLoadBalancerNodePorts") != false);
        ImmutableArray<(ServicePortObject Port, TextSpan Span)> ports =
            [.. spec.Mappings("ports").Select(fields => ReadPort(fields, type)).OfType<(ServicePortObject, TextSpan)>()];
        foreach (var (_, span) in ports.Where(port => hasNodePorts && port.Port.NodePort is null))
        {
            log.Report(ImportDiagnostics.ServiceFeature, span, $"type: {type}", metadata.FullName, "this port has no `nodePort`: the cluster gives it one");
        }

        return [.. ports.Select(port => port.Port)];
    }

    private (ServicePortObject Port, TextSpan Span)? ReadPort(FieldReader fields, string type)
    {
        var name = fields.Text("name");
        var protocol = Protocols.Read(fields);
        var port = fields.Integer("port");
        var target = fields.IntegerOrText("targetPort");
        var nodePort = fields.Integer("nodePort") is var given and not 0 ? given : null;
        fields.Ignore("appProtocol").Close();
        if (port is null && !fields.Has("port"))
        {
            log.Report(ImportDiagnostics.Missing, fields.Span, fields.PathOf("port"));
        }

        if (port is not { } number || protocol is null)
        {
            return null;
        }

        var mistake = Names.PortNumberMistake(number)
            ?? (target?.Number is { } targetNumber ? Names.PortNumberMistake(targetNumber) : null)
            ?? (target?.Name is { } targetName ? Names.PortNameMistake(targetName) : null)
            ?? (nodePort is { } nodeNumber ? Names.PortNumberMistake(nodeNumber) : null)
            ?? (nodePort is not null && type is not ("NodePort" or "LoadBalancer") ? $"a service of type {type} has no `nodePort`" : null)
            ?? (string.IsNullOrEmpty(name) ? null : Names.LabelMistake(name));
        if (mistake is not null)
        {
            log.Report(ImportDiagnostics.Invalid, fields.Span, fields.PathOf("port"), mistake);
            return null;
        }

        ServicePortObject read = new(
            string.IsNullOrEmpty(name) ? null : name, protocol, (int)number, (int)(target?.Number ?? number), target?.Name)
        { NodePort = (int?)nodePort };
        return (read, fields.Span);
    }
}
