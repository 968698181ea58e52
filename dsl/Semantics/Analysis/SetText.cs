using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics.Analysis;

/// <summary>Sets as the language writes them, groups by their names.</summary>
public static class SetText
{
    public static string Of(AddressSet set) => set switch
    {
        AddressSet.Any => "any",
        AddressSet.World => "world",
        AddressSet.Host => "host",
        AddressSet.Nodes => "nodes",
        AddressSet.Cidr cidr => $"cidr {string.Join(", ", cidr.Include.Select(Prefix))}{(cidr.Except.IsEmpty ? "" : $" except {string.Join(", ", cidr.Except.Select(Prefix))}")}",
        AddressSet.Pods pods => $"pods{Scope(pods.Scope)}{(pods.Where is null ? "" : $" where {Of(pods.Where)}")}",
        AddressSet.Service service => $"service {Name(service.Name)}",
        AddressSet.Dns dns => $"dns {Quoted(dns.Patterns)}",
        AddressSet.Named named => Name(named.Name),
        AddressSet.Union union => string.Join(" | ", union.Parts.Select(Nested)),
        AddressSet.Intersection intersection => string.Join(" & ", intersection.Parts.Select(Nested)),
        AddressSet.Difference { Right: AddressSet.Union taken } difference => $"{Nested(difference.Left)} - {string.Join(" - ", taken.Parts.Select(Nested))}",
        AddressSet.Difference difference => $"{Nested(difference.Left)} - {Nested(difference.Right)}",
        _ => throw new UnreachableException(),
    };

    public static string Of(LabelPredicate predicate) => predicate switch
    {
        LabelPredicate.Equal equal => $"{Name(equal.Key)} == {Quoted(equal.Value)}",
        LabelPredicate.NotEqual notEqual => $"{Name(notEqual.Key)} != {Quoted(notEqual.Value)}",
        LabelPredicate.In @in => $"{Name(@in.Key)} in ({Quoted(@in.Values)})",
        LabelPredicate.NotIn notIn => $"{Name(notIn.Key)} not in ({Quoted(notIn.Values)})",
        LabelPredicate.Has has => $"has {Name(has.Key)}",
        LabelPredicate.Not not => $"not ({Of(not.Inner)})",
        LabelPredicate.And and => string.Join(" and ", and.Parts.Select(Nested)),
        LabelPredicate.Or or => string.Join(" or ", or.Parts.Select(Nested)),
        _ => throw new UnreachableException(),
    };

    /// <summary>A bare address for a prefix of its whole length.</summary>
    public static string Prefix(Prefix prefix) => prefix.Length == prefix.Network.Width ? prefix.Network.ToString() : prefix.ToString();

    /// <summary>Bare where the language takes it so, else quoted.</summary>
    public static string Name(string name) =>
        name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_') && (char.IsAsciiLetterOrDigit(name[^1]) || name[^1] == '_')
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') && !Reserved.Contains(name)
            ? name
            : Quoted(name);

    public static string Quoted(string value) =>
        "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    private static ImmutableHashSet<string> Reserved { get; } = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        "any", "world", "host", "nodes", "pods", "pod", "cidr", "dns", "service", "and", "or", "not", "has", "in", "where", "from", "to", "on", "for", "except");

    private static string Quoted(ImmutableArray<string> values) => string.Join(", ", values.Select(Quoted));

    private static string Nested(AddressSet set) =>
        set is AddressSet.Union or AddressSet.Intersection or AddressSet.Difference ? $"({Of(set)})" : Of(set);

    private static string Nested(LabelPredicate predicate) =>
        predicate is LabelPredicate.And or LabelPredicate.Or ? $"({Of(predicate)})" : Of(predicate);

    private static string Scope(NamespaceScope scope) => scope switch
    {
        NamespaceScope.One one => $" in namespace {Name(one.Name)}",
        NamespaceScope.Any => " in any namespace",
        NamespaceScope.Same => " in same namespace",
        NamespaceScope.Matching matching => $" in namespaces ({Of(matching.Where)})",
        _ => throw new UnreachableException(),
    };
}
