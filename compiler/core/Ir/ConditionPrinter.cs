using System.Diagnostics;
using System.Globalization;
using Netpol.Model;

namespace Netpol.Compiler.Ir;

/// <summary>Conditions as text: <c>peer in s2 and tcp and (port 80 or port 8000-8099)</c>.</summary>
internal static class ConditionPrinter
{
    public static string Print(Condition condition) => condition switch
    {
        Condition.True => "true",
        Condition.False => "false",
        Condition.SelfIn self => $"self in {self.Set}",
        Condition.PeerIn peer => $"peer in {peer.Set}",
        Condition.SameNamespace => "same namespace",
        Condition.ServiceIs service => Invariant($"service {service.Service}"),
        Condition.ProtocolIs protocol => protocol.Number.ToString().ToLowerInvariant(),
        Condition.FamilyIs family => family.Family == IpFamily.V4 ? "ipv4" : "ipv6",
        Condition.PortIn port => "port " + Range(port.First, port.Last),
        Condition.ServicePortIn port => "service port " + Range(port.First, port.Last),
        Condition.IcmpTypeIs type => Invariant($"type {type.Type}"),
        Condition.IcmpCodeIs code => Invariant($"code {code.Code}"),
        Condition.PortNamed named => Invariant($"port named n{named.Name}"),
        Condition.FromHost => "from host",
        Condition.Unspent unspent => Invariant($"#{unspent.Rule} not spent"),
        Condition.Not not => "not " + Nested(not.Inner),
        Condition.And { Parts: [] } => "true",
        Condition.Or { Parts: [] } => "false",
        Condition.And and => string.Join(" and ", and.Parts.Select(Nested)),
        Condition.Or or => string.Join(" or ", or.Parts.Select(Nested)),
        _ => throw new UnreachableException(),
    };

    private static string Nested(Condition condition) =>
        condition is Condition.And { Parts.Length: > 0 } or Condition.Or { Parts.Length: > 0 } ? $"({Print(condition)})" : Print(condition);

    private static string Range(ushort first, ushort last) =>
        first == last ? Invariant($"{first}") : Invariant($"{first}-{last}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
