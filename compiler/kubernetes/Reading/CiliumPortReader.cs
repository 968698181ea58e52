using System.Collections.Immutable;
using System.Globalization;
using Netpol.Kubernetes.Objects;
using Netpol.Kubernetes.Yaml;
using Netpol.Syntax;

namespace Netpol.Kubernetes.Reading;

/// <summary>Ports that belong together, with the requests that may pass on them.</summary>
/// <param name="Http">Default where requests are not looked at.</param>
internal readonly record struct CiliumPortMatch(ImmutableArray<PolicyPort> Ports, ImmutableArray<HttpRequestSyntax> Http);

/// <summary>Reads <c>toPorts</c> and <c>icmps</c> of an entry.</summary>
internal sealed class CiliumPortReader(ImportLog log)
{
    private static readonly ImmutableArray<string> AllProtocols = ["tcp", "udp", "sctp"];

    private readonly CiliumRequestReader _requests = new(log);

    /// <returns>Null where the entry asks for no ports: every protocol.</returns>
    public ImmutableArray<CiliumPortMatch>? Read(FieldReader entry)
    {
        var hasPorts = entry.Has("toPorts");
        var hasTypes = entry.Has("icmps");
        if (hasPorts && hasTypes)
        {
            log.Report(ImportDiagnostics.Invalid, entry.SpanOf("icmps"), entry.PathOf("icmps"), "may not stand beside `toPorts` in one entry");
        }

        var matches = entry.Mappings("toPorts").Select(ReadPortRule).ToList();
        var types = entry.Mappings("icmps").SelectMany(ReadTypes).ToImmutableArray();
        if (!types.IsEmpty)
        {
            matches.Add(new CiliumPortMatch(types, default));
        }

        // Lists of ports without requests are one list.
        var plain = matches.Where(match => match.Http.IsDefault).ToList();
        ImmutableArray<CiliumPortMatch> merged = plain.Count > 1 && plain.All(match => !match.Ports.IsEmpty)
            ? [new CiliumPortMatch([.. plain.SelectMany(match => match.Ports)], default)]
            : [.. plain];
        return hasPorts || hasTypes ? [.. merged, .. matches.Where(match => !match.Http.IsDefault)] : null;
    }

    private CiliumPortMatch ReadPortRule(FieldReader rule)
    {
        var ports = rule.Mappings("ports").SelectMany(ReadPort).ToImmutableArray();
        foreach (var field in new[] { "terminatingTLS", "originatingTLS", "serverNames", "listener" })
        {
            if (rule.Node(field) is not (null or YamlNode.Sequence { Items.IsEmpty: true }))
            {
                log.Report(ImportDiagnostics.CannotBeSaid, rule.SpanOf(field), rule.PathOf(field), "TLS is not looked into");
            }
        }

        var requests = rule.Mapping("rules") is { } rules ? _requests.Read(rules) : default;
        rule.Close();
        return new CiliumPortMatch(ports, requests);
    }

    private IEnumerable<PolicyPort> ReadPort(FieldReader fields)
    {
        var text = fields.Text("port");
        var end = fields.Integer("endPort");
        var word = fields.Text("protocol")?.ToUpperInvariant();
        fields.Close();
        if (string.IsNullOrEmpty(text))
        {
            log.Report(ImportDiagnostics.Missing, fields.Span, fields.PathOf("port"));
            return [];
        }

        if (word is "ICMP" or "ICMPV6" or "VRRP" or "IGMP")
        {
            log.Report(ImportDiagnostics.CannotBeSaid, fields.SpanOf("protocol"), fields.PathOf("protocol"), $"`{word}` with a port; `icmps` says types");
            return [];
        }

        if (word is not (null or "" or "ANY" or "TCP" or "UDP" or "SCTP"))
        {
            log.Report(ImportDiagnostics.Invalid, fields.SpanOf("protocol"), fields.PathOf("protocol"), $"`{word}` is no protocol: TCP, UDP, SCTP or ANY");
            return [];
        }

        var protocols = word is null or "" or "ANY" ? AllProtocols : [word.ToLowerInvariant()];
        if (Names.PortNameMistake(text.ToLowerInvariant()) is null)
        {
            var name = text.ToLowerInvariant();
            return protocols.Length > 1
                ? [new PolicyPort.Named(null, name, fields.Span)]
                : [new PolicyPort.Named(protocols[0], name, fields.Span)];
        }

        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var first))
        {
            log.Report(ImportDiagnostics.Invalid, fields.SpanOf("port"), fields.PathOf("port"), $"`{text}` is no port: 0 to 65535, or a name");
            return [];
        }

        // Port 0 stands for all.
        if (first == 0)
        {
            return protocols.Select(protocol => new PolicyPort.All(protocol, fields.Span));
        }

        var last = end is null or 0 ? first : end.Value;
        if (last < first || last > ushort.MaxValue)
        {
            log.Report(ImportDiagnostics.Invalid, fields.SpanOf("endPort"), fields.PathOf("endPort"), $"`{last}` is not in {first} to {ushort.MaxValue}");
            return [];
        }

        return protocols.Select(protocol => new PolicyPort.Numbers(protocol, first, (int)last, fields.Span));
    }

    private IEnumerable<PolicyPort> ReadTypes(FieldReader rule)
    {
        var types = rule.Mappings("fields").Select(ReadType).OfType<PolicyPort>().ToList();
        rule.Close();
        return types;
    }

    private PolicyPort.Icmp? ReadType(FieldReader fields)
    {
        var family = fields.Text("family");
        var type = fields.IntegerOrText("type");
        fields.Close();
        if (family is not (null or "" or "IPv4" or "IPv6"))
        {
            log.Report(ImportDiagnostics.Invalid, fields.SpanOf("family"), fields.PathOf("family"), $"`{family}` is none of IPv4 or IPv6");
            return null;
        }

        var isV6 = family == "IPv6";
        var number = type switch
        {
            null => null,
            { Name: { } name } => long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var written) ? written : CiliumIcmpTypes.Find(isV6, name),
            { Number: var given } => given,
        };
        if (number is not (>= 0 and <= byte.MaxValue))
        {
            log.Report(ImportDiagnostics.Invalid, fields.SpanOf("type"), fields.PathOf("type"), "needs a type of ICMP: 0 to 255, or a name such as EchoRequest");
            return null;
        }

        return new PolicyPort.Icmp(isV6, (int)number, fields.Span);
    }
}
