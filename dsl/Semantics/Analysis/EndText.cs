using System.Collections.Immutable;
using System.Diagnostics;

namespace Netpol.Semantics.Analysis;

/// <summary>Terms in words: as the language writes such a set where it can.</summary>
internal static class EndText
{
    public static string Of(ImmutableArray<EndTerm> terms) => terms.IsEmpty ? "nobody" : string.Join(" | ", terms.Select(Of));

    private static string Of(EndTerm term)
    {
        var who = term.Kind switch
        {
            EndKind.Endpoint => Pods(term),
            EndKind.OwnNode => "host",
            EndKind.OtherNode => "other nodes",
            EndKind.Address when term.Answered.ContainsValue(true) => string.Join(" & ", term.Answered.Where(answered => answered.Value).Select(Dns)),
            EndKind.Address => "addresses of no endpoint or node",
            _ => throw new UnreachableException(),
        };
        who += string.Concat(term.Answered.Where(answered => !answered.Value).Select(answered => $" - {Dns(answered)}"));
        return !term.Addresses.IsEmpty ? $"{who} & cidr {string.Join(", ", term.Addresses.Select(SetText.Prefix))}"
            : !term.ExceptAddresses.IsEmpty ? $"{who} - cidr {string.Join(", ", term.ExceptAddresses.Select(SetText.Prefix))}"
            : who;
    }

    private static string Dns(KeyValuePair<string, bool> answered) => $"dns {SetText.Quoted(answered.Key)}";

    private static string Pods(EndTerm term)
    {
        var namespaces = new List<string>();
        if (term.Namespaces is { } names && !(term.NamespaceLabels.IsEmpty && names is { IsExcept: false, Values.Length: 1 }))
        {
            namespaces.Add(Condition(SetText.Name(Endpoint.MetadataName), names));
        }

        namespaces.AddRange(term.NamespaceLabels.Select(label => Condition(SetText.Name(label.Key), label.Value)));
        var scope = namespaces.Count > 0 ? $"in namespaces ({string.Join(" and ", namespaces)})"
            : term.Namespaces is { } one ? $"in namespace {SetText.Name(one.Values[0])}"
            : "in any namespace";
        var where = string.Join(" and ", term.Labels.Select(label => Condition(SetText.Name(label.Key), label.Value)));
        return $"pods {scope}{(where.Length == 0 ? "" : $" where {where}")}";
    }

    private static string Condition(string key, ValueSet set)
    {
        var values = string.Join(", ", set.Values.Select(SetText.Quoted));
        return set switch
        {
            { IsExcept: false, HoldsAbsent: false, Values.Length: 1 } => $"{key} == {values}",
            { IsExcept: false, HoldsAbsent: false } => $"{key} in ({values})",
            { IsExcept: false, HoldsAbsent: true, Values.IsEmpty: true } => $"not has {key}",
            { IsExcept: false, HoldsAbsent: true } => $"({key} in ({values}) or not has {key})",
            { IsExcept: true, HoldsAbsent: false, Values.IsEmpty: true } => $"has {key}",
            { IsExcept: true, HoldsAbsent: true, Values.Length: 1 } => $"{key} != {values}",
            { IsExcept: true, HoldsAbsent: true } => $"{key} not in ({values})",
            _ => $"has {key} and {key} not in ({values})",
        };
    }
}
