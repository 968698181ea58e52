using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics.Analysis;

/// <summary>Why a party is not in a set, and a packet on no port, in words.</summary>
internal static class MissReasons
{
    public static string Of(Members members, AddressSet set, in Party party, Endpoint judged) => set switch
    {
        AddressSet.Named named => $"`{named.Name}`: {Of(members, named.Set, party, judged)}",
        AddressSet.Pods pods => OfPods(members, pods, party, judged),
        AddressSet.Cidr cidr => OfCidr(cidr, party.Address),
        AddressSet.World => $"{party} is not of the world: {Kind(party)}",
        AddressSet.Host or AddressSet.Nodes => $"{party} is {Kind(party)}",
        AddressSet.Service service => $"service `{service.Name}` did not translate the connection",
        AddressSet.Dns => $"no answer to a name of `{SetText.Of(set)}` gave {judged} the address {party.Address}",
        AddressSet.Union { Parts: [var only] } => Of(members, only, party, judged),
        AddressSet.Union => $"{party} is in none of the parts",
        AddressSet.Intersection intersection => FirstMissing(members, intersection.Parts, party, judged),
        AddressSet.Difference difference => members.Contains(difference.Left, party, judged)
            ? $"{party} is in `{SetText.Of(difference.Right)}`, which is taken out"
            : Of(members, difference.Left, party, judged),
        _ => throw new UnreachableException(),
    };

    private static string OfCidr(AddressSet.Cidr cidr, Address address) => cidr.Include.Any(prefix => prefix.Contains(address))
        ? $"{address} is among the exceptions"
        : $"{address} is in none of the prefixes";

    private static string FirstMissing(Members members, ImmutableArray<AddressSet> parts, in Party party, Endpoint judged)
    {
        foreach (var part in parts)
        {
            if (!members.Contains(part, party, judged))
            {
                return Of(members, part, party, judged);
            }
        }

        throw new UnreachableException();
    }

    private static string OfPods(Members members, AddressSet.Pods pods, in Party party, Endpoint judged)
    {
        if (party.Endpoint is not { } endpoint)
        {
            return $"{party.Address} is {Kind(party)}, no endpoint";
        }

        return pods.Scope switch
        {
            NamespaceScope.One one when endpoint.Namespace != one.Name => $"the namespace is `{endpoint.Namespace}`, not `{one.Name}`",
            NamespaceScope.Same when endpoint.Namespace != judged.Namespace => $"the namespace is `{endpoint.Namespace}`, not `{judged.Namespace}`",
            NamespaceScope.Matching matching when OfLabels(matching.Where, members.NamespaceLabels(endpoint)) is { } text => $"of the namespace `{endpoint.Namespace}`, {text}",
            _ => pods.Where is { } where ? OfLabels(where, endpoint.Labels) ?? "" : "",
        };
    }

    /// <summary>The first condition that fails; null where none does.</summary>
    private static string? OfLabels(LabelPredicate predicate, IReadOnlyDictionary<string, string> labels)
    {
        if (predicate.Holds(labels))
        {
            return null;
        }

        return predicate switch
        {
            LabelPredicate.And and => and.Parts.Select(part => OfLabels(part, labels)).First(text => text is not null),
            LabelPredicate.Equal { Key: var key } => Wanted(key),
            LabelPredicate.NotEqual { Key: var key } => Wanted(key),
            LabelPredicate.In { Key: var key } => Wanted(key),
            LabelPredicate.NotIn { Key: var key } => Wanted(key),
            LabelPredicate.Has { Key: var key } => Wanted(key),
            _ => $"`{SetText.Of(predicate)}` does not hold",
        };

        string Wanted(string key) => labels.TryGetValue(key, out var value)
            ? $"label `{key}` is \"{value}\", where `{SetText.Of(predicate)}` is asked"
            : $"label `{key}` is absent, where `{SetText.Of(predicate)}` is asked";
    }

    private static string Kind(in Party party) => party.Kind switch
    {
        AddressKind.World => "an address outside",
        AddressKind.Endpoint => "an endpoint",
        AddressKind.Node => "a node",
        AddressKind.Service => "a service's address",
        AddressKind.UnknownPod => "an address of the pod range that no endpoint has",
        AddressKind.Loopback => "a loopback address",
        _ => "no unicast address",
    };
}
