using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Compiler.Lowering;

/// <summary>Sets as the language writes them, names resolved. Two normalised sets are one if their spellings are.</summary>
internal static class SetSpelling
{
    public static string Of(AddressSet set) => set switch
    {
        AddressSet.Any => "any",
        AddressSet.World => "world",
        AddressSet.Host => "host",
        AddressSet.Nodes => "nodes",
        AddressSet.Cidr cidr => "cidr " + string.Join(", ", cidr.Include)
            + (cidr.Except.IsEmpty ? "" : " except " + string.Join(", ", cidr.Except)),
        AddressSet.Pods pods => "pods" + Scope(pods.Scope) + (pods.Where is null ? "" : " where " + Of(pods.Where)),
        AddressSet.Service service => "service " + Quoted(service.Name),
        AddressSet.Named named => Of(named.Set),
        AddressSet.Union { Parts: [] } => "(nobody)",
        AddressSet.Union union => string.Join(" | ", union.Parts.Select(Nested)),
        AddressSet.Intersection intersection => string.Join(" & ", intersection.Parts.Select(Nested)),
        AddressSet.Difference difference => $"{Nested(difference.Left)} - {Nested(difference.Right)}",
        _ => throw new UnreachableException(),
    };

    private static string Nested(AddressSet set) =>
        set is AddressSet.Union or AddressSet.Intersection or AddressSet.Difference ? $"({Of(set)})" : Of(set);

    private static string Scope(NamespaceScope scope) => scope switch
    {
        NamespaceScope.One one => " in namespace " + Quoted(one.Name),
        NamespaceScope.Any => " in any namespace",
        NamespaceScope.Same => " in same namespace",
        NamespaceScope.Matching matching => $" in namespaces ({Of(matching.Where)})",
        _ => throw new UnreachableException(),
    };

    private static string Of(LabelPredicate predicate) => predicate switch
    {
        LabelPredicate.Equal equal => $"{Quoted(equal.Key)} == {Text(equal.Value)}",
        LabelPredicate.NotEqual notEqual => $"{Quoted(notEqual.Key)} != {Text(notEqual.Value)}",
        LabelPredicate.In @in => $"{Quoted(@in.Key)} in ({Texts(@in.Values)})",
        LabelPredicate.NotIn notIn => $"{Quoted(notIn.Key)} not in ({Texts(notIn.Values)})",
        LabelPredicate.Has has => "has " + Quoted(has.Key),
        LabelPredicate.Not not => $"not ({Of(not.Inner)})",
        LabelPredicate.And and => string.Join(" and ", and.Parts.Select(Nested)),
        LabelPredicate.Or or => string.Join(" or ", or.Parts.Select(Nested)),
        _ => throw new UnreachableException(),
    };

    private static string Nested(LabelPredicate predicate) =>
        predicate is LabelPredicate.And or LabelPredicate.Or ? $"({Of(predicate)})" : Of(predicate);

    // Keys with a `/` and reserved words are quoted in the source too; quoting more than needed would not be wrong.
    private static string Quoted(string name) =>
        name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_')
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            ? name
            : Text(name);

    private static string Texts(ImmutableArray<string> values) => string.Join(", ", values.Select(Text));

    private static string Text(string value) =>
        "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
