using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Kubernetes.Yaml;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Kubernetes.Reading;

/// <summary>Reads the spec of a NetworkPolicy: the API server's defaults and checks, field by field.</summary>
internal sealed class NetworkPolicyReader(ImportLog log)
{
    public PolicyObject Read(FieldReader? spec, ObjectMetadata metadata)
    {
        // A missing spec is an empty one: all pods of the namespace, nothing comes in.
        if (spec is null)
        {
            return Of(metadata, LabelSelector.Everything, [], null);
        }

        var selector = spec.Mapping("podSelector") is { } fields ? Selectors.Read(fields) : LabelSelector.Everything;
        var ingress = ReadRules(spec, "ingress", "from", metadata.Namespace);
        var egress = ReadRules(spec, "egress", "to", metadata.Namespace);
        var types = ReadTypes(spec);
        if (types.IsEmpty)
        {
            // "Any policy that does not specify policyTypes implies at least Ingress", and Egress where there are egress rules.
            types = egress.IsDefaultOrEmpty ? ["Ingress"] : ["Ingress", "Egress"];
            if (egress is [] && spec.Has("egress"))
            {
                log.Report(ImportDiagnostics.DefaultedEgress, spec.SpanOf("egress"), metadata);
            }
        }

        spec.Close();
        return Of(
            metadata, selector, Effective(spec, "ingress", "Ingress", ingress, types, metadata), Effective(spec, "egress", "Egress", egress, types, metadata));
    }

    private static PolicyObject Of(
        ObjectMetadata metadata, LabelSelector selector, ImmutableArray<PolicyRule>? ingress, ImmutableArray<PolicyRule>? egress) => new(
        metadata, PodSet.In(metadata.Namespace, selector), Tier: null,
        ingress is { } incoming ? new RuleBlock(incoming) : null, egress is { } outgoing ? new RuleBlock(outgoing) : null);

    private ImmutableArray<PolicyRule>? Effective(
        FieldReader spec, string field, string type, ImmutableArray<PolicyRule> rules, ImmutableArray<string> types, ObjectMetadata metadata)
    {
        if (types.Contains(type))
        {
            return rules;
        }

        if (!rules.IsEmpty)
        {
            log.Report(ImportDiagnostics.RulesWithoutEffect, spec.SpanOf(field), metadata, type);
        }

        return null;
    }

    private ImmutableArray<string> ReadTypes(FieldReader spec)
    {
        var types = spec.Texts("policyTypes");
        foreach (var (type, span) in types)
        {
            if (type is not ("Ingress" or "Egress"))
            {
                log.Report(ImportDiagnostics.Invalid, span, spec.PathOf("policyTypes"), $"`{type}` is no policy type: Ingress or Egress");
            }
        }

        if (types.Length > 2)
        {
            log.Report(ImportDiagnostics.Invalid, spec.SpanOf("policyTypes"), spec.PathOf("policyTypes"), "more than two are given");
        }

        return [.. types.Select(type => type.Text)];
    }

    private ImmutableArray<PolicyRule> ReadRules(FieldReader spec, string field, string peerField, string ownNamespace)
    {
        var rules = ImmutableArray.CreateBuilder<PolicyRule>();
        foreach (var (item, where) in spec.Numbered(field))
        {
            // A null rule is an empty one in the API: everybody, on every port.
            if (item is YamlNode.Scalar { IsNull: true })
            {
                rules.Add(new PolicyRule(ActionSyntax.Allow, null, [], [], item.Span));
            }
            else if (FieldReader.Of(item, where, log) is { } rule)
            {
                rules.Add(ReadRule(rule, peerField, ownNamespace));
            }
        }

        return rules.ToImmutable();
    }

    private PolicyRule ReadRule(FieldReader rule, string peerField, string ownNamespace)
    {
        var peers = ImmutableArray.CreateBuilder<PolicyPeer>();
        foreach (var (item, where) in rule.Numbered(peerField))
        {
            if (ReadPeer(item, where, ownNamespace) is { } peer)
            {
                peers.Add(peer);
            }
        }

        var ports = ImmutableArray.CreateBuilder<PolicyPort>();
        foreach (var (item, where) in rule.Numbered("ports"))
        {
            if (item is YamlNode.Scalar { IsNull: true })
            {
                ports.Add(new PolicyPort.All("tcp", item.Span));
            }
            else if (FieldReader.Of(item, where, log) is { } fields && ReadPort(fields) is { } port)
            {
                ports.Add(port);
            }
        }

        rule.Close();
        return new PolicyRule(ActionSyntax.Allow, null, peers.ToImmutable(), ports.ToImmutable(), rule.Span);
    }

    private PolicyPeer? ReadPeer(YamlNode item, string where, string ownNamespace)
    {
        if (item is YamlNode.Scalar { IsNull: true })
        {
            return NoPeer(item.Span, where);
        }

        if (FieldReader.Of(item, where, log) is not { } fields)
        {
            return null;
        }

        var pods = fields.Mapping("podSelector") is { } podFields ? Selectors.Read(podFields) : null;
        var namespaces = fields.Mapping("namespaceSelector") is { } namespaceFields ? Selectors.Read(namespaceFields) : null;
        var blockFields = fields.Mapping("ipBlock");
        var block = blockFields is null ? null : Blocks.Read(blockFields);
        fields.Close();
        if (blockFields is null)
        {
            return pods is null && namespaces is null && !fields.Has("podSelector") && !fields.Has("namespaceSelector") && !fields.Has("ipBlock")
                ? NoPeer(fields.Span, where)
                : new PolicyPeer.Pods(Select(pods ?? LabelSelector.Everything, namespaces, ownNamespace), fields.Span);
        }

        if (fields.Has("podSelector") || fields.Has("namespaceSelector"))
        {
            log.Report(ImportDiagnostics.Invalid, blockFields.Span, fields.PathOf("ipBlock"), "may not stand beside a selector in one peer");
            return null;
        }

        return block;
    }

    private PolicyPeer? NoPeer(TextSpan span, string where)
    {
        log.Report(ImportDiagnostics.Invalid, span, where, "a peer needs `podSelector`, `namespaceSelector` or `ipBlock`");
        return null;
    }

    private PolicyPort? ReadPort(FieldReader fields)
    {
        var protocol = Protocols.Read(fields);
        var port = fields.IntegerOrText("port");
        var isPortGiven = fields.Has("port");
        var endPort = fields.Integer("endPort");
        fields.Close();
        if (protocol is null || (isPortGiven && port is null))
        {
            return null;
        }

        if (endPort is not null && port?.Number is null)
        {
            return Refuse(fields, "endPort", isPortGiven ? "may not be given where `port` is a name" : "may not be given without `port`");
        }

        if (port is null)
        {
            return new PolicyPort.All(protocol, fields.Span);
        }

        if (port.Value.Name is { } name)
        {
            return Names.PortNameMistake(name) is { } nameMistake
                ? Refuse(fields, "port", nameMistake)
                : new PolicyPort.Named(protocol, name, fields.Span);
        }

        var first = port.Value.Number ?? 0;
        var last = endPort ?? first;
        if (Names.PortNumberMistake(first) is { } firstMistake)
        {
            return Refuse(fields, "port", firstMistake);
        }

        return Names.PortNumberMistake(last) is { } lastMistake ? Refuse(fields, "endPort", lastMistake)
            : last < first ? Refuse(fields, "endPort", $"`{last}` is less than `port` {first}")
            : new PolicyPort.Numbers(protocol, (int)first, (int)last, fields.Span);
    }

    private PolicyPort? Refuse(FieldReader fields, string field, string mistake)
    {
        log.Report(ImportDiagnostics.Invalid, fields.SpanOf(field), fields.PathOf(field), mistake);
        return null;
    }

    /// <summary>Without <c>namespaceSelector</c> those of the policy's own namespace.</summary>
    private static PodSet Select(LabelSelector pods, LabelSelector? namespaces, string ownNamespace) =>
        namespaces is null ? PodSet.In(ownNamespace, pods) : PodSet.Across(namespaces, pods);
}
