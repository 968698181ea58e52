using System.Globalization;
using Netpol.Binding;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Questions;

/// <summary>Reads the packet of a flow: one port or ICMP type, spelled as in a rule.</summary>
public static class FlowPort
{
    private const string Forms = "write it as `8080/tcp`, `icmp`, `icmp(3, 4)`, `icmpv6(128)` or `protocol 47`";

    /// <summary>The packet; ICMP without a type is an echo request.</summary>
    /// <param name="problem">Why there is none, in one sentence.</param>
    public static Traffic? Read(string text, out string problem)
    {
        problem = $"{Quoted.Of(text)} is no port of a flow: {Forms}";
        var trimmed = text.Trim();
        if (trimmed.StartsWith("icmp", StringComparison.Ordinal))
        {
            return Icmp(trimmed);
        }

        if (trimmed.StartsWith("protocol ", StringComparison.Ordinal))
        {
            return byte.TryParse(trimmed.AsSpan(9), NumberStyles.None, CultureInfo.InvariantCulture, out var protocol)
                ? Traffic.Other(protocol)
                : null;
        }

        return NumberAndProtocol(trimmed) is var (port, name) ? Traffic.To(name, port) : null;
    }

    /// <summary><c>8080/tcp</c>; null for anything else.</summary>
    public static (ushort Port, Protocol Protocol)? NumberAndProtocol(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !ushort.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        Protocol? protocol = text[(slash + 1)..] switch
        {
            "tcp" => Protocol.Tcp,
            "udp" => Protocol.Udp,
            "sctp" => Protocol.Sctp,
            _ => null,
        };
        return protocol is { } known ? (port, known) : null;
    }

    private static Traffic? Icmp(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        IpFamily? family = (open < 0 ? text : text[..open]) switch
        {
            "icmp" => IpFamily.V4,
            "icmpv6" => IpFamily.V6,
            _ => null,
        };
        if (family is not { } known || (open >= 0 && !text.EndsWith(')')))
        {
            return null;
        }

        var parts = (open < 0 ? "echo-request" : text[(open + 1)..^1]).Split(',', StringSplitOptions.TrimEntries);
        var type = IcmpTypes.Find(known, parts[0]) ?? Number(parts[0]);
        var code = parts.Length == 1 ? (byte)0 : Number(parts[1]);
        return parts.Length <= 2 && type is not null && code is not null ? Traffic.Icmp(known, type.Value, code.Value) : null;
    }

    private static byte? Number(string text) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
