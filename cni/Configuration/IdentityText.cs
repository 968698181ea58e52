using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Netpol.Loader;

namespace Netpol.Cni.Configuration;

/// <summary>
/// Labels and ports as one string, for environment variables and annotations: <c>app:web,tier:core</c> and
/// <c>http:8080/tcp,dns:53/udp,dns:53/tcp</c>. <c>=</c> may stand for <c>:</c>, but not in <c>CNI_ARGS</c> that stock
/// plugins read too: they refuse a second <c>=</c> in one argument.
/// </summary>
internal static class IdentityText
{
    public const string PortForm = "a port is written 8080/tcp, with tcp, udp or sctp";

    private static readonly ImmutableArray<string> Protocols = ["tcp", "udp", "sctp"];

    public static (ImmutableSortedDictionary<string, string>? Values, string Problem) ReadLabels(string text)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in Entries(text))
        {
            if (!TrySplit(entry, out var key, out var value))
            {
                return (null, $"`{entry}` is not a label: labels are written app:web,tier:core");
            }

            if (!labels.TryAdd(key, value))
            {
                return (null, $"label `{key}` is there twice");
            }
        }

        return (labels.ToImmutable(), "");
    }

    public static (ImmutableSortedDictionary<string, ImmutableArray<NamedPort>>? Values, string Problem) ReadPorts(string text)
    {
        var ports = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<NamedPort>>(StringComparer.Ordinal);
        foreach (var entry in Entries(text))
        {
            if (!TrySplit(entry, out var name, out var value) || !TryReadPort(name, value, out var port))
            {
                return (null, $"`{entry}` is not a named port: {PortForm}, after its name: http:8080/tcp");
            }

            ports[name] = ports.TryGetValue(name, out var others) ? others.Add(port) : [port];
        }

        return (ports.ToImmutable(), "");
    }

    public static bool TryReadPort(string name, string text, [NotNullWhen(true)] out NamedPort? port)
    {
        port = null;
        var slash = text.IndexOf('/');
        if (name.Length == 0 || slash <= 0
            || !ushort.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number == 0)
        {
            return false;
        }

        var protocol = text[(slash + 1)..].ToLowerInvariant();
        port = Protocols.Contains(protocol) ? new NamedPort(name, protocol, number) : null;
        return port is not null;
    }

    private static string[] Entries(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool TrySplit(string entry, out string key, out string value)
    {
        var at = entry.IndexOfAny([':', '=']);
        (key, value) = at > 0 ? (entry[..at], entry[(at + 1)..]) : ("", "");
        return at > 0;
    }
}
