using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Reading;

/// <summary>Reads <c>protocols</c> of v1alpha2 and <c>ports</c> of v1alpha1, which say the same in two forms.</summary>
internal sealed class ClusterPortReader(ClusterPolicyDialect dialect, ImportLog log)
{
    public ImmutableArray<PolicyPort> Read(FieldReader rule)
    {
        var field = dialect.HasProtocols ? "protocols" : "ports";

        // An empty list of v1alpha1 restricts nothing; v1alpha2 refuses one.
        if (rule.Has(field))
        {
            rule.CheckCount(field, dialect.HasProtocols ? 1 : 0, dialect.MostItems);
        }

        return [.. rule.Mappings(field).Select(entry => dialect.HasProtocols ? ReadProtocol(entry) : ReadPort(entry)).OfType<PolicyPort>()];
    }

    /// <summary><c>tcp.destinationPort.number</c>, <c>tcp.destinationPort.range</c>, the same of udp and sctp, or <c>destinationNamedPort</c>.</summary>
    private PolicyPort? ReadProtocol(FieldReader entry)
    {
        var chosen = entry.OnlyOne("tcp", "udp", "sctp", "destinationNamedPort");
        if (chosen is null or "destinationNamedPort")
        {
            var named = chosen is null ? null : ReadNamed(entry, chosen);
            entry.Close();
            return named;
        }

        var protocol = entry.Mapping(chosen);
        entry.Close();
        if (protocol?.OnlyOne("destinationPort") is not { } field || protocol.Mapping(field) is not { } port)
        {
            protocol?.Close();
            return null;
        }

        protocol.Close();
        PolicyPort? read = port.OnlyOne("number", "range") switch
        {
            "number" => ReadNumber(port, "number", chosen, entry),
            "range" when port.Mapping("range") is { } range => ReadRange(range, chosen, entry),
            _ => null,
        };
        port.Close();
        return read;
    }

    /// <summary><c>portNumber</c>, <c>portRange</c> or <c>namedPort</c>.</summary>
    private PolicyPort? ReadPort(FieldReader entry)
    {
        PolicyPort? read = null;
        switch (entry.OnlyOne("portNumber", "portRange", "namedPort"))
        {
            case "portNumber" when entry.Mapping("portNumber") is { } number:
                read = Protocols.Read(number) is { } protocol ? ReadNumber(number, "port", protocol, entry) : null;
                number.Ignore("port").Close();
                break;
            case "portRange" when entry.Mapping("portRange") is { } range:
                read = Protocols.Read(range) is { } rangeProtocol ? ReadRange(range, rangeProtocol, entry) : null;
                break;
            case "namedPort":
                read = ReadNamed(entry, "namedPort");
                break;
        }

        entry.Close();
        return read;
    }

    private static PolicyPort.Numbers? ReadNumber(FieldReader fields, string field, string protocol, FieldReader entry) =>
        fields.RequiredInteger(field, 1, ushort.MaxValue) is { } number
            ? new PolicyPort.Numbers(protocol, (int)number, (int)number, entry.Span)
            : null;

    private PolicyPort.Numbers? ReadRange(FieldReader range, string protocol, FieldReader entry)
    {
        var start = range.RequiredInteger("start", 1, ushort.MaxValue);
        var end = range.RequiredInteger("end", 1, ushort.MaxValue);
        range.Close();
        if (start is not { } first || end is not { } last)
        {
            return null;
        }

        if (first >= last)
        {
            log.Report(ImportDiagnostics.Invalid, range.SpanOf("end"), range.PathOf("end"), $"`{last}` is not greater than `start` {first}");
            return null;
        }

        return new PolicyPort.Numbers(protocol, (int)first, (int)last, entry.Span);
    }

    private PolicyPort.Named? ReadNamed(FieldReader entry, string field)
    {
        if (entry.Text(field) is not { } name)
        {
            return null;
        }

        if (Names.PortNameMistake(name) is { } mistake)
        {
            log.Report(ImportDiagnostics.Invalid, entry.SpanOf(field), entry.PathOf(field), mistake);
            return null;
        }

        return new PolicyPort.Named(null, name, entry.Span);
    }
}
