using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Syntax;

namespace Netpol.Formatting;

/// <summary>Sets, conditions and ports on one line, with the places where it may break.</summary>
internal static class SetPrinter
{
    public static string Print(SetSyntax set) => set switch
    {
        SetSyntax.Any => "any",
        SetSyntax.World => "world",
        SetSyntax.Host => "host",
        SetSyntax.Nodes => "nodes",
        SetSyntax.Cidr cidr => $"cidr {List(cidr.Include)}{(cidr.Except.IsEmpty ? "" : $"{LineBreaking.Break}except {List(cidr.Except)}")}",
        SetSyntax.Pods pods => $"pods{Scope(pods.Scope)}{(pods.Where is null ? "" : $" where {Print(pods.Where)}")}",
        SetSyntax.Service service => $"service {Names.Written(service.Name.Value)}",
        SetSyntax.Dns dns => $"dns {List(dns.Patterns.Select(pattern => Names.Quoted(pattern.Value)))}",
        SetSyntax.Named named => Names.Written(named.Name.Value),
        SetSyntax.Union union => string.Join($"{LineBreaking.Break}| ", union.Parts.Select(Operand)),
        SetSyntax.Intersection intersection => string.Join($"{LineBreaking.Break}& ", intersection.Parts.Select(Operand)),
        SetSyntax.Difference difference => string.Join($" -{LineBreaking.Break}", difference.Parts.Select(Operand)),
        _ => throw new UnreachableException(),
    };

    public static string Print(PredicateSyntax predicate) => predicate switch
    {
        PredicateSyntax.Equal equal => $"{Names.Written(equal.Key.Value)} == {Names.Quoted(equal.Value.Value)}",
        PredicateSyntax.NotEqual notEqual => $"{Names.Written(notEqual.Key.Value)} != {Names.Quoted(notEqual.Value.Value)}",
        PredicateSyntax.In @in => $"{Names.Written(@in.Key.Value)} in ({Quoted(@in.Values)})",
        PredicateSyntax.NotIn notIn => $"{Names.Written(notIn.Key.Value)} not in ({Quoted(notIn.Values)})",
        PredicateSyntax.Has has => $"has {Names.Written(has.Key.Value)}",
        PredicateSyntax.Not { Inner: PredicateSyntax.Not twice } => Print(twice.Inner),
        PredicateSyntax.Not not => $"not {(not.Inner is PredicateSyntax.And or PredicateSyntax.Or ? $"({Print(not.Inner)})" : Print(not.Inner))}",
        PredicateSyntax.And and => string.Join(
            $"{LineBreaking.Break}and ", and.Parts.Select(part => IsJunction(part) ? $"({Print(part)})" : Print(part))),
        PredicateSyntax.Or or => string.Join(
            $"{LineBreaking.Break}or ", or.Parts.Select(part => part is PredicateSyntax.Or ? $"({Print(part)})" : Print(part))),
        _ => throw new UnreachableException(),
    };

    public static string Print(ImmutableArray<PortSyntax> ports) => List(ports.Select(Print));

    /// <summary>` on …`, or nothing where there are no ports.</summary>
    public static string On(ImmutableArray<PortSyntax> ports) => ports.IsEmpty ? "" : $" on {Print(ports)}";

    public static string List(IEnumerable<string> items) => string.Join($",{LineBreaking.Break}", items);

    public static string List(ImmutableArray<Spelled<string>> items) => List(items.Select(item => item.Value));

    private static string Print(PortSyntax port) => port switch
    {
        PortSyntax.Numbers numbers => numbers.First == numbers.Last
            ? $"{numbers.First}/{numbers.Protocol}"
            : $"{numbers.First}-{numbers.Last}/{numbers.Protocol}",
        PortSyntax.WholeProtocol whole => whole.Protocol,
        PortSyntax.Icmp { Type: null } icmp => icmp.IsV6 ? "icmpv6" : "icmp",
        PortSyntax.Icmp icmp => $"{(icmp.IsV6 ? "icmpv6" : "icmp")}({icmp.Type}{(icmp.Code is { } code ? $", {code}" : "")})",
        PortSyntax.Named named => $"port {Names.WrittenBehindWord(named.Name.Value)}{(named.Protocol is null ? "" : $"/{named.Protocol}")}",
        PortSyntax.Reference reference => Names.Written(reference.Name.Value),
        _ => throw new UnreachableException(),
    };

    private static string Quoted(ImmutableArray<Spelled<string>> values) => List(values.Select(value => Names.Quoted(value.Value)));

    private static bool IsJunction(PredicateSyntax predicate) => predicate is PredicateSyntax.And or PredicateSyntax.Or;

    private static string Operand(SetSyntax set) =>
        set is SetSyntax.Union or SetSyntax.Intersection or SetSyntax.Difference ? $"({Print(set)})" : Print(set);

    private static string Scope(ScopeSyntax? scope) => scope switch
    {
        null => "",
        ScopeSyntax.One one => $" in namespace {Names.Written(one.Name.Value)}",
        ScopeSyntax.Any => " in any namespace",
        ScopeSyntax.Same => " in same namespace",
        ScopeSyntax.Matching matching => $" in namespaces ({Print(matching.Where)})",
        _ => throw new UnreachableException(),
    };
}
