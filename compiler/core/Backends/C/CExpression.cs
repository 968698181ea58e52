using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Backends.C;

/// <summary>Conditions as C expressions over <c>struct policy_input *in</c>.</summary>
internal static class CExpression
{
    private const int LongestLine = 80;

    /// <summary>An expression without outer brackets; its lines after the first are indented by <paramref name="indent"/>.</summary>
    public static string Of(Condition condition, CNames names, string indent) => condition switch
    {
        Condition.And { Parts.Length: > 1 } and => Join(and.Parts, " &&", names, indent),
        Condition.Or { Parts.Length: > 1 } or => Join(or.Parts, " ||", names, indent),
        _ => Atom(condition, names),
    };

    private static string Join(ImmutableArray<Condition> parts, string op, CNames names, string indent)
    {
        var flat = string.Join(op + " ", parts.Select(part => Flat(part, names)));
        return flat.Length <= LongestLine
            ? flat
            : string.Join(op + "\n" + indent, parts.Select(part => Nested(part, names, indent + " ")));
    }

    private static string Nested(Condition condition, CNames names, string indent) =>
        condition is Condition.And { Parts.Length: > 1 } or Condition.Or { Parts.Length: > 1 }
            ? $"({Of(condition, names, indent)})"
            : Atom(condition, names);

    // Ranges are two comparisons, so they are bracketed beside `||` too.
    private static string Flat(Condition condition, CNames names) => condition switch
    {
        Condition.And { Parts.Length: > 1 } and => $"({string.Join(" && ", and.Parts.Select(part => Flat(part, names)))})",
        Condition.Or { Parts.Length: > 1 } or => $"({string.Join(" || ", or.Parts.Select(part => Flat(part, names)))})",
        _ => Atom(condition, names),
    };

    private static string Atom(Condition condition, CNames names) => condition switch
    {
        Condition.True or Condition.And { Parts: [] } => "1",
        Condition.False or Condition.Or { Parts: [] } => "0",
        Condition.And { Parts: [var only] } => Flat(only, names),
        Condition.Or { Parts: [var only] } => Flat(only, names),
        Condition.SelfIn self => $"member(self, {names.Set(self.Set)})",
        Condition.PeerIn peer => $"member(peer, {names.Set(peer.Set)})",
        Condition.SameNamespace => "in->same_namespace",
        Condition.ServiceIs service => $"in->service == {names.Service(service.Service)}",
        Condition.ProtocolIs protocol => $"in->protocol == {Protocol(protocol.Number)}",
        Condition.FamilyIs family => $"in->family == {(family.Family == IpFamily.V4 ? 4 : 6)}",
        Condition.PortIn port => Range("in->port", port.First, port.Last),
        Condition.ServicePortIn port => Range("in->service_port", port.First, port.Last),
        Condition.IcmpTypeIs type => Invariant($"in->icmp_type == {type.Type}"),
        Condition.IcmpCodeIs code => Invariant($"in->icmp_code == {code.Code}"),
        Condition.PortNamed named => $"named(in, {names.PortName(named.Name)})",
        Condition.FromHost => "in->from_host",
        Condition.Unspent unspent => $"in->spent < {names.Rule(unspent.Rule)}",
        Condition.Not not => $"!({Flat(not.Inner, names)})",
        _ => throw new UnreachableException(),
    };

    private static string Protocol(Protocol protocol) => "IPPROTO_" + protocol.ToString().ToUpperInvariant();

    // A comparison that is always true would be a warning, and warnings are errors.
    private static string Range(string field, ushort first, ushort last) => (first, last) switch
    {
        (0, ushort.MaxValue) => "1",
        (0, _) => Invariant($"{field} <= {last}"),
        (_, ushort.MaxValue) => Invariant($"{field} >= {first}"),
        _ when first == last => Invariant($"{field} == {first}"),
        _ => Invariant($"({field} >= {first} && {field} <= {last})"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
