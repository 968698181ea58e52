using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Netpol.Model;

namespace Netpol.Semantics.Analysis;

/// <summary>Rules as the language writes them.</summary>
public static class RuleText
{
    public static string Of(Rule rule, Direction direction)
    {
        var word = direction == Direction.Ingress ? "from" : "to";
        var on = rule.Ports.IsEmpty ? "" : $" on {Of(rule.Ports)}";
        return $"{rule.Action.ToString().ToLowerInvariant()} {word} {SetText.Of(rule.Peer)}{on}{(rule.IsLogged ? " log" : "")}{(rule.Limit is { } limit ? $" limit {Of(limit)}" : "")}{(rule.Http is { } http ? $" http {{ {Inspection.Of(http)} }}" : "")}";
    }

    /// <summary><c>200/s burst 400 per source</c></summary>
    public static string Of(RateLimit limit)
    {
        var unit = limit.PerSeconds switch { 1 => "s", 60 => "m", _ => "h" };
        return string.Create(CultureInfo.InvariantCulture, $"{limit.Connections}/{unit} burst {limit.Burst}{(limit.IsPerSource ? " per source" : "")}");
    }

    public static string Of(ImmutableArray<PortMatch> ports) => string.Join(", ", ports.Select(Of));

    private static string Of(PortMatch port) => port switch
    {
        PortMatch.Range range => new TrafficTerm.Ports(range.Protocol, range.First, range.Last).ToString(),
        PortMatch.Icmp icmp => $"{(icmp.Family == IpFamily.V4 ? "icmp" : "icmpv6")}{(icmp.Type is { } type ? icmp.Code is { } code ? $"({type}, {code})" : $"({type})" : "")}",
        PortMatch.Named named => $"port {SetText.Name(named.Name)}{(named.Protocol is { } protocol ? $"/{protocol.ToString().ToLowerInvariant()}" : "")}",
        _ => throw new UnreachableException(),
    };
}
