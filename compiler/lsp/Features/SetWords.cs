using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;
using Netpol.Semantics.Analysis;

namespace Netpol.Lsp.Features;

/// <summary>What a set holds, in words.</summary>
internal static class SetWords
{
    private const int MostListed = 6;

    public static string Of(AddressSet set) => set switch
    {
        AddressSet.Any => "everything",
        AddressSet.World => "the world outside: addresses that are no pod, node or service",
        AddressSet.Host => "the pod's own node",
        AddressSet.Nodes => "all nodes",
        AddressSet.Cidr cidr => Cidr(cidr),
        AddressSet.Pods pods => $"{Pods(pods.Scope)}{(pods.Where is null ? "" : $" where {Of(pods.Where)}")}",
        AddressSet.Service service => $"connections by service `{service.Name}`",
        AddressSet.Dns dns => $"addresses of the world that DNS answers for {Listed(dns.Patterns, "or")}",
        AddressSet.Named named => $"group `{named.Name}`",
        AddressSet.Union union => string.Join("; or ", union.Parts.Select(Part)),
        AddressSet.Intersection intersection => string.Join("; and at once ", intersection.Parts.Select(Part)),
        AddressSet.Difference difference => $"{Part(difference.Left)}; but not {Part(difference.Right)}",
        _ => throw new UnreachableException(),
    };

    public static string Of(LabelPredicate predicate) => predicate switch
    {
        LabelPredicate.Equal equal => $"`{equal.Key}` is {SetText.Quoted(equal.Value)}",
        LabelPredicate.NotEqual notEqual => $"`{notEqual.Key}` is absent or not {SetText.Quoted(notEqual.Value)}",
        LabelPredicate.In @in => $"`{@in.Key}` is {Listed(@in.Values, "or")}",
        LabelPredicate.NotIn notIn => $"`{notIn.Key}` is absent or none of {Listed(notIn.Values, "and")}",
        LabelPredicate.Has has => $"`{has.Key}` is there",
        LabelPredicate.Not { Inner: LabelPredicate.Has has } => $"`{has.Key}` is absent",
        LabelPredicate.Not not => $"it is not so that ({Of(not.Inner)})",
        LabelPredicate.And and => string.Join(" and ", and.Parts.Select(part => part is LabelPredicate.Or ? $"({Of(part)})" : Of(part))),
        LabelPredicate.Or or => string.Join(" or ", or.Parts.Select(Of)),
        _ => throw new UnreachableException(),
    };

    /// <summary>Ports behind <c>on</c>; empty: every IP protocol.</summary>
    public static string Of(ImmutableArray<PortMatch> ports) => ports.IsEmpty ? "any protocol and port" : string.Join(", ", ports.Select(Of));

    private static string Of(PortMatch port) => port switch
    {
        PortMatch.Range { IsWholeProtocol: true } range => $"all of {Name(range.Protocol)}",
        PortMatch.Range range => range.First == range.Last ? $"{range.First}/{Name(range.Protocol)}" : $"{range.First}-{range.Last}/{Name(range.Protocol)}",
        PortMatch.Icmp icmp => $"{(icmp.Family == IpFamily.V4 ? "icmp" : "icmpv6")}{(icmp.Type is null ? "" : $"({icmp.Type}{(icmp.Code is null ? "" : $", {icmp.Code}")})")}",
        PortMatch.Named named => $"the port that the receiver calls `{named.Name}`{(named.Protocol is { } protocol ? $" by {Name(protocol)}" : "")}",
        _ => throw new UnreachableException(),
    };

    private static string Name(Model.Protocol protocol) => protocol.ToString().ToLowerInvariant();

    private static string Part(AddressSet set) =>
        set is AddressSet.Union or AddressSet.Intersection or AddressSet.Difference ? $"({Of(set)})" : Of(set);

    private static string Cidr(AddressSet.Cidr cidr) =>
        $"the addresses {Listed(cidr.Include)}{(cidr.Except.IsEmpty ? "" : $", without {Listed(cidr.Except)}")}";

    private static string Pods(NamespaceScope scope) => scope switch
    {
        NamespaceScope.One one => $"pods of namespace `{one.Name}`",
        NamespaceScope.Any => "pods of all namespaces",
        NamespaceScope.Same => "pods of the namespace of the pod that is judged",
        NamespaceScope.Matching matching => $"pods of namespaces where {Of(matching.Where)}:",
        _ => throw new UnreachableException(),
    };

    private static string Listed(ImmutableArray<Prefix> prefixes) =>
        string.Join(", ", prefixes.Take(MostListed).Select(SetText.Prefix)) + (prefixes.Length > MostListed ? $" and {prefixes.Length - MostListed} more" : "");

    private static string Listed(ImmutableArray<string> values, string word) =>
        values.Length == 1 ? SetText.Quoted(values[0]) : $"{string.Join(", ", values[..^1].Select(SetText.Quoted))} {word} {SetText.Quoted(values[^1])}";
}
