using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Kubernetes.Yaml;

namespace Netpol.Kubernetes.Reading;

/// <summary>Reads a Service. What of it is not supported yet is reported; what could not work at all leaves the service out.</summary>
internal sealed class ServiceReader(ImportLog log)
{
    /// <summary>Fields that change who is served and how, and that the language has or will have a word for.</summary>
    private static readonly ImmutableArray<string> NotSupported =
    [
        "externalIPs", "loadBalancerClass", "loadBalancerIP", "loadBalancerSourceRanges", "publishNotReadyAddresses",
        "sessionAffinityConfig", "trafficDistribution",
    ];

    /// <returns>Null, with the reason reported, where the service is left out.</returns>
    public ServiceObject? Read(FieldReader? spec, ObjectMetadata metadata)
    {
        if (spec is null)
        {
            return LeaveOut(metadata, "it has no spec");
        }

        var addresses = ReadAddresses(spec, out var isHeadless);
        var selector = spec.Has("selector") ? Selectors.ReadMap(spec, "selector") : LabelSelector.Everything;
        var ports = ReadPorts(spec, metadata);
        var type = spec.Text("type") ?? "ClusterIP";
        ReportFeatures(spec, metadata, type);
        spec.Ignore("allocateLoadBalancerNodePorts", "externalName", "healthCheckNodePort", "ipFamilies", "ipFamilyPolicy");
        spec.Close();

        return type == "ExternalName" ? LeaveOut(metadata, "it is a name in DNS (ExternalName), no address")
            : isHeadless ? LeaveOut(metadata, "it is headless: DNS gives its pods' own addresses, and policy judges those")
            : addresses.IsEmpty ? LeaveOut(metadata, "it has no `clusterIP`: the cluster gives it one")
            : selector.IsEmpty ? LeaveOut(metadata, "it has no `selector`: its backends are EndpointSlices, which are not supported yet")
            : ports.IsEmpty ? LeaveOut(metadata, "it has no port")
            : new ServiceObject(metadata, addresses, selector, ports);
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

    private ImmutableArray<ServicePortObject> ReadPorts(FieldReader spec, ObjectMetadata metadata) =>
        [.. spec.Mappings("ports").Select(fields => ReadPort(fields, metadata)).OfType<ServicePortObject>()];

    private ServicePortObject? ReadPort(FieldReader fields, ObjectMetadata metadata)
    {
        var name = fields.Text("name");
        var protocol = Protocols.Read(fields);
        var port = fields.Integer("port");
        var target = fields.IntegerOrText("targetPort");
        if (fields.Has("nodePort"))
        {
            log.Report(ImportDiagnostics.ServiceFeature, fields.SpanOf("nodePort"), "nodePort", metadata.FullName);
        }

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
            ?? (string.IsNullOrEmpty(name) ? null : Names.LabelMistake(name));
        if (mistake is not null)
        {
            log.Report(ImportDiagnostics.Invalid, fields.Span, fields.PathOf("port"), mistake);
            return null;
        }

        return new ServicePortObject(
            string.IsNullOrEmpty(name) ? null : name, protocol, (int)number, (int)(target?.Number ?? number), target?.Name);
    }

    private void ReportFeatures(FieldReader spec, ObjectMetadata metadata, string type)
    {
        if (type is "NodePort" or "LoadBalancer")
        {
            Report("type", $"type: {type}");
        }
        else if (type is not ("ClusterIP" or "ExternalName"))
        {
            log.Report(
                ImportDiagnostics.Invalid, spec.SpanOf("type"), spec.PathOf("type"),
                $"`{type}` is no type of service: ClusterIP, NodePort, LoadBalancer or ExternalName");
        }

        foreach (var field in NotSupported)
        {
            if (spec.Node(field) is not (null or YamlNode.Sequence { Items.IsEmpty: true } or YamlNode.Scalar { Text: "false" }))
            {
                Report(field, field);
            }
        }

        foreach (var (field, usual) in new[] { ("sessionAffinity", "None"), ("externalTrafficPolicy", "Cluster"), ("internalTrafficPolicy", "Cluster") })
        {
            if (spec.Text(field) is { } value && value != usual)
            {
                Report(field, $"{field}: {value}");
            }
        }

        void Report(string field, string feature) =>
            log.Report(ImportDiagnostics.ServiceFeature, spec.SpanOf(field), feature, metadata.FullName);
    }
}
