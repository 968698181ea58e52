using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Model;
using Netpol.Text;

namespace Netpol.Kubernetes.Reading;

/// <summary>Reads <c>ipBlock</c>, with the checks of the API server.</summary>
internal static class Blocks
{
    public static PolicyPeer.Block? Read(FieldReader fields)
    {
        var exceptions = ImmutableArray.CreateBuilder<string>();
        var text = fields.Text("cidr");
        if (text is null && !fields.Has("cidr"))
        {
            fields.Log.Report(ImportDiagnostics.Missing, fields.Span, fields.PathOf("cidr"));
        }

        var cidr = text is null ? null : ReadPrefix(text, fields.SpanOf("cidr"), fields.PathOf("cidr"), fields.Log);
        foreach (var (exception, span) in fields.Texts("except"))
        {
            var where = fields.PathOf("except");
            if (ReadPrefix(exception, span, where, fields.Log) is not { } prefix || cidr is null)
            {
                continue;
            }

            if (!cidr.Value.Contains(prefix) || prefix.Length <= cidr.Value.Length)
            {
                fields.Log.Report(ImportDiagnostics.Invalid, span, where, $"`{exception}` must be a strict subset of `cidr` {cidr}");
                continue;
            }

            var written = Written(prefix);
            if (!exceptions.Contains(written))
            {
                exceptions.Add(written);
            }
        }

        fields.Close();
        return cidr is null ? null : new PolicyPeer.Block([Written(cidr.Value)], exceptions.ToImmutable(), fields.Span);
    }

    /// <summary>An address of a service; null with a diagnostic where it is none.</summary>
    public static string? ReadAddress(string text, TextSpan span, string where, ImportLog log)
    {
        if (Address.TryParse(WithoutLeadingZeros(text), out var address))
        {
            return address.ToString();
        }

        log.Report(ImportDiagnostics.Invalid, span, where, $"`{text}` is no IP address");
        return null;
    }

    /// <summary>A list of prefixes, each once; what is none is reported.</summary>
    /// <param name="mayBeAddress">An address alone is one too.</param>
    public static ImmutableArray<string> ReadPrefixes(FieldReader fields, string field, bool mayBeAddress = false) =>
    [
        .. fields.Texts(field).Select(item => ReadPrefix(
            mayBeAddress && Address.TryParse(item.Text, out var address) ? Prefix.Of(address).ToString() : item.Text, item.Span, fields.PathOf(field), fields.Log)).OfType<Prefix>()
            .Select(Written).Distinct(),
    ];

    private static Prefix? ReadPrefix(string text, TextSpan span, string where, ImportLog log)
    {
        // The prefix length is required in Kubernetes.
        var plain = WithoutLeadingZeros(text);
        if (!text.Contains('/', StringComparison.Ordinal) || !Prefix.TryParse(plain, out var prefix))
        {
            log.Report(ImportDiagnostics.Invalid, span, where, $"`{text}` is no prefix such as 10.9.8.0/24 or 2001:db8::/64");
            return null;
        }

        if (IsMapped(prefix))
        {
            log.Report(ImportDiagnostics.Invalid, span, where, $"`{text}` is an IPv4-mapped IPv6 prefix; write it in IPv4");
            return null;
        }

        if (Address.TryParse(plain[..plain.IndexOf('/', StringComparison.Ordinal)], out var address) && address != prefix.Network)
        {
            log.Report(ImportDiagnostics.HostBits, span, text, prefix);
        }

        return prefix;
    }

    /// <summary>As people write it: a single address without its length.</summary>
    private static string Written(Prefix prefix) => prefix.Length == prefix.Network.Width ? prefix.Network.ToString() : prefix.ToString();

    // ::ffff:0:0/96, RFC 4291 2.5.5.2
    private static bool IsMapped(Prefix prefix) =>
        prefix.Family == IpFamily.V6 && prefix.Length >= 96 && prefix.Network.Bits >> 32 == 0xFFFF;

    /// <summary>Kubernetes reads 010.0.0.0 as 10.0.0.0, in decimal.</summary>
    private static string WithoutLeadingZeros(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return text;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? text : text[..slash];
        var parts = address.Split('.').Select(part => part.Length > 1 && part.TrimStart('0') is var rest ? (rest.Length == 0 ? "0" : rest) : part);
        return string.Join('.', parts) + (slash < 0 ? "" : text[slash..]);
    }
}
